//! The client: what it is built from, and what it can do.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::base_url;
use super::learned::Learned;
use crate::policy::limiter::Limiter;
use crate::policy::retry::{RetryHook, RetryPolicy};
use crate::policy::retry_budget::RetryBudget;
use crate::policy::runtime::Runtime;
use crate::types::dialect::Dialect;
use crate::types::filter_time::FilterZone;
use http::{HeaderMap, HeaderName, HeaderValue};

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the service, for one key and one base URL.
///
/// Cheap to clone; clones share connections and the rate limit.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Config>);

pub(crate) struct Config {
    pub(crate) base_url: String,
    pub(crate) dialect: Dialect,
    /// The header that holds the key.
    pub(crate) key_header: HeaderName,
    pub(crate) authorization: HeaderValue,
    /// Those of the user.
    pub(crate) headers: HeaderMap,
    pub(crate) api_version: Option<String>,
    pub(crate) http: reqwest::Client,
    /// As it was stated, or is known of the host.
    pub(super) filter_zone: FilterZone,
    pub(super) learned: Learned,
    pub(crate) limiter: Limiter,
    pub(crate) retry: RetryPolicy,
    pub(crate) retry_budget: RetryBudget,
    pub(crate) on_retry: Option<RetryHook>,
    pub(crate) timeout: Duration,
    pub(crate) call_deadline: Option<Duration>,
    pub(crate) max_response_bytes: usize,
    pub(crate) runtime: Arc<dyn Runtime>,
}

impl Config {
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

    /// What a reply says, without the key, should the service repeat it.
    ///
    /// A text that is shorter than any key may be a common word, and is left alone.
    pub(crate) fn without_key<'a>(&self, body: &'a [u8]) -> Cow<'a, [u8]> {
        const SHORTEST_KEY: usize = 8;

        let value = self.authorization.as_bytes();
        let key = value.strip_prefix(b"Bearer ").unwrap_or(value);
        let told = key.len() >= SHORTEST_KEY && body.windows(key.len()).any(|part| part == key);
        let Some(key) = std::str::from_utf8(key).ok().filter(|_| told) else {
            return body.into();
        };
        String::from_utf8_lossy(body)
            .replace(key, "***")
            .into_bytes()
            .into()
    }
}

impl Client {
    /// The base URL of this client, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.0.base_url
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

/// The user agent of every request.
pub(crate) fn user_agent() -> HeaderValue {
    HeaderValue::from_static(USER_AGENT)
}
