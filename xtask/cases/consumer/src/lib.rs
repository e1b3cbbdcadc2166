//! Lists batches as a program that uses the client would.

use futures::TryStreamExt as _;
use qwen_batches::{BatchFilter, BatchStatus, Client, Error};

/// The ids of all completed batches.
pub async fn completed(client: &Client) -> Result<Vec<String>, Error> {
    let filter = BatchFilter::new().statuses([BatchStatus::Completed]);
    let batches = client.list_batches(filter).page_size(10).items();
    batches.map_ok(|batch| batch.id).try_collect().await
}
