//! Building a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::Offset;

use super::base_url;
use super::client::{Client, Config};
use super::environment::Environment;
use super::http_client::HttpClient;
use super::learned::{FilterUse, Learned};
use super::resolve::Target;
use crate::policy::call_report::{CallHook, CallReport};
use crate::policy::limiter::Limiters;
use crate::policy::rate_limit::RateLimit;
use crate::policy::retry::{Retry, RetryHook, RetryPolicy};
use crate::policy::runtime::{Runtime, TokioRuntime};
use crate::types::dialect::Dialect;
use crate::types::error::Error;
use crate::types::filter_time::FilterZone;
use crate::types::region::Region;

/// Builds a [`Client`].
///
/// What is set here beats the environment; a base URL beats region and workspace.
///
/// ```
/// use qwen_batches::{Client, Region};
///
/// let client = Client::builder().api_key("sk-...").region(Region::Beijing).build()?;
/// assert_eq!(client.base_url(), "https://dashscope.aliyuncs.com/compatible-mode/v1");
/// # Ok::<(), qwen_batches::Error>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    target: Target,
    filter_zone: Option<Offset>,
    rate_limit: RateLimit,
    retry: RetryPolicy,
    on_retry: Option<RetryHook>,
    on_call: Option<CallHook>,
    timeout: Duration,
    call_deadline: Option<Duration>,
    max_response_bytes: usize,
    http_client: HttpClient,
    runtime: Option<Arc<dyn Runtime>>,
}

impl ClientBuilder {
    pub(super) fn new() -> Self {
        Self {
            target: Target::default(),
            filter_zone: None,
            rate_limit: RateLimit::default(),
            retry: RetryPolicy::default(),
            on_retry: None,
            on_call: None,
            timeout: Duration::from_secs(60),
            call_deadline: None,
            max_response_bytes: 32 << 20,
            http_client: HttpClient::default(),
            runtime: None,
        }
    }

