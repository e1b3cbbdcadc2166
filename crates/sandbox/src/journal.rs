//! What has been asked so far.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::header::{AUTHORIZATION, PROXY_AUTHORIZATION};
use axum::http::request::Parts;

use crate::query;

/// A request that a [`Sandbox`](crate::Sandbox) has received.
///
/// Its `Debug` output hides the value of `authorization`; the fields hold it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Its place in the order of arrival, from 1.
    pub n: usize,
    /// The method, such as `GET`.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The query string, as sent: still percent-encoded, without the question
    /// mark, empty if there is none.
    pub query: String,
    /// The headers as name and value, in the order of arrival by name; names are in
    /// lower case, and bytes of a value that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
}

impl RecordedRequest {
    /// The first value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The query as decoded pairs, in the order sent; bytes that are not UTF-8 are
    /// replaced.
    pub fn pairs(&self) -> Vec<(String, String)> {
        query::pairs(&self.query)
            .map(|(name, value)| (query::decode_lossy(name), query::decode_lossy(value)))
            .collect()
    }

    /// The decoded value of a query parameter, the first if it was sent twice.
    pub fn param(&self, name: &str) -> Option<String> {
        self.pairs()
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret =
            |name: &str| name == AUTHORIZATION.as_str() || name == PROXY_AUTHORIZATION.as_str();
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name, if secret(name) { "***" } else { value.as_str() }))
            .collect();
        f.debug_struct("RecordedRequest")
            .field("n", &self.n)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &headers)
            .finish()
    }
}

#[derive(Default)]
pub(crate) struct Journal {
    requests: Mutex<Vec<RecordedRequest>>,
}

impl Journal {
    /// Notes a request and gives its place in the order of arrival, from 1.
    pub(crate) fn record(&self, head: &Parts) -> usize {
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let mut requests = self.lock();
        let n = requests.len() + 1;
        requests.push(RecordedRequest {
            n,
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers,
        });
        n
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<RecordedRequest>> {
        // A push leaves the list whole even if it panics.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
