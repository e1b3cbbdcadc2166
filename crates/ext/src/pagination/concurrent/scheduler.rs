//! Which calls of a list in windows are worth making now.

use super::planner::{self, Span, Spans};
use super::window::Window;
use super::windows::{FilterTrust, Windows};
use crate::types::row_id::RowId;

/// How many pages may wait for the reader, those included that are being fetched, for each worker.
const PAGES_PER_WORKER: usize = 3;

/// A call to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// The next page of a window.
    Next { window: u64 },
    /// The first page of a new window: what was created before a second.
    Open { window: u64, start: i64 },
    /// The second in which this row was created, to see whether the time filters work.
    Probe {
        row: RowId,
        /// When the newest row was created that is listed before it.
        newest: i64,
    },
}

impl Windows {
    /// The next call to make, if one makes sense now.
    pub(super) fn next_call(&mut self) -> Option<Call> {
        let workers = self.request.workers;
        if self.under_way >= workers {
            return None;
        }
        // The reader waits for the first window, whatever the bounds say.
        if self.windows.front().is_some_and(Window::needs_page) {
            return Some(self.fetch(0));
        }
        let waiting: usize = self.windows.iter().map(|window| window.pages.len()).sum();
        if waiting + self.under_way >= workers * PAGES_PER_WORKER
            || !self.budget.allows(self.request.page_size)
        {
            return None;
        }
        let has_failure = self.windows.iter().any(|window| window.failure.is_some());
        match (0..self.windows.len()).find(|&at| self.is_idle(at)) {
            Some(at) if !has_failure || at == 0 => Some(self.fetch(at)),
            _ if has_failure => None,
            _ => self.open_window(),
        }
    }

    /// Whether the window waits for its next page to be fetched, and has not met the next one.
    fn is_idle(&self, at: usize) -> bool {
        let window = &self.windows[at];
        window.is_idle() && !self.bound(at).is_some_and(|bound| window.has_met(bound))
    }

    fn fetch(&mut self, at: usize) -> Call {
        self.count_call();
        let window = &mut self.windows[at];
        window.busy = true;
        Call::Next { window: window.id }
    }

    fn count_call(&mut self) {
        self.budget.calls += 1;
        self.under_way += 1;
    }

    /// Opens a window as near to the reader as it is worth it, if it is anywhere.
    fn open_window(&mut self) -> Option<Call> {
        if self.filters == FilterTrust::Untrusted {
            return None;
        }
        let opening = planner::next_window(&self.spans()?)?;
        match self.filters {
            FilterTrust::Unknown => {
                if opening.first_page_can_be_trusted && self.request.zone_is_known {
                    self.budget.trust = self.request.workers as u64;
                }
                return self.probe();
            }
            FilterTrust::Probing if self.budget.trust == 0 => return None,
            _ => {}
        }
        let start = opening.start?;
        let id = self.next_id;
        self.next_id += 1;
        let mut window = Window::new(id, Some(start));
        window.busy = true;
        self.windows.insert(opening.behind + 1, window);
        self.count_call();
        Some(Call::Open { window: id, start })
    }

    /// What the planner is asked about: none where nothing bounds the list.
    fn spans(&self) -> Option<Spans> {
        let oldest = self.request.oldest_listed?;
        let windows = self.windows.iter().enumerate().map(|(at, window)| {
            let bound = self.bound(at).unwrap_or(oldest);
            Span {
                position: window.position(),
                bound,
                seconds_left: window.seconds_to(bound),
                seconds_per_page: window.seconds_per_page,
            }
        });
        let rows_left = self.request.max_items.map(|most| {
            let waiting = self.windows.iter().flat_map(|window| &window.pages);
            let waiting: usize = waiting.map(|fetched| fetched.rows.len()).sum();
            most.saturating_sub(self.given)
                .saturating_sub(waiting as u64)
        });
        Some(Spans {
            windows: windows.collect(),
            page_size: self.request.page_size,
            rows_left,
            workers: self.request.workers,
            under_way: self.under_way,
        })
    }

    /// Asks for the second in which the oldest row so far was created.
    fn probe(&mut self) -> Option<Call> {
        let (newest, row) = self.windows.front()?.span()?;
        let row = row.clone();
        self.filters = FilterTrust::Probing;
        self.count_call();
        Some(Call::Probe { row, newest })
    }
}
