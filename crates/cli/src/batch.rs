//! What one wants to know of a batch before it is printed.

use jiff::Timestamp;
use qwen_batches::{Batch, BatchRequestCounts, BatchStatus};

/// The name of a batch, empty if it has none.
pub(crate) fn name(batch: &Batch) -> &str {
    let metadata = batch.metadata.as_ref();
    metadata
        .and_then(|metadata| metadata.ds_name.as_deref())
        .unwrap_or_default()
}

/// When the batch came to its end, if it has.
pub(crate) fn ended(batch: &Batch) -> Option<Timestamp> {
    let ends = [
        batch.completed_at,
        batch.failed_at,
        batch.expired_at,
        batch.cancelled_at,
    ];
    // The vendor's sample shows 0 where a time is unset.
    let end = ends.into_iter().flatten().find(|seconds| *seconds != 0)?;
    Timestamp::from_second(end).ok()
}

/// Whether the batch is completed without a single request that succeeded: a batch is, even if
/// every one of its requests failed.
pub(crate) fn has_only_failures(batch: &Batch) -> bool {
    let has_failed = |counts: &BatchRequestCounts| counts.completed == 0 && counts.failed > 0;
    batch.status == BatchStatus::Completed && batch.request_counts.as_ref().is_some_and(has_failed)
}
