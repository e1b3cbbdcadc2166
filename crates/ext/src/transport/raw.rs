//! Any query, and the response as it was received.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{attempt, failure};
use crate::client::client::Client;
use crate::policy::call_report::{CallHook, CallReport};
use crate::types::error::Error;
use crate::types::operation::Operation;

/// A response as it was received, whatever it says. `Debug` shows nothing that the service sent:
/// see [`Client::without_key`].
#[derive(Clone)]
#[non_exhaustive]
pub struct RawResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Sends `GET /batches` with any query, and gives the response as it is: for checks of the
    /// service, and for parameters that the contract does not list.
    ///
    /// The key, the rate limit, the time limit and the cap on the size of a response are the client's;
    /// nothing is checked beforehand, nothing is decoded, and nothing is retried.
    ///
    /// # Errors
    ///
    /// If no whole response came. A response of any status is not an error.
    ///
    /// # Panics
    ///
    /// Polled outside a Tokio runtime with time and I/O.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the call; nothing else is lost.
    ///
    /// ```no_run
    /// # async fn example(client: qwen_batches::Client) -> Result<(), qwen_batches::Error> {
    /// let response = client.raw([("limit", "0")]).await?;
    /// println!("a limit of 0 gets {}", response.status);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn raw<K: AsRef<str>, V: AsRef<str>>(
        &self,
        query: impl IntoIterator<Item = (K, V)>,
    ) -> Result<RawResponse, Error> {
        send(self, query).await
    }
}

/// Sends any query, once.
async fn send<K: AsRef<str>, V: AsRef<str>>(
    client: &Client,
    query: impl IntoIterator<Item = (K, V)>,
) -> Result<RawResponse, Error> {
    let shared = client.shared();
    let mut url = url::Url::parse(&format!("{}/batches", shared.base_url()))
        .map_err(|error| Error::config("the base URL is unusable").with_source(error))?;
    url.query_pairs_mut().extend_pairs(query);
    if url.query() == Some("") {
        url.set_query(None);
    }
    let (limiter, runtime) = (shared.limiter(Operation::ListBatches), shared.runtime());
    let ticket = limiter.ticket(runtime);
    let turn = limiter.acquire(&ticket, shared.retry(), None, runtime);
    let turn = turn.await;
    let limiter_wait = limiter.now(runtime).saturating_sub(ticket.started);
    let attempts = u32::from(turn.is_ok());
    let result = match turn {
        Ok(_permit) => attempt::raw(shared, url).await,
        Err(no_turn) => Err(failure::no_turn(no_turn)),
    };
    if let Some(CallHook(hook)) = shared.on_call() {
        let error = result.as_ref().err();
        let sent = result.as_ref().ok().map(|(head, _)| head.status.as_u16());
        hook(&CallReport {
            operation: "raw",
            error,
            status: sent.or_else(|| error?.status()),
            attempts,
            elapsed: limiter.now(runtime).saturating_sub(ticket.started),
            limiter_wait,
        });
    }
    let (head, body) = result?;
    Ok(RawResponse {
        status: head.status,
        headers: head.headers,
        body,
    })
}
