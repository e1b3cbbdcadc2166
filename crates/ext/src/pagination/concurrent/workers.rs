//! The calls of a list in windows, each in a task of its own.

use std::collections::HashMap;

use jiff::SignedDuration;
use tokio::task::{AbortHandle, JoinSet};

use super::scheduler::Call;
use super::windows::{Request, Windows};
use super::zone;
use crate::pagination::pager::{FetchedPage, Pager};
use crate::pagination::plan::ListPlan;
use crate::pagination::task;
use crate::types::checkpoint::Checkpoint;
use crate::types::error::{Error, ErrorKind};
use crate::types::filter_time::FilterZone;

/// How far the service looks back (documented).
const LISTED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// See [`ListBatches::concurrency`](crate::ListBatches::concurrency).
#[derive(Debug)]
pub(crate) struct Concurrent {
    plan: ListPlan,
    windows: Windows,
    /// The pagers that no task has, by their windows.
    pagers: HashMap<u64, Box<Pager>>,
    tasks: JoinSet<TaskResult>,
    /// How to stop the task of a window.
    running: HashMap<u64, AbortHandle>,
    /// Tasks that were stopped, and have not been waited for.
    stopped: usize,
}

/// What comes back from a task.
#[derive(Debug)]
enum TaskResult {
    Page {
        window: u64,
        pager: Box<Pager>,
        page: Box<Option<Result<FetchedPage, Error>>>,
    },
    Zone {
        calls: u64,
        found: Result<(), String>,
    },
}

impl Concurrent {
    pub(crate) fn new(plan: ListPlan, from: Checkpoint) -> Self {
        let request = Request {
            page_size: plan.page_size,
            workers: plan.concurrency,
            max_items: plan.max_items,
            given: from.delivered,
            oldest_listed: oldest_listed(&plan),
            zone_is_known: matches!(plan.client.shared().filter_zone(), FilterZone::Known(_)),
        };
        let first = Box::new(Pager::new(plan.clone(), from));
        Self {
            plan,
            windows: Windows::new(request),
            pagers: HashMap::from([(0, first)]),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            stopped: 0,
        }
    }

    /// As [`Pager::next_page`].
    pub(crate) async fn next_page(&mut self) -> Option<Result<FetchedPage, Error>> {
        loop {
            if self.windows.is_done() {
                return None;
            }
            let next = self.windows.take();
            if self.windows.is_done() {
                self.tasks.abort_all();
                return next;
            }
            // After an error, nothing is fetched until the reader asks again.
            if !matches!(next, Some(Err(_))) {
                self.start_calls();
            }
            if next.is_some() {
                return next;
            }
            match self.tasks.join_next().await {
                Some(Ok(result)) => self.receive(result),
                Some(Err(error)) if error.is_cancelled() && self.stopped > 0 => self.stopped -= 1,
                Some(Err(error)) => {
                    self.windows.stop();
                    return Some(Err(task::stopped(error)));
                }
                // The reader's window is always being fetched by now. Were it not, the list must
                // not look whole.
                None => {
                    self.windows.stop();
                    let summary = "nothing is being fetched; the list may be incomplete";
                    return Some(Err(Error::new(ErrorKind::Pagination, summary)));
                }
            }
        }
    }

    fn receive(&mut self, result: TaskResult) {
        match result {
            TaskResult::Zone { calls, found } => self.windows.receive_zone(calls, found),
            TaskResult::Page {
                window,
                pager,
                page,
            } => {
                if self.running.remove(&window).is_none() {
                    self.stopped = self.stopped.saturating_sub(1);
                    return;
                }
                self.pagers.insert(window, pager);
                self.windows.receive(window, *page);
            }
        }
    }

    /// Starts as many calls as make sense now, and stops those that do not any more.
    fn start_calls(&mut self) {
        self.pagers.retain(|&window, _| self.windows.has(window));
        self.running.retain(|&window, task| {
            let is_needed = self.windows.has(window);
            if !is_needed {
                task.abort();
                self.stopped += 1;
            }
            is_needed
        });
        while let Some(call) = self.windows.next_call() {
            let started = match call {
                Call::Next { window } => self.pagers.remove(&window).map(|it| (window, it)),
                Call::Open { window, start } => self.open(start).map(|it| (window, it)),
                Call::FindZone { row } => {
                    let plan = self.plan.clone();
                    self.tasks.spawn(async move {
                        let (calls, found) = zone::find(&plan, &row).await;
                        TaskResult::Zone { calls, found }
                    });
                    continue;
                }
            };
            match started {
                Some((window, pager)) => self.fetch(window, pager),
                None => self
                    .windows
                    .fall_back_to_sequential("a time cannot be written as a filter"),
            }
        }
    }

    fn fetch(&mut self, window: u64, mut pager: Box<Pager>) {
        let task = self.tasks.spawn(async move {
            let page = Box::new(pager.next_page().await);
            TaskResult::Page {
                window,
                pager,
                page,
            }
        });
        self.running.insert(window, task);
    }

    fn open(&self, start: i64) -> Option<Box<Pager>> {
        let FilterZone::Known(zone) = self.plan.client.shared().filter_zone() else {
            return None;
        };
        let first = self.windows.first.as_ref();
        Some(Box::new(Pager::before(&self.plan, start, zone, first)?))
    }
}

/// The second before which nothing is listed, as far as the filter and the clock show.
fn oldest_listed(plan: &ListPlan) -> Option<i64> {
    let now = plan.client.shared().runtime().wall_clock();
    let listed = now.checked_sub(LISTED).ok()?;
    let after = plan.filter.get_created_after().unwrap_or(listed);
    Some(after.max(listed).as_second())
}
