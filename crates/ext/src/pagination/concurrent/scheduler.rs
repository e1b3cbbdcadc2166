//! Which calls of a list in windows are worth making now.

use super::call_budget::{CallBudget, Cap};
use super::planner::{self, Opening, Span, Spans};
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
    /// The second in which this row was created, to find out the zone that the server reads times
    /// in.
    FindZone { row: RowId },
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
        if waiting + self.under_way >= workers * PAGES_PER_WORKER {
            return None;
        }
        if self.windows.iter().any(|window| window.failure.is_some()) {
            let front = self.windows.front().filter(|_| self.is_idle(0));
            return front.is_some().then(|| self.fetch(0));
        }
        match (0..self.windows.len()).find(|&at| self.is_idle(at)) {
            Some(at) if at == 0 || self.request.max_items.is_none() || self.budget().allows() => {
                Some(self.fetch(at))
            }
            Some(_) => None,
            None => self.open_window(),
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
        self.calls += 1;
        self.under_way += 1;
    }

    /// Opens a window as near to the reader as it is worth it, if it is anywhere.
    fn open_window(&mut self) -> Option<Call> {
        if matches!(self.filters, FilterTrust::Probing | FilterTrust::Untrusted) {
            return None;
        }
        let Opening { behind, start } = planner::next_window(&self.spans()?, &self.budget())?;
        if self.filters == FilterTrust::Unknown {
            return self.find_zone();
        }
        let id = self.next_id;
        self.next_id += 1;
        let mut window = Window::new(id, Some(start));
        window.busy = true;
        self.windows.insert(behind + 1, window);
        self.count_call();
        Some(Call::Open { window: id, start })
    }

    /// What the planner is asked about: none where nothing bounds the list.
    fn spans(&self) -> Option<Spans> {
        let oldest = self.request.oldest_listed?;
        let windows = self.windows.iter().enumerate().map(|(at, window)| {
            let position = window.position()?;
            let bound = self.bound(at).unwrap_or(oldest);
            Some(Span {
                position,
                bound: if window.seems_ended { position } else { bound },
                density: window.density(),
            })
        });
        let waiting = self.windows.iter().flat_map(|window| &window.pages);
        let waiting: usize = waiting.map(|fetched| fetched.rows.len()).sum();
        Some(Spans {
            windows: windows.collect::<Option<_>>()?,
            rows_left: self.rows_left(waiting),
            workers: self.request.workers,
            under_way: self.under_way,
        })
    }

    /// How many rows a cap leaves to be fetched, with so many waiting for the reader.
    fn rows_left(&self, waiting: usize) -> Option<u64> {
        let most = self.request.max_items?;
        Some(
            most.saturating_sub(self.given)
                .saturating_sub(waiting as u64),
        )
    }

    fn budget(&self) -> CallBudget {
        let mut seen = self.windows.iter().filter(|it| it.oldest().is_some());
        let front = self.windows.front().into_iter().flat_map(|it| &it.pages);
        let waiting = front.map(|fetched| fetched.rows.len()).sum();
        CallBudget {
            page_size: self.request.page_size,
            calls: self.calls,
            rows: self.rows,
            goes_on: seen.next_back().is_none_or(|last| !last.seems_ended),
            cap: self.rows_left(waiting).map(|left| Cap {
                rows: self
                    .request
                    .max_items
                    .unwrap_or(0)
                    .saturating_sub(self.request.given),
                left,
            }),
        }
    }

    fn find_zone(&mut self) -> Option<Call> {
        let row = self.windows.front()?.oldest()?.clone();
        self.filters = FilterTrust::Probing;
        self.count_call();
        Some(Call::FindZone { row })
    }
}
