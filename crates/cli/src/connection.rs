//! From options and environment to a client.

use std::sync::Arc;

use jiff::Timestamp;
use qwen_batches::{Client, ClientBuilder, RateLimit, RetryPolicy};
use qwen_batches_sandbox::{BatchRow, Sandbox, SandboxBuilder, generate, row};

use crate::args::Target;
use crate::clock;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::server_time::ServerTime;

/// How many batches a sandbox in this process has: more than two pages.
const BATCHES: usize = 250;

/// A client, and the sandbox that it asks, if it asks one.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// It holds the sandbox, which serves for as long as it is held.
    time: ServerTime,
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> Result<Self, Failure> {
        let now = clock::now()?;
        Self::open_to(target, || sample(now)).await
    }

    /// Likewise; if a sandbox is asked, it is this one. To make it takes longer than all else that is
    /// done before the first row.
    pub(crate) async fn open_to(
        target: &Target,
        sandbox: impl FnOnce() -> SandboxBuilder,
    ) -> Result<Self, Failure> {
        if target.sandbox {
            return Self::to_sandbox(target, sandbox()).await;
        }
        let time = ServerTime::new(None);
        let client = service(target)?.runtime(time.clone()).build();
        let client = client.map_err(|error| Failure::of(&error, target.dialect))?;
        Ok(Self { client, time })
    }

    /// Now, where the server is.
    pub(crate) fn now(&self) -> Result<Timestamp, Failure> {
        self.time.now()
    }

    /// Nothing of the environment reaches the sandbox, and nothing of the sandbox leaves this
    /// machine: a proxy that is set for other traffic would not find it.
    async fn to_sandbox(target: &Target, mut sandbox: SandboxBuilder) -> Result<Self, Failure> {
        if let Some(now) = clock::stopped()? {
            sandbox = sandbox.now(now.as_second());
        }
        let sandbox = sandbox.dialect(target.dialect.into()).start().await?;
        let base_url = sandbox.base_url().to_owned();
        let time = ServerTime::new(Some(Arc::new(sandbox)));
        let client = settings(target)?
            .runtime(time.clone())
            .api_key("sk-sandbox")
            .base_url(base_url)
            .filter_zone(target.filter_zone.unwrap_or(jiff::tz::offset(8)))
            .rate_limit(RateLimit::off())
            .build()
            .map_err(|error| Failure::of(&error, target.dialect))?;
        Ok(Self { client, time })
    }
}

/// What a sandbox in this process serves. Generated batches come to their ends in time: two that have
/// not stand for the oldest.
fn sample(now: Timestamp) -> SandboxBuilder {
    let now = now.as_second();
    let late = |id: &str, days: i64, window: &str, completed: u64| {
        let created_at = now - days * 24 * 3600;
        row(id)
            .created_at(created_at)
            .completion_window(window)
            .status("in_progress")
            .set("in_progress_at", created_at)
            .request_counts(1_000, completed, 0)
    };
    let late = [
        late("batch_2f0c3a7e-5b1d-4c8e-9a64-0d7b1e92c35f", 2, "24h", 889)
            .name("night run, overdue"),
        late("batch_8d41b6f2-93ae-47d5-b0c1-6e5f2a7d1c08", 12, "14d", 120)
            .name("reviews, no progress"),
    ];
    let generated = generate(BATCHES, 0, now).into_iter();
    let generated = generated.take(BATCHES - late.len());
    Sandbox::builder().rows(generated.chain(late.map(BatchRow::build)))
}

/// A client of the service that options and environment name.
pub(crate) fn service(target: &Target) -> Result<ClientBuilder, Failure> {
    let key = key(target.dialect)?;
    let mut builder = settings(target)?.from_env().api_key(key);
    if let Some(url) = &target.base_url {
        builder = builder.base_url(url);
    }
    if let Some(region) = target.region {
        builder = builder.region(region);
    }
    if let Some(workspace) = &target.workspace {
        builder = builder.workspace(workspace);
    }
    Ok(builder)
}

/// What is set of a client, whichever server it asks.
fn settings(target: &Target) -> Result<ClientBuilder, Failure> {
    let mut builder = Client::builder().dialect(target.dialect.into());
    if let Some(version) = &target.api_version {
        builder = builder.api_version(version);
    }
    for header in &target.headers {
        let Some((name, value)) = header.parts() else {
            return Err(Failure::new(Exit::Usage, "--header: write NAME:VALUE"));
        };
        builder = builder.header(name, value);
    }
    if let Some(zone) = target.filter_zone {
        builder = builder.filter_zone(zone);
    }
    if let Some(limit) = target.request_timeout {
        builder = builder.timeout(limit);
    }
    if let Some(bytes) = target.max_response_bytes {
        builder = builder.max_response_bytes(bytes);
    }
    if let Some(retries) = target.max_retries {
        builder = builder.retry(RetryPolicy::default().max_retries(retries));
    }
    Ok(builder)
}

/// The key of this kind of server. The library would say that there is none, too, but knows no
/// command line.
fn key(dialect: Dialect) -> Result<String, Failure> {
    let variable = dialect.key_variable();
    let key = std::env::var(variable).unwrap_or_default();
    if !key.trim().is_empty() {
        return Ok(key);
    }
    let message = format!(
        "no API key. Set one with `export {variable}=sk-...`, or try the sandbox, which needs \
         none: `qwen-batches --sandbox list`"
    );
    Err(Failure::new(Exit::Usage, message))
}
