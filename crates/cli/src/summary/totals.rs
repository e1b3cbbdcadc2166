//! What a list comes to, in a few numbers.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use qwen_batches::{Batch, BatchError, BatchExt as _, BatchRequestCounts, BatchStatus};

use crate::batch::has_only_failures;

/// How soon "soon" is.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// What a list comes to.
#[derive(Debug)]
pub(crate) struct Summary {
    /// What is due is reckoned from here.
    pub(super) now: Timestamp,
    pub(crate) batches: u64,
    /// Rows that could not be read, and so are in no other number.
    pub(crate) unreadable: u64,
    /// All statuses that the contract lists, then all others that were met.
    pub(super) statuses: Vec<(BatchStatus, u64)>,
    pub(super) requests: Requests,
    pub(super) oldest_running: Option<Batch>,
    /// Batches that are not done, and due within a day; once all are there, the most urgent first.
    pub(super) due_soon: Vec<Batch>,
    /// Batches that are not done, though they should be; once all are there, the worst first.
    pub(super) overdue: Vec<Batch>,
    /// Completed batches without a request that succeeded.
    pub(super) all_failed: Vec<Batch>,
    failures: HashMap<Option<String>, Failures>,
}

/// Requests of all batches together.
#[derive(Debug, Default)]
pub(super) struct Requests {
    pub(super) total: i64,
    pub(super) completed: i64,
    pub(super) failed: i64,
    /// Of how many batches the counts are known, and of how many they are not.
    known: u64,
    pub(super) unknown: u64,
}

impl Requests {
    /// Stops at the largest number that there is: a service may send any.
    fn add(&mut self, counts: Option<&BatchRequestCounts>) {
        let Some(counts) = counts else {
            self.unknown += 1;
            return;
        };
        self.known += 1;
        self.total = self.total.saturating_add(counts.total);
        self.completed = self.completed.saturating_add(counts.completed);
        self.failed = self.failed.saturating_add(counts.failed);
    }

    /// Whether the sums are of any batch, or there is none.
    pub(super) fn is_known(&self) -> bool {
        self.known > 0 || self.unknown == 0
    }

    /// The share of the requests that are done which succeeded, from 0 to 1; none if none is done.
    pub(super) fn success_rate(&self) -> Option<f64> {
        let (completed, failed) = (self.completed.max(0) as f64, self.failed.max(0) as f64);
        let done = completed + failed;
        (done > 0.0).then(|| completed / done)
    }
}

/// Errors of one code.
#[derive(Debug)]
pub(super) struct Failures {
    pub(super) errors: u64,
    pub(super) batches: u64,
    /// The batch that was counted last, by its number: it is counted once.
    counted: u64,
    /// The first that was met, and its batch; a batch may have failed without saying why.
    pub(super) example: (Batch, Option<BatchError>),
}

impl Summary {
    /// The summary of no batch.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            batches: 0,
            unreadable: 0,
            statuses: BatchStatus::KNOWN
                .iter()
                .map(|status| (status.clone(), 0))
                .collect(),
            requests: Requests::default(),
            oldest_running: None,
            due_soon: Vec::new(),
            overdue: Vec::new(),
            all_failed: Vec::new(),
            failures: HashMap::new(),
        }
    }

    /// Counts a batch in.
    pub(crate) fn add(&mut self, mut batch: Batch) {
        self.batches += 1;
        // There may be thousands of them, and what is kept of a batch does without.
        let errors = batch
            .errors
            .take()
            .map_or_else(Vec::new, |errors| errors.data);
        match self.statuses.iter_mut().find(|(it, _)| *it == batch.status) {
            Some((_, count)) => *count += 1,
            None => self.statuses.push((batch.status.clone(), 1)),
        }
        self.requests.add(batch.request_counts.as_ref());
        if errors.is_empty() && batch.status == BatchStatus::Failed {
            self.add_failure(&batch, None);
        }
        for error in errors {
            self.add_failure(&batch, Some(error));
        }
        if batch.is_terminal() {
            self.add_done(batch);
        } else {
            self.add_running(batch);
        }
    }

    fn add_failure(&mut self, batch: &Batch, error: Option<BatchError>) {
        let code = error.as_ref().and_then(|error| error.code.clone());
        let failures = self.failures.entry(code).or_insert_with(|| Failures {
            errors: 0,
            batches: 0,
            counted: 0,
            example: (batch.clone(), error),
        });
        failures.errors += 1;
        if failures.counted != self.batches {
            failures.counted = self.batches;
            failures.batches += 1;
        }
    }

    fn add_done(&mut self, batch: Batch) {
        if has_only_failures(&batch) {
            self.all_failed.push(batch);
        }
    }

    fn add_running(&mut self, batch: Batch) {
        let oldest = self.oldest_running.as_ref();
        if oldest.is_none_or(|oldest| batch.created_at <= oldest.created_at) {
            self.oldest_running = Some(batch.clone());
        }
        match batch.due() {
            Some(due) if due < self.now => self.overdue.push(batch),
            Some(due) if due.duration_since(self.now) < SOON => self.due_soon.push(batch),
            _ => {}
        }
    }

    /// Puts what is urgent first, now that all batches are counted.
    pub(crate) fn sort(&mut self) {
        self.due_soon.sort_by_key(Batch::due);
        self.overdue.sort_by_key(Batch::due);
    }

    /// The errors by their codes, those of the most batches first.
    pub(super) fn failures(&self) -> Vec<(Option<&str>, &Failures)> {
        let failures = self.failures.iter();
        let mut failures: Vec<_> = failures
            .map(|(code, failures)| (code.as_deref(), failures))
            .collect();
        failures.sort_by_key(|(code, it)| (Reverse((it.batches, it.errors)), *code));
        failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_any_numbers() {
        for (completed, failed, expected) in [
            (0, 0, None),
            (9, 1, Some(0.9)),
            (0, 7, Some(0.0)),
            (7, 0, Some(1.0)),
            (-5, 5, Some(0.0)),
            (i64::MAX, i64::MAX, Some(0.5)),
        ] {
            let requests = Requests {
                completed,
                failed,
                ..Requests::default()
            };
            assert_eq!(requests.success_rate(), expected, "{completed} {failed}");
        }
    }
}
