//! From poll to poll: what is asked for, and when it is asked for again.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches_api::types::{Batch, BatchStatus};

use super::backoff::PollBackoff;
use super::event::{Beginning, FailedPoll, Poll, WatchEvent};
use super::request::WatchBatches;
use super::roster::{PATIENCE, Roster};
use crate::client::client::Client;
use crate::pagination::stream::Pages;
use crate::types::batch::BatchExt as _;
use crate::types::error::{Error, ErrorKind};
use crate::types::filter::BatchFilter;
use crate::types::invalid_field::InvalidField;
use crate::types::page::{Page, UnreadableRow};
use crate::types::query::Query;

/// The shortest interval.
const SHORTEST: Duration = Duration::from_secs(10);
const SHORTEST_LOCAL: Duration = Duration::from_millis(10);

/// How many seconds before the newest batch polls go back: one that was created just before it may
/// be listed just after it.
const OVERLAP: i64 = 300;

/// How many seconds may lie between the creations of two batches that are looked for together,
/// along with whatever was created between them.
const GAP: i64 = 3600;

/// How many single batches are asked for in place of a list: the service allows 1000 calls for single
/// batches a minute, and 100 lists (documented).
const BATCHES_FOR_A_LIST: usize = 10;

/// The statuses in which a batch is not done.
const UNFINISHED: [BatchStatus; 4] = [
    BatchStatus::Validating,
    BatchStatus::InProgress,
    BatchStatus::Finalizing,
    BatchStatus::Cancelling,
];

/// A watch under way.
pub(super) struct Watcher {
    request: WatchBatches,
    roster: Roster,
    pace: PollBackoff,
    step: Step,
    /// Events that are still to be delivered.
    changes: VecDeque<WatchEvent>,
    /// Events of a watch that has not begun.
    held: VecDeque<WatchEvent>,
    /// Whether it is known what was done before: a poll has succeeded, in this process or, for a
    /// watch that resumes, in another.
    begun: bool,
    /// Whether a page was read for how long batches took.
    probed: bool,
    /// Whether any poll has succeeded in this process.
    succeeded: bool,
    /// Up to which creation batches are left out that are done when they appear.
    silent_until: i64,
    /// In how many polls in a row some rows could not be read.
    unread: u8,
    /// Whether the server has not been seen to list a batch that it refuses to give by its id.
    has_single_batches: bool,
    poll: PollStats,
}

/// What is to be done next.
enum Step {
    Check,
    Begin,
    /// Lists what the filter lets through.
    List(Pages),
    /// Asks for batches that have left the filter's statuses, by their ids.
    Ask(Vec<String>),
    /// Looks for batches that have left the filter's statuses: first in these pages, then in those
    /// of other windows.
    Follow(Pages, Vec<Window>),
    Pause(Duration),
    /// Ends with an error, after the events that came before it.
    Fail(Error),
    End,
}

/// From the creation of one batch to that of another, in Unix seconds, both included.
type Window = (i64, i64);

/// The poll under way.
#[derive(Default)]
struct PollStats {
    calls: u64,
    changes: u64,
    unreadable: Vec<UnreadableRow>,
    /// How many batches were not found by their ids.
    not_found: usize,
}

impl Watcher {
    pub(super) fn new(request: WatchBatches) -> Self {
        let tracker = request.tracker.as_ref();
        let silent_until = tracker.and_then(|tracker| tracker.silent_until);
        Self {
            roster: tracker.map_or_else(Roster::new, Roster::resume),
            pace: PollBackoff::new(request.interval, request.max_interval),
            step: Step::Check,
            changes: VecDeque::new(),
            held: VecDeque::new(),
            begun: silent_until.is_some(),
            probed: false,
            succeeded: false,
            silent_until: silent_until.unwrap_or(i64::MIN),
            unread: 0,
            has_single_batches: true,
            poll: PollStats::default(),
            request,
        }
    }

