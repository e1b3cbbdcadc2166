//! Status and headers of a response, and its body.

use std::borrow::Cow;
use std::error::Error as _;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::{LengthLimitError, Limited};

use super::{failure, foreign};
use crate::client::client::Config;
use crate::types::error::Error;
use crate::types::redact::MASK;

/// A response as it was received, but for its body.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

impl Head {
    pub(super) fn of(response: &reqwest::Response) -> Self {
        Self {
            status: response.status(),
            headers: response.headers().clone(),
        }
    }

    /// The head with headers that may be shown.
    pub(super) fn redacted(mut self, shared: &Config) -> Self {
        for value in self.headers.values_mut() {
            let text = String::from_utf8_lossy(value.as_bytes());
            if let Cow::Owned(masked) = shared.key_mask().shown(&text) {
                *value = HeaderValue::try_from(masked).unwrap_or(HeaderValue::from_static(MASK));
            }
        }
        self
    }

    pub(super) fn request_id(&self) -> Option<String> {
        foreign::request_id(&self.headers)
    }
}

/// The response with a body of which no more than `most` bytes can be read.
pub(super) fn limited(response: reqwest::Response, most: usize) -> reqwest::Response {
    let response = http::Response::from(response);
    let limited = response.map(|body| reqwest::Body::wrap(Limited::new(body, most)));
    limited.into()
}

/// The whole body of a response that is [`limited`].
pub(super) async fn body(shared: &Config, response: reqwest::Response) -> Result<Bytes, Error> {
    let status = response.status();
    let body = response.bytes().await;
    body.map_err(|error| unreadable(shared, status, error))
}

/// Why a body could not be read to its end.
pub(super) fn unreadable(shared: &Config, status: StatusCode, error: reqwest::Error) -> Error {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return failure::too_large(shared.max_response_bytes(), status);
        }
        cause = error.source();
    }
    failure::transport(shared, error)
}
