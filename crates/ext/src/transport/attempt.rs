//! One attempt: a request through the generated client, and what became of it.

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use qwen_batches_api as api;
use qwen_batches_api::Transport as _;

use super::recorder::{Range, Recorder};
use super::response::{self, Head};
use super::{decode, failure};
use crate::client::client::Config;
use crate::policy::runtime::Runtime;
use crate::types::batch_response::BatchResponse;
use crate::types::error::Error;
use crate::types::invalid_field::InvalidField;
use crate::types::operation::Operation;
use crate::types::page::Page;
use crate::types::query::Query;

pub(super) async fn list_batches(
    shared: &Arc<Config>,
    query: &Query,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Page, Error> {
    let (client, recorder) = generated(shared);
    within_time_limit(shared, async {
        let result = request(&client, query, cursor, limit).send().await;
        match (result, recorder.head()) {
            (Ok(page), head) => decode::page(shared, page.into_inner(), head.as_ref()),
            (Err(api::Error::InvalidResponsePayload(body, _)), Some(head)) => {
                decode::page_row_by_row(shared, &body, &head)
            }
            (Err(error), head) => Err(failed(shared, Operation::ListBatches, error, head).await),
        }
    })
    .await
}

pub(super) async fn retrieve_batch(shared: &Arc<Config>, id: &str) -> Result<BatchResponse, Error> {
    let (client, recorder) = generated(shared);
    within_time_limit(shared, async {
        let result = client.retrieve_batch().batch_id(id).send().await;
        match (result, recorder.head()) {
            (Ok(batch), Some(head)) => decode::batch(shared, id, batch.into_inner(), &head),
            (Ok(_), None) => Err(failure::incomplete()),
            (Err(api::Error::InvalidResponsePayload(body, _)), Some(head)) => {
                decode::batch_by_members(shared, id, &body, &head)
            }
            (Err(error), head) => Err(failed(shared, Operation::RetrieveBatch, error, head).await),
        }
    })
    .await
}

/// The generated client, and what keeps the head of its response.
fn generated(shared: &Arc<Config>) -> (api::Client, Arc<Recorder>) {
    recorded(shared, Recorder::new(Arc::clone(shared)))
}

/// The same for the content of a file, from a byte of it on.
pub(super) fn generated_for_content(
    shared: &Arc<Config>,
    range: Option<Range>,
) -> (api::Client, Arc<Recorder>) {
    recorded(shared, Recorder::of_content(Arc::clone(shared), range))
}

fn recorded(shared: &Arc<Config>, recorder: Recorder) -> (api::Client, Arc<Recorder>) {
    let recorder = Arc::new(recorder);
    let transport: api::Inner = Arc::<Recorder>::clone(&recorder);
    let client = api::Client::new_with_client(shared.base_url(), shared.http().clone(), transport);
    (client, recorder)
}

/// What an attempt comes to that brought nothing to decode.
pub(super) async fn failed(
    shared: &Config,
    operation: Operation,
    error: api::Error,
    head: Option<Head>,
) -> Error {
    match (error, head) {
        (api::Error::UnexpectedResponse(response), Some(head)) => {
            match response::body(shared, response).await {
                Ok(body) => {
                    failure::error_response(shared, operation, head.status, &head.headers, &body)
                }
                Err(error) => error,
            }
        }
        (api::Error::ResponseBodyError(error), Some(head)) => {
            response::unreadable(shared, head.status, error)
        }
        (api::Error::InvalidRequest(reason), _) => {
            // The generated types refuse what was checked before: still not sent.
            Error::invalid_request(vec![InvalidField {
                field: "request",
                message: reason,
            }])
        }
        (api::Error::CommunicationError(error), _) => failure::transport(shared, error),
        _ => failure::incomplete(),
    }
}

/// One attempt of a request that the contract does not describe.
pub(super) async fn raw(shared: &Arc<Config>, url: url::Url) -> Result<(Head, Bytes), Error> {
    let recorder = Recorder::new(Arc::clone(shared));
    let mut request = reqwest::Request::new(reqwest::Method::GET, url);
    recorder.prepare(&mut request);
    within_time_limit(shared, async {
        let sent = recorder.execute(shared.http(), request).await;
        let response = sent.map_err(|error| failure::transport(shared, error))?;
        let head = Head::of(&response);
        Ok((head, response::body(shared, response).await?))
    })
    .await
}

pub(super) async fn within_time_limit<T>(
    shared: &Config,
    attempt: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let result = within(shared.runtime(), shared.timeout(), attempt).await;
    result.unwrap_or_else(|| Err(failure::timeout(shared.timeout())))
}

/// What `work` comes to, if it does within this time.
pub(super) async fn within<T>(
    runtime: &dyn Runtime,
    limit: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    match select(std::pin::pin!(work), runtime.sleep(limit)).await {
        Either::Left((result, _)) => Some(result),
        Either::Right(((), _)) => None,
    }
}

/// The generated request. Everything in it has been checked; what the generated types refuse all
/// the same comes out of `send`.
fn request<'a>(
    client: &'a api::Client,
    query: &Query,
    cursor: Option<&str>,
    limit: u32,
) -> api::builder::ListBatches<'a> {
    let mut call = client.list_batches();
    if let Some(limit) = NonZeroU32::new(limit) {
        call = call.limit(limit);
    }
    if let Some(cursor) = cursor {
        call = call.after(cursor);
    }
    if let Some(name) = &query.ds_name {
        call = call.ds_name(name);
    }
    if let Some(files) = &query.input_file_ids {
        call = call.input_file_ids(files.clone());
    }
    if let Some(statuses) = &query.status {
        call = call.status(statuses.clone());
    }
    if let Some(time) = &query.create_after {
        call = call.create_after(time.as_str());
    }
    if let Some(time) = &query.create_before {
        call = call.create_before(time.as_str());
    }
    call
}
