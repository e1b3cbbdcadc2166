//! What a list comes to, in a few numbers.

use jiff::Timestamp;
use qwen_batches::{Batch, BatchExt as _, BatchRequestCounts, BatchStatus};

use super::triage::Triage;
use crate::batch::OUTCOMES;

/// What a list comes to.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(super) now: Timestamp,
    pub(crate) batches: u64,
    /// Of these, batches that have ended and have an output file.
    pub(crate) with_results: u64,
    /// Rows that could not be read, and so are in no other number.
    pub(crate) unreadable: u64,
    pub(super) triage: Triage,
    /// All statuses that the contract lists, then all others that were met.
    pub(super) statuses: Vec<(BatchStatus, u64)>,
    /// In the order of [`OUTCOMES`].
    pub(super) outcomes: [u64; OUTCOMES.len()],
    pub(super) requests: Requests,
    /// All batches, for a picture of each; none if there is to be no picture.
    pub(super) pictured: Option<Vec<Batch>>,
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

impl Summary {
    /// The summary of no batch; with a picture, each batch is kept.
    pub(crate) fn new(now: Timestamp, is_pictured: bool) -> Self {
        Self {
            now,
            batches: 0,
            with_results: 0,
            unreadable: 0,
            triage: Triage::new(now),
            statuses: BatchStatus::KNOWN
                .iter()
                .map(|status| (status.clone(), 0))
                .collect(),
            outcomes: [0; OUTCOMES.len()],
            requests: Requests::default(),
            pictured: is_pictured.then(Vec::new),
        }
    }

    /// Counts a batch in.
    pub(crate) fn add(&mut self, batch: Batch) {
        self.batches += 1;
        self.with_results += u64::from(batch.is_terminal() && batch.has_results());
        match self.statuses.iter_mut().find(|(it, _)| *it == batch.status) {
            Some((_, count)) => *count += 1,
            None => self.statuses.push((batch.status.clone(), 1)),
        }
        let outcome = batch.outcome();
        if let Some(place) = OUTCOMES.iter().position(|name| *name == outcome.name()) {
            self.outcomes[place] += 1;
        }
        self.requests.add(batch.request_counts.as_ref());
        if let Some(pictured) = &mut self.pictured {
            pictured.push(batch.clone());
        }
        self.triage.add(batch, outcome);
    }

    /// Decides what can be decided only now that all batches are counted.
    pub(crate) fn finish(&mut self) {
        self.triage.finish();
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
