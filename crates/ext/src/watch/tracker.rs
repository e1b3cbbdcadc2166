//! What is known of the batches that are watched, and what a row changes about it.

use std::collections::{HashMap, VecDeque};

use qwen_batches_api::types::{Batch, BatchStatus};

use super::event::WatchEvent;
use crate::types::batch::BatchExt as _;

/// How many polls in a row a batch has to be missed by. A list that is put together from several
/// stores may leave one out once.
const MISSES: u8 = 2;

/// For how many polls in a row a batch may have a row that cannot be read.
pub(super) const PATIENCE: u8 = 10;

/// The batches that are watched.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    batches: HashMap<String, Entry>,
    /// The number of the poll under way.
    poll: u64,
    newest: Option<i64>,
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
    state: State,
}

#[derive(Debug)]
enum State {
    Unfinished(Box<Batch>),
    Finished(BatchStatus),
}

impl Tracker {
    /// Begins a poll.
    pub(super) fn begin(&mut self) {
        self.poll += 1;
        for entry in self.batches.values_mut() {
            entry.read = false;
        }
    }

    /// Takes a row that the filter has let through. One that is done when it appears is not reported
    /// of if it was created up to `silent_until`.
    pub(super) fn take(
        &mut self,
        batch: Batch,
        silent_until: i64,
        changes: &mut VecDeque<WatchEvent>,
    ) {
        self.newest = self.newest.max(Some(batch.created_at));
        if self.batches.contains_key(&batch.id) {
            return self.update(batch, changes);
        }
        let entry = Entry {
            created_at: batch.created_at,
            seen: self.poll,
            misses: 0,
            unread: 0,
            read: true,
            state: State::of(&batch),
        };
        self.batches.insert(batch.id.clone(), entry);
        if !batch.is_terminal() {
            changes.push_back(WatchEvent::Appeared { batch });
        } else if batch.created_at > silent_until {
            let appeared = batch.clone();
            changes.push_back(WatchEvent::Appeared { batch: appeared });
            changes.push_back(WatchEvent::Finished { batch, from: None });
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
        let before = std::mem::replace(&mut entry.state, State::of(&batch));
        let status = before.status().clone();
        let change = if status != batch.status {
            if batch.is_terminal() {
                let from = Some(status);
                WatchEvent::Finished { batch, from }
            } else {
                WatchEvent::StatusChanged {
                    batch,
                    from: status,
                }
            }
        } else {
            match before {
                State::Unfinished(before)
                    if batch.request_counts.is_some()
                        && before.request_counts != batch.request_counts =>
                {
                    let from = before.request_counts;
                    WatchEvent::Progressed { batch, from }
                }
                _ => return,
            }
        };
        changes.push_back(change);
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
        let missing = self
            .batches
            .values()
            .filter(|entry| entry.seen != self.poll && matches!(entry.state, State::Unfinished(_)));
        let mut missing: Vec<i64> = missing.map(|entry| entry.created_at).collect();
        missing.sort_unstable();
        missing
    }

    /// Ends a poll that has looked for every batch that is not done. Where some rows have no legible
    /// id, a batch that was not found may be in one of them.
    pub(super) fn end(&mut self, all_ids_are_legible: bool, events: &mut VecDeque<WatchEvent>) {
        let poll = self.poll;
        for entry in self.batches.values_mut() {
            match (entry.seen == poll, entry.read) {
                (true, true) => {}
                (false, _) if all_ids_are_legible => entry.misses += 1,
                _ => entry.unread += 1,
            }
        }
        let lost = |entry: &Entry| entry.misses >= MISSES || entry.unread >= PATIENCE;
        let lost = self.batches.extract_if(|_, entry| lost(entry));
        let mut gone: Vec<(Box<Batch>, bool)> = lost
            .filter_map(|(_, entry)| match entry.state {
                State::Unfinished(batch) => Some((batch, entry.misses >= MISSES)),
                State::Finished(_) => None,
            })
            .collect();
        // Newest first, as rows are.
        gone.sort_by(|(one, _), (other, _)| {
            (other.created_at, &other.id).cmp(&(one.created_at, &one.id))
        });
        events.extend(gone.into_iter().map(|(batch, is_gone)| match is_gone {
            true => WatchEvent::Gone { batch: *batch },
            false => WatchEvent::Unreadable { batch: *batch },
        }));
    }

    /// How many are not done.
    pub(super) fn unfinished(&self) -> usize {
        let states = self.batches.values().map(|entry| &entry.state);
        states
            .filter(|state| matches!(state, State::Unfinished(_)))
            .count()
    }

    /// When the oldest one was created that is not done.
    pub(super) fn oldest_unfinished(&self) -> Option<i64> {
        let unfinished = self.batches.values().filter_map(|entry| match entry.state {
            State::Unfinished(_) => Some(entry.created_at),
            State::Finished(_) => None,
        });
        unfinished.min()
    }

    /// When the newest one was created of all that were ever taken.
    pub(super) fn newest(&self) -> Option<i64> {
        self.newest
    }
}

impl State {
    fn of(batch: &Batch) -> Self {
        if batch.is_terminal() {
            Self::Finished(batch.status.clone())
        } else {
            Self::Unfinished(batch.clone().into())
        }
    }

    fn status(&self) -> &BatchStatus {
        match self {
            Self::Unfinished(batch) => &batch.status,
            Self::Finished(status) => status,
        }
    }
}
