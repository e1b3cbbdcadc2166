//! One batch by its id.

use std::time::Duration;

use qwen_batches_api::types::Batch;

use crate::client::client::Client;
use crate::policy::deadline::Deadline;
use crate::transport::call;
use crate::types::batch_response::BatchResponse;
use crate::types::error::Error;
use crate::types::invalid_field::InvalidField;

/// A request for one batch; sent by [`get`](Self::get), or in [`response`](Self::response), which
/// also gives what is wrong with the batch.
///
/// The batch is the same as a row of the list, and is read with the same tolerance. The service
/// allows 1000 of these calls a minute, but only 100 lists (documented): to check on a few
/// batches whose ids are known, this is the better call. Retries, time limits and the key are those
/// of the client; the [`RateLimit`](crate::RateLimit) counts these calls by themselves.
///
/// ```no_run
/// # async fn example(client: qwen_batches::Client) -> Result<(), qwen_batches::Error> {
/// let batch = client.batch("batch_9f1d5c52-8f0e-4c7b-a3d6-2b7a90e41c65").get().await?;
/// println!("{}", batch.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for the batch"]
pub struct GetBatch {
    client: Client,
    id: String,
    deadline: Option<Duration>,
}

impl Client {
    /// Gets the batch with this id.
    ///
    /// Nothing is sent until [`get`](GetBatch::get) or [`response`](GetBatch::response) is awaited.
    pub fn batch(&self, id: impl Into<String>) -> GetBatch {
        GetBatch {
            client: self.clone(),
            id: id.into(),
            deadline: None,
        }
    }
}

impl GetBatch {
    /// How long the call may take, with all its attempts, its pauses and its wait for the rate
    /// limit; by default, what the client [allows](crate::ClientBuilder::call_deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Fetches the batch.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the id cannot be that of a
    /// batch; else if the call fails, or if the response is not that batch. A
    /// [status](Error::status) of 404 is a batch that the service does not know: it knows those of
    /// the last 30 days (documented).
    ///
    /// # Panics
    ///
    /// Polled outside a Tokio runtime with time and I/O.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the call; nothing else is lost.
    pub async fn get(self) -> Result<Batch, Error> {
        Ok(self.response().await?.batch)
    }

    /// Fetches the batch, along with what is wrong with it.
    ///
    /// # Errors
    ///
    /// Those of [`get`](Self::get).
    pub async fn response(self) -> Result<BatchResponse, Error> {
        let shared = self.client.shared();
        if let Err(reason) = shared.check_segment(&self.id) {
            let invalid = InvalidField::new("id", reason);
            return Err(Error::invalid("batch", vec![invalid]));
        }
        let now = shared.runtime().elapsed();
        let deadline = self.deadline.map(|set| Deadline::of_call(set, now));
        call::retrieve_batch(&self.client, &self.id, deadline).await
    }
}
