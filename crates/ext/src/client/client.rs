//! The client: what it is built from, and what it can do.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::base_url;
use super::learned::Learned;
use crate::policy::call_report::CallHook;
use crate::policy::limiter::{Limiter, Limiters};
use crate::policy::retry::{RetryHook, RetryPolicy};
use crate::policy::retry_budget::RetryBudget;
use crate::policy::runtime::Runtime;
use crate::types::dialect::Dialect;
use crate::types::filter_time::FilterZone;
use crate::types::operation::Operation;
use crate::types::redact::KeyMask;

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the service, for one key and one base URL.
///
/// Cheap to clone; clones share connections and the rate limit.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Config>);

pub(crate) struct Config {
    pub(super) base_url: String,
    pub(super) dialect: Dialect,
    /// The header that holds the key.
    pub(super) key_header: HeaderName,
    pub(super) authorization: HeaderValue,
    /// Those of the user.
    pub(super) headers: HeaderMap,
    pub(super) api_version: Option<String>,
    pub(super) http: reqwest::Client,
    /// Takes the key out of what is shown.
    pub(super) key_mask: KeyMask,
    /// As it was stated, or is known of the host.
    pub(super) filter_zone: FilterZone,
    pub(super) learned: Learned,
    pub(super) limiters: Limiters,
    pub(super) retry: RetryPolicy,
    pub(super) retry_budget: RetryBudget,
    pub(super) on_retry: Option<RetryHook>,
    pub(super) on_call: Option<CallHook>,
    pub(super) timeout: Duration,
    pub(super) call_deadline: Option<Duration>,
    pub(super) max_response_bytes: usize,
    pub(super) runtime: Arc<dyn Runtime>,
}

impl Config {
    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Takes the key out of what is shown.
    pub(crate) fn key_mask(&self) -> &KeyMask {
        &self.key_mask
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The gate of the calls of a kind.
    pub(crate) fn limiter(&self, operation: Operation) -> &Limiter {
        self.limiters.of(operation)
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        &self.retry
    }

    pub(crate) fn retry_budget(&self) -> &RetryBudget {
        &self.retry_budget
    }

    /// Who is called before each retry.
    pub(crate) fn on_retry(&self) -> Option<&RetryHook> {
        self.on_retry.as_ref()
    }

    /// Who gets the report of each call.
    pub(crate) fn on_call(&self) -> Option<&CallHook> {
        self.on_call.as_ref()
    }

    /// How long an attempt may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn call_deadline(&self) -> Option<Duration> {
        self.call_deadline
    }

    pub(crate) fn max_response_bytes(&self) -> usize {
        self.max_response_bytes
    }

    pub(crate) fn runtime(&self) -> &dyn Runtime {
        &*self.runtime
    }

    /// Puts into a request what every request has: the key, the headers of the user, the version of
    /// the API.
    pub(crate) fn complete(&self, request: &mut reqwest::Request) {
        if let Some(version) = &self.api_version {
            let mut query = request.url_mut().query_pairs_mut();
            query.append_pair("api-version", version.trim());
        }
        let headers = request.headers_mut();
        headers.extend(self.headers.clone());
        headers.insert(&self.key_header, self.authorization.clone());
        let user_agent = HeaderValue::from_static(USER_AGENT);
        headers.entry(header::USER_AGENT).or_insert(user_agent);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }

    /// Why this cannot be sent as the id of something, which is one segment of a path.
    pub(crate) fn check_segment(&self, id: &str) -> Result<(), &'static str> {
        match id.trim() {
            "" => Err("empty"),
            "." | ".." => Err("a part of a path that leads elsewhere, no id"),
            _ if id.contains("://") => Err("a URL, no id"),
            _ if self.key_mask.is_in(id) => Err("it holds the API key"),
            _ => Ok(()),
        }
    }

    /// The host of the base URL, with the port if that is not the usual one.
    pub(crate) fn host(&self) -> &str {
        self.base_url.split('/').nth(2).unwrap_or(&self.base_url)
    }

    /// In which zone the server reads times, as far as is known by now.
    pub(crate) fn filter_zone(&self) -> FilterZone {
        self.learned.zone().unwrap_or(self.filter_zone)
    }

    /// What was seen of the server.
    pub(crate) fn learned(&self) -> &Learned {
        &self.learned
    }
}

impl Client {
    /// The base URL of this client, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// A text without the key of this client, in whatever case or encoding it stands there: escapes
    /// of JSON, URLs and HTML, hexadecimal digits, Base64. Parts of
    /// the key are masked, too, if they have at least 12 characters.
    ///
    /// The errors, logs and unreadable rows of this crate never hold the key. This is for what a
    /// program shows otherwise of what the service sent. A key of fewer than 8 characters may be a
    /// common word, and is masked only where the text quotes the header that carries it.
    pub fn without_key<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.0.key_mask.mask(text)
    }

    /// What the service sent, as it may be shown: [without the key](Self::without_key), and without
    /// user, query and fragment of every URL.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.0.key_mask.shown(text)
    }

    /// Whether the base URL leads to this machine.
    pub(crate) fn is_local(&self) -> bool {
        base_url::is_local(&self.0.base_url)
    }

    pub(crate) fn shared(&self) -> &Arc<Config> {
        &self.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.0.base_url)
            .finish_non_exhaustive()
    }
}
