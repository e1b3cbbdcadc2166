//! What one wants to know of a batch before it is printed.

use qwen_batches::{Batch, BatchExt as _, BatchRequestCounts, BatchStatus};

/// The name of a batch, empty if it has none.
pub(crate) fn name(batch: &Batch) -> &str {
    batch.name().unwrap_or_default()
}

/// Whether the batch is completed without a single request that succeeded: a batch is, even if
/// every one of its requests failed.
pub(crate) fn has_only_failures(batch: &Batch) -> bool {
    let has_failed = |counts: &BatchRequestCounts| counts.completed == 0 && counts.failed > 0;
    batch.status == BatchStatus::Completed && batch.request_counts.as_ref().is_some_and(has_failed)
}
