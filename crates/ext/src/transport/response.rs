//! A response as it was received.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::failure;
use crate::client::client::Config;

/// A response as it was received.
#[derive(Debug)]
pub(super) struct Response {
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

impl Response {
    /// The response with headers that do not repeat the key.
    pub(super) fn without_key(mut self, shared: &Config) -> Self {
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
