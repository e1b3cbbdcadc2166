//! A list walked as windows of creation time, side by side.
//!
//! A window is a pager of its own that starts with what was created before some second, and goes on
//! until it has fetched a row of the next older window, or the list ends. What it has fetched of
//! that window must be what that window starts with, or one worker goes on alone from there. So
//! the rows are those of one page after another, whatever the service makes of its time filters, as long
//! as it lists the newest batches first; that the filters work only decides how fast they come.
//!
//! New windows are opened where the oldest one has not been yet, or, if batches crowd, within what
//! is left of a window, always as near to the reader as possible, so that few pages have to wait.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::tz::Offset;
use tokio::task::JoinSet;

use super::call_budget::CallBudget;
use super::planner::{self, Span, Spans};
use super::seam::{self, Fit};
use super::window::{Misfit, Window};
use crate::pagination::pager::{FetchedPage, Pager};
use crate::pagination::plan::ListPlan;
use crate::pagination::task;
use crate::policy::trace;
use crate::types::checkpoint::{Checkpoint, Next};
use crate::types::error::{Error, ErrorKind};
use crate::types::filter_time::{FilterZone, UTC8};
use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// How many pages may wait for the reader, those included that are being fetched, for each worker.
const PAGES_PER_WORKER: usize = 3;

/// How far the service looks back (documented).
const LISTED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// See [`ListBatches::concurrency`](crate::ListBatches::concurrency).
#[derive(Debug)]
pub(crate) struct Concurrent {
    plan: ListPlan,
    /// Newest first; the reader is at the first one.
    windows: VecDeque<Window>,
    tasks: JoinSet<TaskResult>,
    /// Tasks that were stopped, and have not been waited for.
    stopped: usize,
    next_id: u64,
    /// Whether the time filters were seen to work.
    filters: FilterTrust,
    /// The zone that times are sent in, first of those in which the server may read them.
    zones: VecDeque<Offset>,
    budget: CallBudget,
    /// Rows given to the reader, in all runs together.
    given: u64,
    has_left_a_window: bool,
    /// Why the list cannot be whole.
    failure: Option<Error>,
    done: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FilterTrust {
    Unknown,
    Probing,
    Trusted,
    /// One worker goes on.
    Untrusted,
}

/// What comes back from a task.
#[derive(Debug)]
enum TaskResult {
    Page {
        window: u64,
        pager: Box<Pager>,
        page: Option<Result<FetchedPage, Error>>,
    },
    Probe {
        /// When the newest row was created that is listed before it.
        newest: i64,
        /// The row to be found.
        row: RowId,
        page: Result<FetchedPage, Error>,
    },
}

impl Concurrent {
    pub(crate) fn new(plan: ListPlan, from: Checkpoint) -> Self {
        let given = from.delivered;
        let first = Window::new(0, None, Pager::new(plan.clone(), from));
        let zones = match plan.client.shared().filter_zone() {
            FilterZone::Known(zone) => VecDeque::from([zone]),
            FilterZone::Utc8OrUtc => VecDeque::from([UTC8, Offset::UTC]),
            FilterZone::Unknown => VecDeque::new(),
        };
        Self {
            plan,
            zones,
            windows: VecDeque::from([first]),
            tasks: JoinSet::new(),
            stopped: 0,
            next_id: 1,
            filters: FilterTrust::Unknown,
            budget: CallBudget::default(),
            given,
            has_left_a_window: false,
            failure: None,
            done: false,
        }
    }

    /// As [`Pager::next_page`].
    pub(crate) async fn next_page(&mut self) -> Option<Result<FetchedPage, Error>> {
        loop {
            if self.done {
                return None;
            }
            if let Some(error) = self.failure.take() {
                self.done = true;
                self.tasks.abort_all();
                return Some(Err(error));
            }
            let next = self.take();
            if self.done {
                self.tasks.abort_all();
                return next;
            }
            // After an error, nothing is fetched until the reader asks again.
            if !matches!(next, Some(Err(_))) {
                self.schedule();
            }
            if next.is_some() {
                return next;
            }
            match self.tasks.join_next().await {
                Some(Ok(result)) => self.receive(result),
                Some(Err(error)) if error.is_cancelled() && self.stopped > 0 => self.stopped -= 1,
                Some(Err(error)) => {
                    self.done = true;
                    return Some(Err(task::stopped(error)));
                }
                // The reader's window is always being fetched by now. Were it not, the list must
                // not look whole.
                None => {
                    self.done = true;
                    let summary = "nothing is being fetched; the list may be incomplete";
                    return Some(Err(Error::new(ErrorKind::Pagination, summary)));
                }
            }
        }
    }

