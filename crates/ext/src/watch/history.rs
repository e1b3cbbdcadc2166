//! What was seen of a batch under way: when its counts moved.

use std::collections::VecDeque;

use jiff::Timestamp;
use qwen_batches_api::types::{Batch, BatchStatus};
use serde::{Deserialize, Serialize};

use crate::types::batch::BatchExt as _;

/// How many of the last counts are kept: those of half an hour, if each poll of a minute brings one.
const KEPT: usize = 32;

/// What was seen of a batch under way, poll by poll: the evidence of an
/// [`Estimate`](crate::Estimate).
///
/// A watch keeps one for each batch; if you poll by hand, so can you. It stays small however
/// long the batch runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    pub(super) endpoint: String,
    pub(super) created_at: i64,
    pub(super) due: Option<i64>,
    pub(super) status: BatchStatus,
    /// Since when it has this status, as far as that is known.
    pub(super) phase_since: i64,
    pub(super) total: u64,
    pub(super) done: u64,
    /// The last count before the first that was seen to move.
    pub(super) start: Count,
    /// The last counts after it, each when it was seen first.
    pub(super) moves: VecDeque<Count>,
    /// When the status or the counts were last seen to change, or first seen at all.
    pub(super) moved_at: i64,
    seen_at: i64,
}

/// How many requests were done at an instant, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Count {
    pub(super) at: i64,
    pub(super) done: u64,
}

impl History {
    /// The history of a batch that is seen for the first time.
    pub fn new(batch: &Batch, at: Timestamp) -> Self {
        let at = at.as_second();
        let (total, done) = counts(batch).unwrap_or_default();
        let since = match batch.status {
            BatchStatus::Validating => Some(batch.created_at),
            BatchStatus::InProgress => batch.in_progress_at.or(Some(batch.created_at)),
            BatchStatus::Finalizing => batch.finalizing_at,
            _ => None,
        };
        // 0 stands for a time that is unset, and clocks differ.
        let phase_since = since
            .filter(|since| *since != 0)
            .map_or(at, |it| it.min(at));
        Self {
            endpoint: batch.endpoint.clone(),
            created_at: batch.created_at,
            due: batch.due().map(Timestamp::as_second),
            status: batch.status.clone(),
            phase_since,
            total,
            done,
            start: Count { at, done },
            moves: VecDeque::new(),
            moved_at: at,
            seen_at: at,
        }
    }

    /// Takes the batch as it is at a later poll.
    pub fn see(&mut self, batch: &Batch, at: Timestamp) {
        let at = at.as_second().max(self.seen_at);
        if batch.status != self.status {
            self.status = batch.status.clone();
            self.phase_since = at;
            self.moved_at = at;
        }
        // A row without counts shows nothing of them.
        let (total, done) = counts(batch).unwrap_or((self.total, self.done));
        if total != self.total || done < self.done {
            self.start = Count { at, done };
            self.moves.clear();
            self.moved_at = at;
        } else if done > self.done {
            if self.moves.is_empty() {
                self.start = Count {
                    at: self.seen_at,
                    done: self.done,
                };
            }
            if self.moves.len() == KEPT {
                self.moves.pop_front();
            }
            self.moves.push_back(Count { at, done });
            self.moved_at = at;
        }
        (self.total, self.done, self.seen_at) = (total, done, at);
    }
}

/// How many requests there are, and how many are done; none if the row has no counts, or none that
/// can be true.
fn counts(batch: &Batch) -> Option<(u64, u64)> {
    let counts = batch.request_counts.as_ref()?;
    let [total, completed, failed] =
        [counts.total, counts.completed, counts.failed].map(u64::try_from);
    let done = completed.ok()?.checked_add(failed.ok()?)?;
    let total = total.ok()?;
    (done <= total).then_some((total, done))
}
