//! One batch, as the service sent it.

use qwen_batches_api::types::Batch;

use crate::types::page::RowFinding;

/// One batch, with what is wrong with it. See [`GetBatch::response`](crate::GetBatch::response).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchResponse {
    /// The batch.
    pub batch: Batch,
    /// What is wrong with members that were read all the same. A pointer starts at the batch:
    /// `/request_counts`.
    pub findings: Vec<RowFinding>,
    /// The id of the request, to be named when asking the vendor for help.
    pub request_id: Option<String>,
    /// How often the call was made until it succeeded.
    pub attempts: u32,
}
