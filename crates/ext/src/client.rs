//! The client: what it is built from, and what it can do.

mod base_url;
mod builder;
mod dialect;
mod environment;
mod region;
mod tls;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use jiff::tz::Offset;

use crate::error::Error;
use crate::filter::BatchFilter;
use crate::list::ListBatches;
use crate::rate_limit::Limiter;
use crate::retry::{Budget, RetryHook, RetryPolicy};
use crate::runtime::Runtime;
use crate::watch::WatchBatches;

pub use builder::ClientBuilder;
pub(crate) use builder::user_agent;
pub use dialect::Dialect;
pub use region::{ParseRegionError, Region};

/// A client of the service, for one key and one base URL.
///
/// Cheap to clone; clones share connections and the rate limit.
#[derive(Clone)]
pub struct Client(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) base_url: String,
    pub(crate) dialect: Dialect,
    /// The header that holds the key.
    pub(crate) key_header: HeaderName,
    pub(crate) authorization: HeaderValue,
    pub(crate) api_version: Option<String>,
    pub(crate) http: reqwest::Client,
    pub(crate) filter_zone: Offset,
    pub(crate) limiter: Limiter,
    pub(crate) retry: RetryPolicy,
    pub(crate) retry_budget: Budget,
    pub(crate) on_retry: Option<RetryHook>,
    pub(crate) timeout: Duration,
    pub(crate) call_deadline: Option<Duration>,
    pub(crate) max_reply_bytes: usize,
    pub(crate) runtime: Arc<dyn Runtime>,
}

impl Shared {
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
    /// Starts to build a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Builds a client from the environment: the key from `DASHSCOPE_API_KEY`, and optionally
    /// `DASHSCOPE_HTTP_BASE_URL`, `DASHSCOPE_API_REGION` and `DASHSCOPE_WORKSPACE_ID`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if there is no key, or if a variable holds
    /// something unusable.
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env().build()
    }

    /// The base URL of this client, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// Lists the batches that `filter` lets through, newest first.
    ///
    /// Nothing is sent until the request that this gives is asked for a page.
    pub fn list_batches(&self, filter: BatchFilter) -> ListBatches {
        ListBatches::new(self.clone(), filter)
    }

    /// Follows the batches that `filter` lets through until they are done.
    ///
    /// Nothing is sent until the request that this gives is asked for changes.
    pub fn watch(&self, filter: BatchFilter) -> WatchBatches {
        WatchBatches::new(self.clone(), filter)
    }

    /// Whether the base URL leads to this machine.
    pub(crate) fn is_local(&self) -> bool {
        base_url::is_local(&self.0.base_url)
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
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