    pub(super) async fn next(&mut self) -> Option<Result<WatchEvent, Error>> {
        loop {
            if let Some(change) = self.changes.pop_front() {
                self.poll.changes += u64::from(change.batch().is_some());
                return Some(Ok(change));
            }
            // Left behind by an error, this is the end.
            let step = match std::mem::replace(&mut self.step, Step::End) {
                Step::Check => self.check().map(|()| Step::Begin),
                Step::Begin => self.begin().await,
                Step::List(pages) => self.list(pages).await,
                Step::Ask(ids) => self.ask(ids).await,
                Step::Follow(pages, rest) => self.follow(pages, rest).await,
                Step::Pause(pause) => {
                    self.client().shared().runtime().sleep(pause).await;
                    Ok(Step::Begin)
                }
                Step::Fail(error) => return Some(Err(error)),
                Step::End => return None,
            };
            match step.or_else(|error| self.fail(error)) {
                Ok(step) => self.step = step,
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Checks everything that was set.
    fn check(&self) -> Result<(), Error> {
        let config = self.client().shared();
        let filter = &self.request.filter;
        let rendered = Query::render(filter, config.dialect(), config.filter_zone());
        let mut problems = rendered.err().unwrap_or_default();
        let (shortest, reason) = if self.client().is_local() {
            (SHORTEST_LOCAL, "")
        } else {
            let reason = "; the service allows 100 list calls a minute for a whole account";
            (SHORTEST, reason)
        };
        let interval = self.request.interval;
        if interval < shortest {
            problems.push(InvalidField {
                field: "interval",
                message: format!("{interval:?} is shorter than {shortest:?}{reason}"),
            });
        }
        problems.extend(self.refused_tracker());
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid_request(problems))
        }
    }

    async fn begin(&mut self) -> Result<Step, Error> {
        self.roster.begin();
        self.poll = PollStats::default();
        let mut filter = self.request.filter.clone();
        let begins_without_list = self.skips_unlisted() && !self.begun;
        if begins_without_list || self.resumes_without_list() {
            let page = self.client().list_batches(filter.clone()).page().await?;
            self.poll.calls += u64::from(page.attempts);
            self.roster.read(&page.rows, self.now());
            self.probed = true;
            if begins_without_list {
                // What is done is not even listed; but from when on a batch is new must be known.
                let newest = page.rows.iter().map(|batch| batch.created_at).max();
                self.silent_until = newest.unwrap_or(i64::MIN);
            }
        }
        if begins_without_list {
            filter = filter.statuses(UNFINISHED);
        } else if let Some(bound) = self.bound() {
            filter.narrow_after(bound);
        }
        Ok(Step::List(self.pages(filter)))
    }

    async fn list(&mut self, mut pages: Pages) -> Result<Step, Error> {
        let Some(page) = pages.next().await.transpose()? else {
            return Ok(self.find_missing());
        };
        // Batches may come to the filter's statuses long after they were created.
        let silent_until = match (self.request.skip_finished, self.begun) {
            (true, false) => i64::MAX,
            _ => self.silent_until,
        };
        for batch in self.tally(page) {
            let events = match self.holds() {
                true => &mut self.held,
                false => &mut self.changes,
            };
            self.roster.take(batch, silent_until, events);
        }
        Ok(Step::List(pages))
    }

    /// Looks for what was not listed: by id, where that takes at most [`BATCHES_FOR_A_LIST`] calls
    /// for each call of the list that it saves.
    fn find_missing(&mut self) -> Step {
        let windows = windows(self.missing());
        let most = windows.len().saturating_mul(BATCHES_FOR_A_LIST);
        let ids = self.roster.missing_ids();
        if self.has_single_batches && !windows.is_empty() && ids.len() <= most {
            Step::Ask(ids)
        } else {
            self.look_for(windows)
        }
    }

    async fn ask(&mut self, mut ids: Vec<String>) -> Result<Step, Error> {
        let Some(id) = ids.pop() else {
            // The list has the last word on what is gone.
            let missing = self.missing();
            self.poll.not_found = missing.len();
            return Ok(self.look_for(windows(missing)));
        };
        match self.client().batch(&*id).response().await {
            Ok(response) => {
                self.poll.calls += u64::from(response.attempts);
                let batch = response.batch;
                self.roster.read(std::slice::from_ref(&batch), self.now());
                self.roster.update(batch, &mut self.changes);
            }
            Err(error) if !error.unreadable().is_empty() => {
                self.poll.calls += u64::from(error.attempts());
                self.roster.mark_seen(&id);
                self.poll.unreadable.extend_from_slice(error.unreadable());
            }
            // It is gone, or the server has no such call.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::Refused | ErrorKind::ContractViolation | ErrorKind::InvalidRequest
                ) =>
            {
                self.poll.calls += u64::from(error.attempts());
            }
            Err(error) => return Err(error),
        }
        Ok(Step::Ask(ids))
    }

