//! What is known of the batches that are watched, and what a row changes about it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use jiff::Timestamp;
use qwen_batches_api::types::{Batch, BatchRequestCounts, BatchStatus};

use super::estimate::Estimate;
use super::event::{EventInfo, WatchEvent};
use super::history::History;
use super::past_durations::PastDurations;
use super::tracker::{Tracked, Tracker};
use crate::types::batch::BatchExt as _;

/// How many polls in a row a batch has to be missed by. A list that is put together from several
/// stores may leave one out once.
const MISSES: u8 = 2;

/// For how many polls in a row a batch may have a row that cannot be read.
pub(super) const PATIENCE: u8 = 10;

/// The batches that are watched.
#[derive(Debug)]
pub(super) struct Roster {
    batches: HashMap<String, Entry>,
    /// Of all batches that were listed, watched or not.
    past: PastDurations,
    /// The number of the poll under way.
    poll: u64,
    /// When the last page was read.
    now: Timestamp,
    /// When the newest batch was created of those that a poll has listed to its end.
    newest: Option<i64>,
    /// Likewise, with the poll under way, which may fail before it comes to older ones.
    newest_listed: Option<i64>,
}

#[derive(Debug)]
struct Entry {
    created_at: i64,
    /// The last poll that has listed it.
    seen: u64,
    misses: u8,
    /// For how many polls in a row its row could not be read, or may be one that could not.
    unread: u8,
    /// Whether this poll has read its row.
    read: bool,
    /// How often it went on after it had ended.
    reopened: u32,
    /// Whether it was reported as stuck, and has not moved since.
    is_stuck: bool,
    /// Whether its appearance was reported.
    has_appeared: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Unfinished(Box<(Batch, History)>),
    Finished(BatchStatus),
}

/// What a batch was before a row of it was read.
struct Before {
    status: BatchStatus,
    counts: Option<BatchRequestCounts>,
    was_finished: bool,
}

impl Roster {
    pub(super) fn new() -> Self {
        Self {
            batches: HashMap::new(),
            past: PastDurations::default(),
            poll: 0,
            now: Timestamp::UNIX_EPOCH,
            newest: None,
            newest_listed: None,
        }
    }

    /// The batches that the reader of a watch knows, to go on with.
    pub(super) fn resume(tracker: &Tracker) -> Self {
        let batches = tracker.batches.iter();
        Self {
            batches: batches
                .map(|(id, tracked)| (id.clone(), Entry::resume(tracked)))
                .collect(),
            newest: tracker.newest,
            ..Self::new()
        }
    }

    /// Begins a poll.
    pub(super) fn begin(&mut self) {
        self.poll += 1;
        for entry in self.batches.values_mut() {
            entry.read = false;
        }
    }

    /// Takes note of a page that was read now: of how long batches took that are done. Its rows are
    /// still to be taken.
    pub(super) fn read(&mut self, rows: &[Batch], now: Timestamp) {
        self.now = now;
        rows.iter().for_each(|batch| self.past.take(batch));
    }

    /// Takes a row that the filter has let through. One that is done when it appears is not reported
    /// of if it was created up to `silent_until`.
    pub(super) fn take(
        &mut self,
        batch: Batch,
        silent_until: i64,
        changes: &mut VecDeque<WatchEvent>,
    ) {
        self.newest_listed = self.newest_listed.max(Some(batch.created_at));
        let known = self.batches.get(&batch.id);
        // The reader of a watch that resumes may not have had what another process has seen.
        let silent_until = match known.map(|entry| entry.has_appeared) {
            Some(true) => return self.update(batch, changes),
            Some(false) => i64::MIN,
            None => silent_until,
        };
        let entry = Entry::new(&batch, self.poll, self.now);
        let entry = self.batches.entry(batch.id.clone()).insert_entry(entry);
        let entry = entry.get();
        let info = |what: &str| entry.info(&batch.id, what, &self.past, self.now);
        if !batch.is_terminal() {
            let info = info("appeared");
            changes.push_back(WatchEvent::Appeared { batch, info });
        } else if batch.created_at > silent_until {
            let (appeared, finished) = (info("appeared"), info(batch.status.as_str()));
            changes.push_back(WatchEvent::Appeared {
                batch: batch.clone(),
                info: appeared,
            });
            changes.push_back(WatchEvent::Finished {
                batch,
                from: None,
                info: finished,
            });
        }
    }