    /// The next page or error for the reader, if it is there; [`done`](Self::done) is set with the
    /// last one.
    fn take(&mut self) -> Option<Result<FetchedPage, Error>> {
        loop {
            let bound = self.windows.get(1).and_then(|next| next.start);
            let Some(front) = self.windows.front_mut() else {
                self.done = true;
                return None;
            };
            let Some(mut fetched) = front.pages.pop_front() else {
                if front.seam.is_some() {
                    match self.cross_seam() {
                        true => continue,
                        false => return None,
                    }
                }
                if let Some(error) = front.failure.take() {
                    self.done = !error.is_retryable();
                    return Some(Err(error));
                }
                if front.ended {
                    // If older windows have rows all the same, they are not lost.
                    self.leave_front();
                    continue;
                }
                return None;
            };
            if let Some(bound) = bound {
                (fetched, front.seam) = seam::cut(fetched, bound);
                let at_seam = front.seam.is_some();
                if !at_seam {
                    front.reported.clear();
                }
                let of_both = seam::unreadable_of_both(&fetched.page, bound, at_seam);
                front.reported.extend(of_both);
            }
            if let Some(fetched) = self.give(fetched) {
                return Some(Ok(fetched));
            }
        }
    }

    /// The page as the reader gets it; nothing if it says nothing.
    fn give(&mut self, mut fetched: FetchedPage) -> Option<FetchedPage> {
        let page = &mut fetched.page;
        if let Some(most) = self.plan.max_items {
            let left = usize::try_from(most.saturating_sub(self.given)).unwrap_or(usize::MAX);
            if page.rows.len() > left {
                page.cap(left);
                fetched.rows = fetched.rows[..left].into();
            }
            if page.rows.len() == left && fetched.end != Next::ListEnds {
                fetched.end = Next::Stops;
                self.done = true;
            }
        }
        self.given += page.rows.len() as u64;
        if fetched.end == Next::ListEnds {
            if self.windows.len() == 1 {
                self.done = true;
            } else {
                fetched.end = Next::GoesOn;
                page.has_more = true;
            }
        }
        let goes_on = fetched.end == Next::GoesOn;
        let says_nothing = goes_on && page.rows.is_empty() && page.unreadable.is_empty();
        (!says_nothing).then_some(fetched)
    }

    /// Moves the reader from the first window, which has met the second, into that one. False if
    /// the second has too little to compare with yet.
    fn cross_seam(&mut self) -> bool {
        let mut windows = self.windows.iter_mut();
        let Some((front, seam)) = windows.next().and_then(|front| {
            let seam = front.seam.take()?;
            Some((front, seam))
        }) else {
            return true;
        };
        let Some(next) = windows.next() else {
            // The second window is gone: the rows behind the seam belong to this one.
            front.pages.push_front(seam.behind);
            return true;
        };
        match seam.fit(&next.pages) {
            Fit::Same => {
                // What went wrong while nobody waited for it is tried again.
                next.failure.take_if(|error| error.is_retryable());
                self.leave_front();
            }
            Fit::TooFew if next.task.is_some() => {
                front.seam = Some(seam);
                return false;
            }
            Fit::TooFew => {
                front.pages.push_front(seam.behind);
                self.close_window(1);
            }
            Fit::Differs => {
                front.pages.push_front(seam.behind);
                self.fall_back_to_sequential(
                    "two windows that meet do not list the same rows there",
                );
            }
        }
        true
    }

    /// Moves the reader into the second window, which leaves out what the first one has reported.
    fn leave_front(&mut self) {
        let Some(Window { reported, .. }) = self.windows.pop_front() else {
            return;
        };
        self.has_left_a_window = true;
        if let Some(first) = self
            .windows
            .front_mut()
            .and_then(|next| next.pages.front_mut())
        {
            let is_known = |row: &UnreadableRow| reported.iter().any(|seen| seen.raw == row.raw);
            first.page.unreadable.retain(|row| !is_known(row));
        }
    }