    /// The API key. Keys come in several formats, so the format is not checked; only characters
    /// that cannot be sent in a header are rejected.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.target.api_key = Some(key.into());
        self
    }

    /// The base URL, which ends before `/batches`: `https://host/compatible-mode/v1`. Plain HTTP is
    /// accepted only for this machine, unless you [allow it](Self::allow_plain_http) for other
    /// hosts.
    ///
    /// A base URL of the native API, which ends in `/api/v1`, is rewritten to that of the
    /// compatible mode.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.target.base_url = Some(url.into());
        self
    }

    /// Which kind of server is called; Qwen Cloud by default.
    ///
    /// ```
    /// use qwen_batches::{Client, Dialect};
    ///
    /// let openai = Client::builder().dialect(Dialect::OpenAi).api_key("sk-...").build()?;
    /// assert_eq!(openai.base_url(), "https://api.openai.com/v1");
    ///
    /// let azure = Client::builder()
    ///     .dialect(Dialect::AzureOpenAi)
    ///     .base_url("https://my-resource.openai.azure.com/openai")
    ///     .api_version("2024-10-21")
    ///     .api_key("...")
    ///     .build()?;
    /// # Ok::<(), qwen_batches::Error>(())
    /// ```
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.target.dialect = dialect;
        self
    }

    /// The version of Azure OpenAI's API that every call names, such as `2024-10-21`.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.target.api_version = Some(version.into());
        self
    }

    /// A header that every request gets, such as one that a gateway wants; repeatable. Its value
    /// counts as a secret. The headers that hold a key cannot be set so.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.target.headers.push((name.into(), value.into()));
        self
    }

    /// The region; Singapore by default.
    pub fn region(mut self, region: Region) -> Self {
        self.target.region = Some(region);
        self
    }

    /// The id of a workspace, to use its own host in the region: letters, digits and hyphens.
    pub fn workspace(mut self, id: impl Into<String>) -> Self {
        self.target.workspace = Some(id.into());
        self
    }

    /// Takes from the environment what is not set here: see [`Client::from_env`].
    pub fn from_env(self) -> Self {
        self.from_env_with(|name| std::env::var(name).ok())
    }

    /// As [`from_env`](Self::from_env), with `look_up` in place of the process's environment.
    ///
    /// ```
    /// use qwen_batches::Client;
    ///
    /// let client = Client::builder()
    ///     .from_env_with(|name| match name {
    ///         "DASHSCOPE_API_KEY" => Some("sk-...".to_owned()),
    ///         "DASHSCOPE_API_REGION" => Some("cn-beijing".to_owned()),
    ///         _ => None,
    ///     })
    ///     .build()?;
    /// assert_eq!(client.base_url(), "https://dashscope.aliyuncs.com/compatible-mode/v1");
    /// # Ok::<(), qwen_batches::Error>(())
    /// ```
    pub fn from_env_with(mut self, look_up: impl Fn(&str) -> Option<String>) -> Self {
        self.target.environment = Environment::read(look_up);
        self
    }

    /// Allows a base URL of plain HTTP whose host is not this machine. The key then travels in
    /// the clear.
    pub fn allow_plain_http(mut self, allow: bool) -> Self {
        self.target.allow_plain_http = allow;
        self
    }

    /// The zone in which the server reads its time filters; they are then sent as they are.
    /// Instants given to a filter are not affected.
    ///
    /// The default is UTC+8 on Beijing's hosts (recorded), and on Singapore's hosts UTC+8
    /// (inferred) until a response shows UTC. On any other host the zone is unknown, so no time
    /// filters are sent. Whatever the server does, each batch is checked against the filter's
    /// instants on this side.
    pub fn filter_zone(mut self, zone: Offset) -> Self {
        self.filter_zone = Some(zone);
        self
    }

    /// How many calls may be made: by default, in any 60 seconds, 100 lists and 1000 single batches,
    /// as Qwen Cloud allows (documented).
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = limit;
        self
    }

    /// When a failed call is made again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets a callback that runs before the pause of each retry. If it panics, so does the call.
    ///
    /// ```
    /// use qwen_batches::Client;
    ///
    /// let builder = Client::builder()
    ///     .on_retry(|retry| eprintln!("again in {:?}: {}", retry.pause, retry.error));
    /// ```
    pub fn on_retry(mut self, hook: impl Fn(&Retry<'_>) + Send + Sync + 'static) -> Self {
        self.on_retry = Some(RetryHook(Arc::new(hook)));
        self
    }

    /// Sets a callback that gets a report of each call, when it is over: for metrics.
    ///
    /// One page is one call, however many attempts it took. A call that is dropped before its end
    /// is not reported. If the callback panics, so does the call.
    ///
    /// ```
    /// use qwen_batches::{Client, ErrorKind};
    ///
    /// let builder = Client::builder().on_call(|call| {
    ///     let kind = call.kind().map_or("ok", ErrorKind::as_str);
    ///     eprintln!("{} {kind} after {} attempts in {:?}", call.operation, call.attempts, call.elapsed);
    /// });
    /// ```
    pub fn on_call(mut self, hook: impl Fn(&CallReport<'_>) + Send + Sync + 'static) -> Self {
        self.on_call = Some(CallHook(Arc::new(hook)));
        self
    }

    /// How long one call may take, with all its attempts, its pauses and its wait for the rate
    /// limit; no limit by default, beside those of [`RetryPolicy`].
    pub fn call_deadline(mut self, deadline: Duration) -> Self {
        self.call_deadline = Some(deadline);
        self
    }

    /// How long one attempt may take, from its start to the last byte of the response: 60 seconds by
    /// default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How large a response may be, decompressed: 32 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.max_response_bytes = bytes;
        self
    }

    /// The HTTP client, taken as it stands: its connections, TLS, proxies and time limits.
    ///
    /// So are its redirects. If it follows them, which it does by default, a redirect to another
    /// host gets a request without the key: reqwest drops the header `authorization`, but not any
    /// [`header`](Self::header) of yours. With [`Dialect::AzureOpenAi`], whose key is in a header
    /// that reqwest does not drop, [`build`](Self::build) refuses a finished client.
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http_client = HttpClient::Finished(client);
        self
    }

    /// The HTTP client to complete: redirects and reqwest's own retries are turned off, since the
    /// key and the rate limit depend on that. All else is the builder's: TLS, proxies, pools.
    ///
    /// Without a client or a builder, TLS is that of the feature `rustls`, and the proxies are those
    /// of the environment, except for plain HTTP, where a proxy would see the key.
    pub fn http_client_builder(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http_client = HttpClient::Builder(Box::new(builder));
        self
    }

    /// Where time and randomness come from; tokio and a random number generator by default.
    pub fn runtime(mut self, runtime: impl Runtime + 'static) -> Self {
        self.runtime = Some(Arc::new(runtime));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if there is no key, or if a setting is
    /// unusable; the error says which and why.
    pub fn build(self) -> Result<Client, Error> {
        let (key_header, authorization, key_mask) = self.target.authorization()?;
        let base_url = self.target.base_url()?;
        self.target.check_api_version(&base_url)?;
        let of_host = || base_url::filter_zone(&base_url);
        let filter_zone = self.filter_zone.map_or_else(of_host, FilterZone::Known);
        let learned = Learned::default();
        if !self.target.dialect.has_filters() {
            learned.learn_names(FilterUse::Ignored);
            learned.learn_input_files(FilterUse::Ignored);
        }
        let http = self.http_client.build(&base_url, self.target.dialect)?;
        Ok(Client(Arc::new(Config {
            base_url,
            dialect: self.target.dialect,
            key_header,
            authorization,
            headers: self.target.headers()?,
            api_version: self.target.api_version,
            key_mask,
            http,
            filter_zone,
            learned,
            limiters: Limiters::new(self.rate_limit),
            retry_budget: self.retry.new_budget(),
            retry: self.retry,
            on_retry: self.on_retry,
            on_call: self.on_call,
            timeout: self.timeout,
            call_deadline: self.call_deadline,
            max_response_bytes: self.max_response_bytes,
            runtime: self
                .runtime
                .unwrap_or_else(|| Arc::new(TokioRuntime::new())),
        })))
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
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("dialect", &self.target.dialect)
            .field("region", &self.target.region)
            .field("workspace", &self.target.workspace)
            .field("rate_limit", &self.rate_limit)
            .field("retry", &self.retry)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
