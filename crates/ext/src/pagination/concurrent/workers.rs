//! The calls of a list in windows, each in a task of its own.

use std::collections::{HashMap, VecDeque};

use jiff::SignedDuration;
use jiff::tz::Offset;
use tokio::task::{AbortHandle, JoinSet};

use super::scheduler::Call;
use super::windows::{Request, Windows};
use crate::pagination::pager::{FetchedPage, Pager};
use crate::pagination::plan::ListPlan;
use crate::pagination::task;
use crate::types::checkpoint::Checkpoint;
use crate::types::error::{Error, ErrorKind};
use crate::types::filter_time::{FilterZone, UTC8};
use crate::types::row_id::RowId;

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
    /// The zone that times are sent in, first of those in which the server may read them.
    zones: VecDeque<Offset>,
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
        let zones = match plan.client.shared().filter_zone() {
            FilterZone::Known(zone) => VecDeque::from([zone]),
            FilterZone::Utc8OrUtc => VecDeque::from([UTC8, Offset::UTC]),
            FilterZone::Unknown => VecDeque::new(),
        };
        let request = Request {
            page_size: plan.page_size,
            workers: plan.concurrency,
            max_items: plan.max_items,
            given: from.delivered,
            oldest_listed: oldest_listed(&plan),
            zone_is_known: zones.len() == 1,
        };
        let first = Box::new(Pager::new(plan.clone(), from));
        Self {
            plan,
            windows: Windows::new(request),
            pagers: HashMap::from([(0, first)]),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            stopped: 0,
            zones,
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
            TaskResult::Probe { newest, row, page } => {
                let judgement = judge_probe(newest, &row, page);
                let is_last = self.zones.len() == 1;
                match &judgement {
                    Ok(()) => self.learn_zone(),
                    Err(_) if !is_last => {
                        self.zones.pop_front();
                    }
                    Err(_) => {}
                }
                self.windows.receive_probe(judgement, is_last);
            }
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
                self.windows.receive(window, page);
            }
        }
    }

    /// The time filters work, and so the server reads times in the zone that was tried.
    fn learn_zone(&mut self) {
        self.zones.truncate(1);
        if let Some(&zone) = self.zones.front() {
            let learned = self.plan.client.shared().learned();
            learned.learn_zone(FilterZone::Known(zone));
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
                Call::Probe { row, newest } => {
                    self.probe(row, newest);
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
            let page = pager.next_page().await;
            TaskResult::Page {
                window,
                pager,
                page,
            }
        });
        self.running.insert(window, task);
    }

    fn open(&self, start: i64) -> Option<Box<Pager>> {
        let plan = self.plan.before(start, *self.zones.front()?)?;
        Some(Box::new(Pager::new(plan, self.plan.start())))
    }

    fn probe(&mut self, row: RowId, newest: i64) {
        let zone = self.zones.front();
        let plan = zone.and_then(|&zone| self.plan.within_second(row.created_at, zone));
        let pager = plan.map(|plan| Pager::new(plan, self.plan.start()));
        self.tasks.spawn(async move {
            let page = match pager {
                Some(mut pager) => pager.fetch_page().await,
                None => Err(Error::new(
                    ErrorKind::Pagination,
                    "the time of the last row cannot be written as a filter",
                )),
            };
            TaskResult::Probe { newest, row, page }
        });
    }
}

/// The second before which nothing is listed, as far as the filter and the clock show.
fn oldest_listed(plan: &ListPlan) -> Option<i64> {
    let now = plan.client.shared().runtime().wall_clock();
    let listed = now.checked_sub(LISTED).ok()?;
    let after = plan.filter.earliest().unwrap_or(listed);
    Some(after.max(listed).as_second())
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