    fn receive(&mut self, result: TaskResult) {
        match result {
            TaskResult::Probe { newest, row, page } => match judge_probe(newest, &row, page) {
                Ok(()) if self.filters == FilterTrust::Probing => self.trust_filters(),
                Ok(()) => {}
                Err(_) if self.zones.len() > 1 => {
                    self.zones.pop_front();
                    self.filters = FilterTrust::Unknown;
                }
                Err(reason) => self.fall_back_to_sequential(&reason),
            },
            TaskResult::Page {
                window,
                pager,
                page,
            } => {
                let Some(at) = self.windows.iter().position(|known| known.id == window) else {
                    self.stopped = self.stopped.saturating_sub(1);
                    return;
                };
                self.receive_page(at, pager, page);
            }
        }
    }

    /// The time filters work, and so the server reads times in the zone that was tried.
    fn trust_filters(&mut self) {
        self.filters = FilterTrust::Trusted;
        self.zones.truncate(1);
        if let Some(&zone) = self.zones.front() {
            let learned = self.plan.client.shared().learned();
            learned.learn_zone(FilterZone::Known(zone));
        }
    }

    fn receive_page(
        &mut self,
        at: usize,
        pager: Box<Pager>,
        page: Option<Result<FetchedPage, Error>>,
    ) {
        let bound = self.windows.get(at + 1).and_then(|next| next.start);
        let Some(window) = self.windows.get_mut(at) else {
            return;
        };
        window.pager = Some(pager);
        window.task = None;
        match page {
            None => window.ended = true,
            Some(Err(error)) => {
                if at > 0 {
                    trace::debug!("a window failed, to be tried again in its turn: {error}");
                }
                window.failure = Some(error);
            }
            Some(Ok(fetched)) => {
                let own = |created_at: i64| bound.is_none_or(|bound| created_at >= bound);
                let rows = fetched.rows.iter().filter(|row| own(row.created_at));
                self.budget.rows += rows.count() as u64;
                if let Err(misfit) = window.receive(fetched, self.plan.page_size) {
                    // Between the windows that the reader has left, rows may be missing.
                    if misfit == Misfit::Unordered && self.has_left_a_window {
                        self.failure = Some(unordered());
                    }
                    self.fall_back_to_sequential(misfit.reason());
                    return;
                }
            }
        }
        if self.windows.get(at).is_some_and(|window| window.ended) {
            // Nothing is older; what windows there have found all the same is not thrown away.
            for older in (at + 1..self.windows.len()).rev() {
                if self.windows[older].is_empty() {
                    self.close_window(older);
                }
            }
        }
    }

    /// Gives up all windows but the reader's, which goes on to the end of the list.
    fn fall_back_to_sequential(&mut self, reason: &str) {
        if self.filters != FilterTrust::Untrusted {
            trace::warn!("listing goes on with one worker: {reason}");
        }
        self.filters = FilterTrust::Untrusted;
        while self.windows.len() > 1 {
            self.close_window(1);
        }
    }

    fn close_window(&mut self, at: usize) {
        if let Some(task) = self.windows.remove(at).and_then(|window| window.task) {
            task.abort();
            self.stopped += 1;
        }
    }

    /// Starts as many fetches as make sense now.
    fn schedule(&mut self) {
        let workers = self.plan.concurrency;
        let free = self.tasks.len() < workers;
        // The reader waits for the first window, whatever the bounds say.
        if free && self.windows.front().is_some_and(Window::needs_page) {
            self.fetch(0);
        }
        loop {
            let waiting: usize = self.windows.iter().map(|window| window.pages.len()).sum();
            if self.tasks.len() >= workers
                || waiting + self.tasks.len() >= workers * PAGES_PER_WORKER
                || !self.budget.allows(self.plan.page_size)
            {
                return;
            }
            let has_failure = self.windows.iter().any(|window| window.failure.is_some());
            let idle = (0..self.windows.len()).find(|&at| self.is_idle(at));
            match idle {
                Some(at) if !has_failure || at == 0 => self.fetch(at),
                _ if has_failure || !self.open_window() => return,
                _ => {}
            }
        }
    }

    /// Whether the window waits for its next page to be fetched, and has not met the next one.
    fn is_idle(&self, at: usize) -> bool {
        let window = &self.windows[at];
        let bound = self.windows.get(at + 1).and_then(|next| next.start);
        window.is_idle() && !bound.is_some_and(|bound| window.has_met(bound))
    }

    fn fetch(&mut self, at: usize) {
        let window = &mut self.windows[at];
        let Some(mut pager) = window.pager.take() else {
            return;
        };
        let id = window.id;
        self.budget.calls += 1;
        window.task = Some(self.tasks.spawn(async move {
            let page = pager.next_page().await;
            TaskResult::Page {
                window: id,
                pager,
                page,
            }
        }));
    }