    async fn follow(&mut self, mut pages: Pages, rest: Vec<Window>) -> Result<Step, Error> {
        let Some(page) = pages.next().await.transpose()? else {
            return Ok(self.look_for(rest));
        };
        for batch in self.tally(page) {
            self.roster.update(batch, &mut self.changes);
        }
        if self.missing().is_empty() {
            return Ok(self.succeed());
        }
        Ok(Step::Follow(pages, rest))
    }

    /// Goes on with the last of these windows, or ends the poll.
    fn look_for(&mut self, mut windows: Vec<Window>) -> Step {
        let Some((oldest, newest)) = windows.pop() else {
            return self.succeed();
        };
        let mut filter = self.request.filter.without_statuses();
        if let Ok(oldest) = Timestamp::from_second(oldest) {
            filter.narrow_after(oldest);
        }
        if let Ok(end) = Timestamp::from_second(newest.saturating_add(1)) {
            filter.narrow_before(end);
        }
        Step::Follow(self.pages(filter), windows)
    }

    fn succeed(&mut self) -> Step {
        // What the list has, and the call for it does not, is no batch that is gone.
        self.has_single_batches &= self.poll.not_found <= self.missing().len();
        let all_ids_are_legible = self.poll.unreadable.iter().all(|row| row.id.is_some());
        if self.holds() {
            self.begin_with_events();
        }
        let (estimates, forgotten) = self.roster.end(all_ids_are_legible, &mut self.changes);
        self.unread = match self.poll.unreadable.len() {
            0 => 0,
            _ => self.unread.saturating_add(1),
        };
        self.succeeded = true;
        self.begun = true;
        let changes = self.changes.iter().filter(|it| it.batch().is_some());
        self.poll.changes += changes.count() as u64;
        let unfinished = self.roster.unfinished();
        let random = self.client().shared().runtime().random();
        // Nobody knows whether batches are done whose rows cannot be read.
        let waits = (1..PATIENCE).contains(&self.unread);
        let pause = (unfinished > 0 || waits || self.request.forever)
            .then(|| self.pace.success(self.poll.changes > 0, random));
        let poll = std::mem::take(&mut self.poll);
        let unreadable = match pause {
            None => poll.unreadable.clone(),
            Some(_) => Vec::new(),
        };
        self.changes.push_back(WatchEvent::Polled(Poll {
            at: self.now(),
            calls: poll.calls,
            changes: poll.changes,
            unfinished,
            estimates,
            newest: self.roster.newest(),
            forgotten,
            missed: self.roster.missed(),
            unreadable: poll.unreadable,
            pause,
        }));
        match pause {
            Some(pause) => Step::Pause(pause),
            None if unreadable.is_empty() => Step::End,
            None => Step::Fail(Error::unreadable_rows(unreadable.len() as u64, unreadable)),
        }
    }

    /// Makes of an error a poll that has failed, unless it ends the watch.
    fn fail(&mut self, error: Error) -> Result<Step, Error> {
        // An error in a 200 may not come again.
        let is_refusal = match error.kind() {
            ErrorKind::Config | ErrorKind::InvalidRequest | ErrorKind::Auth => true,
            // A gateway that is being set up anew does not know its routes for a while.
            ErrorKind::Refused if self.succeeded && error.status() == Some(404) => false,
            ErrorKind::Refused => error.status().is_some_and(|status| status >= 400),
            _ => false,
        };
        if !error.is_retryable() && (is_refusal || !self.succeeded) {
            return Err(error);
        }
        let runtime = self.request.client.shared().runtime();
        let pause = self.pace.failure(error.retry_after(), runtime.random());
        self.changes.push_back(WatchEvent::PollFailed(FailedPoll {
            at: runtime.wall_clock(),
            calls: self.poll.calls + u64::from(error.attempts()),
            error,
            failures: self.pace.failures(),
            pause,
        }));
        Ok(Step::Pause(pause))
    }

