//! The identity of a row.

use qwen_batches_api::types::Batch;

/// Identifies a row, and says where it stands in the list.
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