    /// Opens a window as near to the reader as it is worth it; false if it is worth it nowhere, or
    /// not yet.
    fn open_window(&mut self) -> bool {
        if self.filters == FilterTrust::Untrusted {
            return false;
        }
        let Some(opening) = self.spans().and_then(|spans| planner::next_window(&spans)) else {
            return false;
        };
        match self.filters {
            FilterTrust::Unknown => {
                if opening.first_page_can_be_trusted && self.zones.len() == 1 {
                    self.budget.trust = self.plan.concurrency as u64;
                }
                return self.probe();
            }
            FilterTrust::Probing if self.budget.trust == 0 => return false,
            _ => {}
        }
        let Some(start) = opening.start else {
            return false;
        };
        let zone = self.zones.front().copied();
        let Some(plan) = zone.and_then(|zone| self.plan.before(start, zone)) else {
            return false;
        };
        let pager = Pager::new(plan, self.plan.start());
        let new = Window::new(self.next_id, Some(start), pager);
        self.next_id += 1;
        self.windows.insert(opening.behind + 1, new);
        self.fetch(opening.behind + 1);
        true
    }

    /// What the planner is asked about: none where nothing bounds the list.
    fn spans(&self) -> Option<Spans> {
        let oldest = self.oldest_listed()?;
        let starts = self.windows.iter().skip(1);
        let bounds = starts.filter_map(|window| window.start).chain([oldest]);
        let windows = self.windows.iter().zip(bounds).map(|(window, bound)| Span {
            position: window.position(),
            bound,
            seconds_left: window.seconds_to(bound),
            seconds_per_page: window.seconds_per_page,
        });
        let rows_left = self.plan.max_items.map(|most| {
            let waiting = self.windows.iter().flat_map(|window| &window.pages);
            let waiting: usize = waiting.map(|fetched| fetched.rows.len()).sum();
            most.saturating_sub(self.given)
                .saturating_sub(waiting as u64)
        });
        Some(Spans {
            windows: windows.collect(),
            page_size: self.plan.page_size,
            rows_left,
            workers: self.plan.concurrency,
            under_way: self.tasks.len(),
        })
    }

    /// The second before which nothing is listed, as far as the filter and the clock tell.
    fn oldest_listed(&self) -> Option<i64> {
        let now = self.plan.client.shared().runtime().wall_clock();
        let listed = now.checked_sub(LISTED).ok()?;
        let after = self.plan.filter.earliest().unwrap_or(listed);
        Some(after.max(listed).as_second())
    }

    /// Asks for the second in which the oldest row so far was created.
    fn probe(&mut self) -> bool {
        let span = self.windows.front().and_then(Window::span);
        let probe = span.and_then(|(newest, row)| {
            let zone = *self.zones.front()?;
            let plan = self.plan.within_second(row.created_at, zone)?;
            Some((newest, row.clone(), plan))
        });
        let Some((newest, row, plan)) = probe else {
            self.fall_back_to_sequential("the time of the last row cannot be written as a filter");
            return false;
        };
        self.filters = FilterTrust::Probing;
        self.budget.calls += 1;
        let mut pager = Pager::new(plan, self.plan.start());
        self.tasks.spawn(async move {
            let page = pager.fetch_page().await;
            TaskResult::Probe { newest, row, page }
        });
        true
    }
}

/// The error of a list whose rows turn out to have no order when windows have been left.
fn unordered() -> Error {
    let summary = "the service does not list the newest batches first, so windows of creation time may \
                   have missed rows; the list may be incomplete. List with one worker";
    Error::new(ErrorKind::Pagination, summary)
}

/// Whether the time filters are to be trusted, and why not.
fn judge_probe(newest: i64, row: &RowId, page: Result<FetchedPage, Error>) -> Result<(), String> {
    let fetched = page.map_err(|error| format!("the time filters could not be tried: {error}"))?;
    let near = |created_at: i64| created_at.abs_diff(row.created_at) <= 1;
    if !fetched.sent.iter().all(|sent| near(sent.created_at)) {
        return Err("the service does not heed its time filters".to_owned());
    }
    if fetched.page.has_more && near(newest) {
        return Err("too many batches were created in one second".to_owned());
    }
    if !fetched.page.has_more && !fetched.sent.iter().any(|sent| sent.id == row.id) {
        return Err(format!(
            "the time filters do not find {} in the second in which it was created; does the \
             service read them in another zone?",
            row.id
        ));
    }
    Ok(())
}
