//! What is known of the batches that are watched.

use std::collections::{BTreeMap, HashMap};

use qwen_batches::{Batch, BatchExt as _, BatchStatus, Estimate, FailedPoll, Outcome, WatchEvent};
use tokio::time::Instant;

use crate::words::count;

/// The batches, and how polling goes.
#[derive(Debug, Default)]
pub(super) struct Board {
    entries: HashMap<String, Entry>,
    calls: u64,
    unreadable: usize,
    /// When the last poll that succeeded has ended.
    polled: Option<Instant>,
    next_poll: Option<Instant>,
    error: Option<String>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) batch: Batch,
    /// Whether the service lists it no more, though it was not done.
    pub(super) is_gone: bool,
    /// How it goes on, by the last poll; none if it is over.
    pub(super) estimate: Option<Estimate>,
}

impl Entry {
    /// Whether nothing more will become of it here.
    pub(super) fn is_over(&self) -> bool {
        self.is_gone || self.batch.is_terminal()
    }

    /// Whether it is over and has brought nothing.
    fn is_failed(&self) -> bool {
        match self.batch.status {
            BatchStatus::Completed => self.batch.outcome() == Outcome::AllFailed,
            _ => self.is_over(),
        }
    }
}

impl Board {
    /// A board with batches that were under way when another process left them.
    pub(super) fn resume<'a>(batches: impl IntoIterator<Item = &'a Batch>) -> Self {
        let mut board = Self::default();
        batches
            .into_iter()
            .for_each(|batch| board.put(batch, false, None));
        board
    }

    pub(super) fn take(&mut self, change: &WatchEvent) {
        let now = Instant::now();
        match change {
            WatchEvent::Polled(poll) => {
                self.calls += poll.calls;
                self.unreadable = poll.unreadable.len();
                self.polled = Some(now);
                self.next_poll = poll.pause.and_then(|pause| now.checked_add(pause));
                self.error = None;
                for (id, estimate) in &poll.estimates {
                    if let Some(entry) = self.entries.get_mut(id) {
                        entry.estimate = Some(estimate.clone());
                    }
                }
            }
            WatchEvent::PollFailed(poll) => {
                self.calls += poll.calls;
                self.next_poll = now.checked_add(poll.pause);
                let times = match poll.failures {
                    1 => String::new(),
                    failures => format!(" {failures} times"),
                };
                self.error = Some(format!("the poll failed{times}: {}", poll.error));
            }
            change => {
                if let Some(batch) = change.batch() {
                    let is_gone = matches!(change, WatchEvent::Gone { .. });
                    self.put(batch, is_gone, change.estimate().cloned());
                }
            }
        }
    }

    fn put(&mut self, batch: &Batch, is_gone: bool, estimate: Option<Estimate>) {
        let entry = Entry {
            batch: batch.clone(),
            is_gone,
            estimate,
        };
        self.entries.insert(batch.id.clone(), entry);
    }

    /// Whether it is known that nothing more will become of the batch with this id.
    pub(super) fn is_over(&self, id: &str) -> bool {
        self.entries.get(id).is_some_and(Entry::is_over)
    }

    /// All batches, newest first.
    pub(super) fn entries(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.entries.values().collect();
        entries.sort_by(|one, other| {
            let (one, other) = (&one.batch, &other.batch);
            (other.created_at, &other.id).cmp(&(one.created_at, &one.id))
        });
        entries
    }

    pub(super) fn batches(&self) -> Vec<&Batch> {
        let entries = self.entries().into_iter();
        entries.map(|entry| &entry.batch).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn unfinished(&self) -> usize {
        self.entries
            .values()
            .filter(|entry| !entry.is_over())
            .count()
    }

    /// How many are over and have brought nothing.
    pub(super) fn failed(&self) -> usize {
        self.entries
            .values()
            .filter(|entry| entry.is_failed())
            .count()
    }

    /// Rows that the last poll could not read.
    pub(super) fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// What became of those that have failed: `2 expired, 1 failed`.
    pub(super) fn failures(&self) -> String {
        let mut kinds = BTreeMap::<&str, usize>::new();
        for entry in self.entries.values().filter(|entry| entry.is_failed()) {
            let kind = match &entry.batch.status {
                _ if entry.is_gone => "listed no more",
                BatchStatus::Completed => "completed with every request failed",
                status => status.as_str(),
            };
            *kinds.entry(kind).or_default() += 1;
        }
        let kinds = kinds.iter().map(|(kind, count)| format!("{count} {kind}"));
        kinds.collect::<Vec<_>>().join(", ")
    }

    /// How polling goes, in a line.
    pub(super) fn progress(&self) -> String {
        let now = Instant::now();
        let mut parts = vec![match self.polled {
            None => "asking for the batches".to_owned(),
            Some(_) => format!(
                "{}, {} not done",
                count(self.len(), "batch"),
                self.unfinished()
            ),
        }];
        if let Some(polled) = self.polled {
            let seconds = now.saturating_duration_since(polled).as_secs();
            parts.push(format!(
                "polled {seconds}s ago, {}",
                count(self.calls, "call")
            ));
        }
        parts.extend(self.next_poll.map(
            |next| match next.saturating_duration_since(now).as_secs() {
                0 => "polling".to_owned(),
                seconds => format!("next poll in {seconds}s"),
            },
        ));
        parts.join("; ")
    }

    /// Why the last poll failed, if it did.
    pub(super) fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

/// A poll that failed, in a line.
pub(super) fn failed_poll(poll: &FailedPoll) -> String {
    let times = match poll.failures {
        1 => String::new(),
        failures => format!(" {failures} times in a row"),
    };
    format!(
        "the poll failed{times}; again in {}s: {}",
        poll.pause.as_secs(),
        poll.error
    )
}
