//! From options and environment to a client.

use jiff::Timestamp;
use qwen_batches::{Client, RateLimit};
use qwen_batches_sandbox::{Sandbox, SandboxBuilder};

use crate::args::Target;
use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;

/// A client, and the sandbox that it asks, if it asks one.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// It serves for as long as it is held.
    sandbox: Option<Sandbox>,
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> Result<Self, Failure> {
        Self::open_to(target, Sandbox::builder()).await
    }

    /// Likewise; if a sandbox is asked, it is this one.
    pub(crate) async fn open_to(target: &Target, sandbox: SandboxBuilder) -> Result<Self, Failure> {
        if target.sandbox {
            return Self::to_sandbox(sandbox).await;
        }
        // The library would say so, too, but knows no command line.
        if std::env::var("DASHSCOPE_API_KEY").is_ok_and(|key| !key.trim().is_empty()) {
            return Self::to_service(target);
        }
        let message = "no API key. Set one with `export DASHSCOPE_API_KEY=sk-...`, or try the \
                       sandbox, which needs none: `qwen-batches --sandbox list`";
        Err(Failure::new(Exit::Usage, message))
    }

    /// Now, where the server is.
    pub(crate) fn now(&self) -> Result<Timestamp, Failure> {
        let of_sandbox = self.sandbox.as_ref().map(Sandbox::now);
        match of_sandbox.and_then(|now| Timestamp::from_second(now).ok()) {
            Some(now) => Ok(now),
            None => clock::now(),
        }
    }

    fn to_service(target: &Target) -> Result<Self, Failure> {
        let mut builder = Client::builder().from_env();
        if let Some(url) = &target.base_url {
            builder = builder.base_url(url);
        }
        if let Some(region) = target.region {
            builder = builder.region(region);
        }
        if let Some(workspace) = &target.workspace {
            builder = builder.workspace(workspace);
        }
        Ok(Self {
            client: builder.build().map_err(|error| Failure::from(&error))?,
            sandbox: None,
        })
    }

    /// Nothing of the environment reaches the sandbox, and nothing of the sandbox leaves this
    /// machine: a proxy that is set for other traffic would not find it.
    async fn to_sandbox(mut sandbox: SandboxBuilder) -> Result<Self, Failure> {
        if let Some(now) = clock::stopped()? {
            sandbox = sandbox.now(now.as_second());
        }
        let sandbox = sandbox.start().await?;
        let client = Client::builder()
            .api_key("sandbox")
            .base_url(sandbox.base_url())
            .filter_zone(jiff::tz::offset(8))
            .rate_limit(RateLimit::off())
            .build()
            .map_err(|error| Failure::from(&error))?;
        Ok(Self {
            client,
            sandbox: Some(sandbox),
        })
    }
}
