//! How long batches took that are completed.

use std::collections::BTreeMap;

use qwen_batches_api::types::{Batch, BatchStatus};

use crate::types::batch::BatchExt as _;

/// Of how many batches it is kept, at most: those that were created last.
const KEPT: usize = 1000;

/// How many times as many requests a batch may have, or as few, to be like another.
const LIKE: u64 = 8;

/// How long completed batches took: evidence for the [`Estimate`](crate::Estimate) of others
/// in the same list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastDurations {
    /// By creation and id.
    batches: BTreeMap<(i64, String), Past>,
}

#[derive(Clone, Debug, PartialEq)]
struct Past {
    endpoint: String,
    total: u64,
    seconds: u64,
}

impl PastDurations {
    /// Takes note of a batch, if it is completed and says how long it took. Another row of a batch
    /// takes the place of the one before it.
    pub fn take(&mut self, batch: &Batch) {
        let total = batch.request_counts.as_ref().map(|it| it.total);
        let total = total.and_then(|total| u64::try_from(total).ok());
        let (Some(total), Some(duration)) = (total, batch.duration()) else {
            return;
        };
        if batch.status != BatchStatus::Completed || total == 0 {
            return;
        }
        let past = Past {
            endpoint: batch.endpoint.clone(),
            total,
            seconds: duration.as_secs(),
        };
        self.batches
            .insert((batch.created_at, batch.id.clone()), past);
        if self.batches.len() > KEPT {
            self.batches.pop_first();
        }
    }

    /// The seconds that batches took that are like this one, if they took longer than `elapsed`;
    /// in ascending order.
    pub(super) fn like(&self, endpoint: &str, total: u64, elapsed: u64) -> Vec<u64> {
        let is_like = |past: &&Past| {
            past.endpoint == endpoint
                && past.total <= total.saturating_mul(LIKE)
                && total <= past.total.saturating_mul(LIKE)
                && past.seconds > elapsed
        };
        let like = self.batches.values().filter(is_like);
        let mut seconds: Vec<u64> = like.map(|past| past.seconds).collect();
        seconds.sort_unstable();
        seconds
    }
}