    /// Counts what a page holds, and gives its rows.
    fn tally(&mut self, page: Page) -> Vec<Batch> {
        self.poll.calls += u64::from(page.attempts);
        for id in page.unreadable.iter().filter_map(|row| row.id.as_deref()) {
            self.roster.mark_seen(id);
        }
        self.poll.unreadable.extend(page.unreadable);
        self.roster.read(&page.rows, self.now());
        page.rows
    }

    /// From when on the next poll must list: from the oldest batch that is not done on, and what is
    /// new. With statuses in the filter, any batch can come to one of them.
    fn bound(&self) -> Option<Timestamp> {
        if self.request.filter.has_statuses() || !self.begun {
            return None;
        }
        let newest = match self.silent_until {
            i64::MIN => self.roster.newest(),
            until => self.roster.newest().max(Some(until)),
        };
        let new = newest?.saturating_sub(OVERLAP);
        let oldest = self.roster.oldest_unfinished();
        let bound = oldest.map_or(new, |oldest| oldest.min(new));
        // Where nothing new can come, what there is is listed once more.
        let bound = Timestamp::from_second(bound).ok()?;
        (!self.request.filter.ends_before(bound)).then_some(bound)
    }

    /// When those were created that are to be looked for elsewhere: without statuses in the filter,
    /// what is not listed is nowhere.
    fn missing(&self) -> Vec<i64> {
        if self.request.filter.has_statuses() {
            self.roster.missing()
        } else {
            Vec::new()
        }
    }

    /// Whether events wait until the reader of a new tracker knows that the watch has begun.
    fn holds(&self) -> bool {
        self.request.tracker.is_some() && !self.begun
    }

    /// Delivers the beginning of a watch, and what was held back until then.
    fn begin_with_events(&mut self) {
        self.changes.push_back(WatchEvent::Began(Beginning {
            at: self.now(),
            silent_until: self.silent_until,
            done: self.roster.done_before(&self.held),
            under_way: self.held.iter().filter_map(appeared).cloned().collect(),
        }));
        self.changes.append(&mut self.held);
    }

    /// Whether a watch goes on that lists what is new alone: the evidence of how long batches took
    /// has to be read for itself.
    fn resumes_without_list(&self) -> bool {
        let is_resumed = self.request.tracker.is_some() && self.begun;
        is_resumed && !self.probed && !self.request.filter.has_statuses()
    }

    /// What is wrong with the tracker.
    fn refused_tracker(&self) -> Option<InvalidField> {
        let tracker = self.request.tracker.as_ref()?;
        let server = self.client().shared().base_url();
        let message = if tracker.server != server {
            format!("the tracker belongs to {}, not to {server}", tracker.server)
        } else if tracker.filter != self.request.filter.fingerprint() {
            "the tracker is that of a watch with another filter".to_owned()
        } else {
            return None;
        };
        Some(InvalidField::new("tracker", message))
    }

    fn skips_unlisted(&self) -> bool {
        // Without filters on the server's side, a list of some takes as long as one of all.
        let has_filters = self.client().shared().dialect().has_filters();
        has_filters && self.request.skip_finished && !self.request.filter.has_statuses()
    }

    fn pages(&self, filter: BatchFilter) -> Pages {
        self.client().list_batches(filter).pages()
    }

    fn now(&self) -> Timestamp {
        self.client().shared().runtime().wall_clock()
    }

    fn client(&self) -> &Client {
        &self.request.client
    }
}

/// A batch that has appeared under way.
fn appeared(event: &WatchEvent) -> Option<&Batch> {
    match event {
        WatchEvent::Appeared { batch, .. } if !batch.is_terminal() => Some(batch),
        _ => None,
    }
}

/// The windows in which all of these creations lie, which come oldest first.
fn windows(created: Vec<i64>) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for second in created {
        match windows.last_mut() {
            Some((_, newest)) if second.saturating_sub(*newest) <= GAP => *newest = second,
            _ => windows.push((second, second)),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_close_together_is_looked_for_together() {
        for (created, expected) in [
            (vec![], vec![]),
            (vec![7], vec![(7, 7)]),
            (vec![7, 7, 3607], vec![(7, 3607)]),
            (vec![7, 3608, 3609], vec![(7, 7), (3608, 3609)]),
            (
                vec![i64::MIN, i64::MAX],
                vec![(i64::MIN, i64::MIN), (i64::MAX, i64::MAX)],
            ),
        ] {
            assert_eq!(windows(created), expected);
        }
    }
}
