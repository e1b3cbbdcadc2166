//! One attempt: a request through the generated client, and what became of it.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::future::{Either, select};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use qwen_batches_api as api;
use qwen_batches_api::Transport;
use qwen_batches_api::types::BatchPage;

use super::{failure, rows};
use crate::client::{Shared, user_agent};
use crate::error::Error;
use crate::filter::{Problem, Query};
use crate::page::Page;
use crate::raw::RawReply;
use crate::runtime::Runtime;
use crate::trace;

pub(super) async fn list_batches(
    shared: &Arc<Shared>,
    query: &Query,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Page, Error> {
    let recorder = Arc::new(Recorder::new(Arc::clone(shared)));
    let transport: api::Inner = Arc::<Recorder>::clone(&recorder);
    let client = api::Client::new_with_client(&shared.base_url, shared.http.clone(), transport);
    let call = request(&client, query, cursor, limit);
    let result = within_time_limit(shared, call.send()).await?;
    let reply = recorder.reply()?.map(|reply| reply.without_key(shared));
    match (result, reply) {
        (Ok(page), reply) => Ok(typed_page(page.into_inner(), reply.as_ref())),
        (Err(api::Error::InvalidResponsePayload(body, error)), Some(reply)) => {
            rows::page_row_by_row(&shared.without_key(&body), &error, &reply, shared.dialect)
        }
        (Err(api::Error::InvalidRequest(reason)), _) => {
            // The generated types refuse what `BatchFilter` lets through: still not sent.
            Err(Error::invalid_filter(vec![Problem {
                field: "request",
                message: reason,
            }]))
        }
        (
            _,
            Some(Reply {
                body: Body::Whole(body),
                status,
                headers,
            }),
        ) => Err(failure::refusal(
            shared,
            status,
            &headers,
            &shared.without_key(&body),
        )),
        (Err(api::Error::CommunicationError(error)), _) => Err(failure::transport(error)),
        (Err(_), _) => Err(failure::incomplete()),
    }
}

/// One attempt of a request that the contract does not describe.
pub(super) async fn raw(shared: &Arc<Shared>, url: url::Url) -> Result<RawReply, Error> {
    let recorder = Recorder::new(Arc::clone(shared));
    let mut request = reqwest::Request::new(reqwest::Method::GET, url);
    recorder.prepare(&mut request);
    let sent = within_time_limit(shared, recorder.execute(&shared.http, request)).await?;
    match (recorder.reply()?, sent) {
        (
            Some(Reply {
                status,
                headers,
                body: Body::Whole(body),
            }),
            _,
        ) => Ok(RawReply {
            status,
            headers,
            body,
        }),
        (_, Err(error)) => Err(failure::transport(error)),
        (_, Ok(_)) => Err(failure::incomplete()),
    }
}

async fn within_time_limit<T>(
    shared: &Shared,
    attempt: impl Future<Output = T>,
) -> Result<T, Error> {
    let result = within(&*shared.runtime, shared.timeout, attempt).await;
    result.ok_or_else(|| failure::timeout(shared.timeout))
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

fn typed_page(page: BatchPage, reply: Option<&Reply>) -> Page {
    let rows = page.data.unwrap_or_default();
    let next_cursor = page
        .last_id
        .or_else(|| rows.last().map(|batch| batch.id.clone()));
    Page {
        next_cursor: next_cursor.filter(|id| page.has_more && !id.is_empty()),
        has_more: page.has_more,
        rows,
        unreadable: Vec::new(),
        request_id: reply.and_then(Reply::request_id),
        attempts: 1,
    }
}

/// How many bytes are set aside for a reply before they come.
const MOST_PROMISED: usize = 1 << 20;

/// A reply as it was received.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    /// Not all of it came.
    Missing,
    TooLarge,
    Whole(Bytes),
}

impl Reply {
    /// The reply with headers that do not repeat the key.
    fn without_key(mut self, shared: &Shared) -> Self {
        for value in self.headers.values_mut() {
            if let Cow::Owned(masked) = shared.without_key(value.as_bytes()) {
                *value =
                    HeaderValue::from_bytes(&masked).unwrap_or(HeaderValue::from_static("***"));
            }
        }
        self
    }

    pub(super) fn request_id(&self) -> Option<String> {
        failure::request_id(&self.headers)
    }
}

/// Completes the generated client's request, and keeps the reply: the generated errors do not hold
/// all of it.
struct Recorder {
    shared: Arc<Shared>,
    reply: Mutex<Option<Reply>>,
}

impl Recorder {
    fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            reply: Mutex::new(None),
        }
    }

    fn record(&self, reply: Reply) {
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
    }

    /// Says what came of the body of the reply recorded.
    fn record_body(&self, body: Body) {
        let mut reply = self.reply.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reply) = reply.as_mut() {
            reply.body = body;
        }
    }

    /// What was received, if anything; an error if it was too much.
    fn reply(&self) -> Result<Option<Reply>, Error> {
        let reply = self
            .reply
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match reply {
            Some(Reply {
                body: Body::TooLarge,
                status,
                ..
            }) => Err(failure::too_large(self.shared.max_reply_bytes, status)),
            reply => Ok(reply),
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Transport for Recorder {
    fn prepare(&self, request: &mut reqwest::Request) {
        let shared = &self.shared;
        if let Some(version) = &shared.api_version {
            let mut query = request.url_mut().query_pairs_mut();
            query.append_pair("api-version", version.trim());
        }
        let headers = request.headers_mut();
        headers.insert(&shared.key_header, shared.authorization.clone());
        headers.entry(header::USER_AGENT).or_insert_with(user_agent);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        trace::debug!("GET {}", request.url().path());
    }

    fn execute<'a>(
        &'a self,
        http: &'a reqwest::Client,
        request: reqwest::Request,
    ) -> api::Execution<'a> {
        Box::pin(async move {
            let mut response = http.execute(request).await?;
            let status = response.status();
            self.record(Reply {
                status,
                headers: std::mem::take(response.headers_mut()),
                body: Body::Missing,
            });
            // What the service promises to send may be wrong, or too much.
            let promised = response.content_length().unwrap_or(0);
            let most = self.shared.max_reply_bytes.min(MOST_PROMISED);
            let mut body = BytesMut::with_capacity(most.min(promised as usize));
            while let Some(chunk) = response.chunk().await? {
                if chunk.len() > self.shared.max_reply_bytes - body.len() {
                    self.record_body(Body::TooLarge);
                    return Ok(http::Response::new(reqwest::Body::default()).into());
                }
                body.extend_from_slice(&chunk);
            }
            let body = body.freeze();
            self.record_body(Body::Whole(body.clone()));
            let mut reply = http::Response::new(reqwest::Body::from(body));
            *reply.status_mut() = status;
            Ok(reply.into())
        })
    }
}