    /// Takes a row of a batch that is watched already; any other is left alone.
    pub(super) fn update(&mut self, batch: Batch, changes: &mut VecDeque<WatchEvent>) {
        let Some(entry) = self.batches.get_mut(&batch.id) else {
            return;
        };
        if entry.seen == self.poll && entry.read {
            // Rows that come twice, since pages overlap, would make it go to and fro.
            return;
        }
        entry.seen = self.poll;
        entry.misses = 0;
        entry.unread = 0;
        entry.read = true;
        let Before {
            status,
            counts,
            was_finished,
        } = entry.see(&batch, self.now);
        let info = |what: &str| entry.info(&batch.id, what, &self.past, self.now);
        let has_new_status = status != batch.status;
        if batch.is_terminal() && (has_new_status || !was_finished) {
            changes.push_back(WatchEvent::Finished {
                // The same, where a reader has had its appearance alone.
                from: has_new_status.then_some(status),
                info: info(batch.status.as_str()),
                batch,
            });
        } else if has_new_status {
            changes.push_back(WatchEvent::StatusChanged {
                from: status,
                info: info(batch.status.as_str()),
                batch,
            });
        } else if let Some(now) = &batch.request_counts
            && !batch.is_terminal()
            && counts.as_ref() != Some(now)
        {
            let done = now.completed.saturating_add(now.failed);
            changes.push_back(WatchEvent::Progressed {
                from: counts,
                info: info(&format!("progress/{done}")),
                batch,
            });
        }
    }

    /// Takes note of a batch whose row cannot be read: it is listed, at least.
    pub(super) fn mark_seen(&mut self, id: &str) {
        if let Some(entry) = self.batches.get_mut(id) {
            entry.read = entry.seen == self.poll && entry.read;
            entry.seen = self.poll;
            entry.misses = 0;
        }
    }

    /// When the batches were created that are not done, and that this poll has not listed; oldest
    /// first.
    pub(super) fn missing(&self) -> Vec<i64> {
        let missing = self.missing_entries();
        let mut missing: Vec<i64> = missing.map(|(_, entry)| entry.created_at).collect();
        missing.sort_unstable();
        missing
    }

    /// The ids of the same batches; oldest first.
    pub(super) fn missing_ids(&self) -> Vec<String> {
        let mut missing: Vec<_> = self.missing_entries().collect();
        missing.sort_unstable_by_key(|(id, entry)| (entry.created_at, *id));
        missing.into_iter().map(|(id, _)| id.clone()).collect()
    }

    fn missing_entries(&self) -> impl Iterator<Item = (&String, &Entry)> {
        let is_missing = |entry: &Entry| entry.seen != self.poll && !entry.is_finished();
        let entries = self.batches.iter();
        entries.filter(move |(_, entry)| is_missing(entry))
    }

    /// Ends a poll that has looked for every batch that is not done, and estimates the progress of each that
    /// it has read, and which are forgotten. Where some rows have no legible id, a batch that was
    /// not found may be in one of them.
    pub(super) fn end(
        &mut self,
        all_ids_are_legible: bool,
        events: &mut VecDeque<WatchEvent>,
    ) -> (BTreeMap<String, Estimate>, Vec<String>) {
        let poll = self.poll;
        for entry in self.batches.values_mut() {
            match (entry.seen == poll, entry.read) {
                (true, true) => {}
                (false, _) if all_ids_are_legible => entry.misses += 1,
                _ => entry.unread += 1,
            }
        }
        self.newest = self.newest.max(self.newest_listed);
        let forgotten = self.report_lost(events);
        (self.estimate(events), forgotten)
    }

    /// The ids of the batches that the poll has missed which has ended.
    pub(super) fn missed(&self) -> BTreeSet<String> {
        let missed = self.batches.iter().filter(|(_, entry)| entry.misses > 0);
        missed.map(|(id, _)| id.clone()).collect()
    }

    /// The batches that are done and were not reported: id, creation and status.
    pub(super) fn done_before(
        &self,
        events: &VecDeque<WatchEvent>,
    ) -> Vec<(String, i64, BatchStatus)> {
        let reported = events.iter().filter_map(WatchEvent::batch);
        let reported: HashSet<&str> = reported.map(|batch| batch.id.as_str()).collect();
        let done = |(id, entry): (&String, &Entry)| match &entry.state {
            State::Finished(status) if !reported.contains(id.as_str()) => {
                Some((id.clone(), entry.created_at, status.clone()))
            }
            _ => None,
        };
        self.batches.iter().filter_map(done).collect()
    }

    /// Drops batches that are not listed any more, or not legible. Those that were done are not
    /// reported of, but named.
    fn report_lost(&mut self, events: &mut VecDeque<WatchEvent>) -> Vec<String> {
        let mut forgotten = Vec::new();
        let lost =
            |_: &String, entry: &mut Entry| entry.misses >= MISSES || entry.unread >= PATIENCE;
        let mut lost: Vec<(String, Entry)> = self.batches.extract_if(lost).collect();
        // Newest first, as rows are.
        lost.sort_by(|(id, one), (other_id, other)| {
            (other.created_at, other_id).cmp(&(one.created_at, id))
        });
        for (id, entry) in lost {
            let is_gone = entry.misses >= MISSES;
            let what = if is_gone { "gone" } else { "unreadable" };
            let info = EventInfo {
                id: entry.event_id(&id, what),
                at: self.now,
                estimate: None,
            };
            let State::Unfinished(it) = entry.state else {
                forgotten.push(id);
                continue;
            };
            let batch = it.0;
            events.push_back(match is_gone {
                true => WatchEvent::Gone { batch, info },
                false => WatchEvent::Unreadable { batch, info },
            });
        }
        forgotten
    }

