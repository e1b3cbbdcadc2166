//! The generated client's transport: completes a request, and keeps the response.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::BytesMut;
use http::{HeaderValue, header};
use qwen_batches_api as api;
use qwen_batches_api::Transport;

use super::failure;
use super::response::{Body, Response};
use crate::client::client::{Config, user_agent};
use crate::policy::trace;
use crate::types::error::Error;

/// How many bytes are set aside for a response before they come.
const MOST_PROMISED: usize = 1 << 20;

/// Completes the generated client's request, and keeps the response: the generated errors do not hold
/// all of it.
pub(super) struct Recorder {
    shared: Arc<Config>,
    response: Mutex<Option<Response>>,
}

impl Recorder {
    pub(super) fn new(shared: Arc<Config>) -> Self {
        Self {
            shared,
            response: Mutex::new(None),
        }
    }

    fn record(&self, response: Response) {
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = Some(response);
    }

    /// Says what came of the body of the response recorded.
    fn record_body(&self, body: Body) {
        let mut response = self.response.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(response) = response.as_mut() {
            response.body = body;
        }
    }

    /// What was received, if anything; an error if it was too much.
    pub(super) fn response(&self) -> Result<Option<Response>, Error> {
        let response = self
            .response
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match response {
            Some(Response {
                body: Body::TooLarge,
                status,
                ..
            }) => Err(failure::too_large(self.shared.max_response_bytes, status)),
            response => Ok(response),
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
            self.record(Response {
                status,
                headers: std::mem::take(response.headers_mut()),
                body: Body::Missing,
            });
            // What the service promises to send may be wrong, or too much.
            let promised = response.content_length().unwrap_or(0);
            let most = self.shared.max_response_bytes.min(MOST_PROMISED);
            let mut body = BytesMut::with_capacity(most.min(promised as usize));
            while let Some(chunk) = response.chunk().await? {
                if chunk.len() > self.shared.max_response_bytes - body.len() {
                    self.record_body(Body::TooLarge);
                    return Ok(http::Response::new(reqwest::Body::default()).into());
                }
                body.extend_from_slice(&chunk);
            }
            let body = body.freeze();
            self.record_body(Body::Whole(body.clone()));
            let mut response = http::Response::new(reqwest::Body::from(body));
            *response.status_mut() = status;
            Ok(response.into())
        })
    }
}
