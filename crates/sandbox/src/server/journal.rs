//! The requests so far.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::request::Parts;

use crate::listing::{decode_lossy, pairs};

/// Headers that hold a key.
const SECRETS: [&str; 3] = ["authorization", "proxy-authorization", "api-key"];

/// A request that a [`Sandbox`](crate::Sandbox) has received.
///
/// Its `Debug` output hides the key; the fields hold it.
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
    /// The faults of the [`Script`](crate::Script) that changed or broke the response, by
    /// [`name`](crate::Fault::name), in the order in which they took effect; empty for an
    /// honest response.
    pub faults: Vec<&'static str>,
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
        pairs(&self.query)
            .map(|(name, value)| (decode_lossy(name), decode_lossy(value)))
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
        let secret = |name: &str| SECRETS.contains(&name);
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
            .field("faults", &self.faults)
            .finish()
    }
}

/// The last requests, as many as its limit allows.
pub(super) struct Journal {
    limit: usize,
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// How many there have ever been.
    count: usize,
    kept: VecDeque<RecordedRequest>,
}

impl Journal {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            entries: Mutex::default(),
        }
    }

    /// Notes a request and returns its place in the order of arrival, from 1.
    pub(super) fn record(&self, head: &Parts) -> usize {
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
        let mut entries = self.lock();
        entries.count += 1;
        let n = entries.count;
        entries.kept.push_back(RecordedRequest {
            n,
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers,
            faults: Vec::new(),
        });
        if entries.kept.len() > self.limit {
            entries.kept.pop_front();
        }
        n
    }

    /// Adds to the `n`-th request, if it is still kept, which faults its response has.
    pub(super) fn note(&self, n: usize, faults: Vec<&'static str>) {
        let mut entries = self.lock();
        let after = entries.count - n;
        let place = entries.kept.len().checked_sub(after + 1);
        if let Some(entry) = place.and_then(|place| entries.kept.get_mut(place)) {
            entry.faults = faults;
        }
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        self.lock().kept.iter().cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.lock().count
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // Nothing that is done under the lock leaves the list broken if it panics.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