    /// The estimate of each batch that this poll has read. Those that are stuck are reported.
    fn estimate(&mut self, events: &mut VecDeque<WatchEvent>) -> BTreeMap<String, Estimate> {
        let mut estimates = BTreeMap::new();
        let mut stuck = Vec::new();
        for (id, entry) in self.batches.iter_mut().filter(|(_, entry)| entry.read) {
            let Some(estimate) = entry.estimate(&self.past, self.now) else {
                continue;
            };
            let was_stuck = std::mem::replace(&mut entry.is_stuck, estimate.is_stuck);
            if let State::Unfinished(it) = &entry.state
                && estimate.is_stuck
                && !was_stuck
            {
                let what = format!("stuck/{}", it.1.done);
                let info = entry.info(id, &what, &self.past, self.now);
                let batch = it.0.clone();
                stuck.push(WatchEvent::Stuck { batch, info });
            }
            estimates.insert(id.clone(), estimate);
        }
        let place = |event: &WatchEvent| event.batch().map(|it| (it.created_at, it.id.clone()));
        stuck.sort_by_cached_key(|event| std::cmp::Reverse(place(event)));
        events.extend(stuck);
        estimates
    }

    /// How many are not done.
    pub(super) fn unfinished(&self) -> usize {
        let entries = self.batches.values();
        entries.filter(|entry| !entry.is_finished()).count()
    }

    /// When the oldest one was created that is not done.
    pub(super) fn oldest_unfinished(&self) -> Option<i64> {
        let unfinished = self.batches.values().filter(|entry| !entry.is_finished());
        unfinished.map(|entry| entry.created_at).min()
    }

    /// When the newest one was created of all that polls have taken that were not cut short.
    pub(super) fn newest(&self) -> Option<i64> {
        self.newest
    }
}

impl Entry {
    fn new(batch: &Batch, poll: u64, now: Timestamp) -> Self {
        Self {
            created_at: batch.created_at,
            seen: poll,
            misses: 0,
            unread: 0,
            read: true,
            reopened: 0,
            is_stuck: false,
            has_appeared: true,
            state: State::new(batch, now),
        }
    }

    /// What the reader knows of a batch.
    fn resume(tracked: &Tracked) -> Self {
        let under_way = tracked.under_way.as_deref();
        Self {
            created_at: tracked.created_at,
            seen: 0,
            misses: u8::from(tracked.was_missed),
            unread: 0,
            read: false,
            reopened: tracked.reopened,
            is_stuck: under_way.is_some_and(|it| it.is_stuck),
            has_appeared: tracked.has_appeared,
            state: match under_way {
                Some(it) => State::Unfinished(Box::new((it.batch.clone(), it.history.clone()))),
                None => State::Finished(tracked.status.clone()),
            },
        }
    }

    fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished(_))
    }

    /// Takes the batch as it is now, and gives what it was before.
    fn see(&mut self, batch: &Batch, now: Timestamp) -> Before {
        match &mut self.state {
            State::Unfinished(it) if !batch.is_terminal() => {
                it.1.see(batch, now);
                return Before::of(std::mem::replace(&mut it.0, batch.clone()));
            }
            State::Finished(_) if !batch.is_terminal() => self.reopened += 1,
            _ => {}
        }
        match std::mem::replace(&mut self.state, State::new(batch, now)) {
            State::Unfinished(before) => Before::of(before.0),
            State::Finished(status) => Before {
                status,
                counts: None,
                was_finished: true,
            },
        }
    }

    fn info(&self, id: &str, what: &str, past: &PastDurations, now: Timestamp) -> EventInfo {
        EventInfo {
            id: self.event_id(id, what),
            at: now,
            estimate: self.estimate(past, now),
        }
    }

    /// The id of an event: what has happened to the batch, and nothing that another process would
    /// see in another way.
    fn event_id(&self, id: &str, what: &str) -> String {
        match self.reopened {
            0 => format!("{id}/{what}"),
            times => format!("{id}/{what}/reopened/{times}"),
        }
    }

    fn estimate(&self, past: &PastDurations, now: Timestamp) -> Option<Estimate> {
        match &self.state {
            State::Unfinished(it) => Some(Estimate::new(&it.1, past, now)),
            State::Finished(_) => None,
        }
    }
}

impl Before {
    fn of(batch: Batch) -> Self {
        Self {
            status: batch.status,
            counts: batch.request_counts,
            was_finished: false,
        }
    }
}

impl State {
    fn new(batch: &Batch, now: Timestamp) -> Self {
        if batch.is_terminal() {
            Self::Finished(batch.status.clone())
        } else {
            Self::Unfinished(Box::new((batch.clone(), History::new(batch, now))))
        }
    }
}
