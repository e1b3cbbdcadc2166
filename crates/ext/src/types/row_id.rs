//! What tells one row from another.

use qwen_batches_api::types::Batch;

/// What tells one row from another, and where it stands in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowId {
    pub(crate) id: String,
    /// In Unix seconds.
    pub(crate) created_at: i64,
}

impl RowId {
    pub(crate) fn of(batch: &Batch) -> Self {
        Self {
            id: batch.id.clone(),
            created_at: batch.created_at,
        }
    }
}
