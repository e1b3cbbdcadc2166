//! How an example is run, and what it is run against.

use qwen_batches_sandbox::{Clock, Dialect, Sandbox, Script, generate_lifecycles};
use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};

use crate::front::Front;

/// 2025-03-07T00:00:00Z.
const NOW: i64 = 1_741_305_600;

/// How an example is run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Arrangement {
    /// The features without which it is not built.
    #[serde(default)]
    pub(crate) features: Vec<String>,
    /// One after the other, against the same servers.
    #[serde(default = "one_run")]
    pub(crate) runs: Vec<Run>,
    #[serde(default)]
    script: Script,
    /// How many batches stand still.
    #[serde(default = "few")]
    batches: usize,
    /// With how many batches that move on, instead.
    lives: Option<usize>,
    #[serde(default)]
    seconds_per_request: u32,
    /// Whether the server is behind TLS, with a certificate of the private authority.
    #[serde(default)]
    tls: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// `{authority}` stands for the path of the private authority's certificate.
    #[serde(default)]
    pub(crate) args: Vec<String>,
    #[serde(default)]
    pub(crate) steps: Vec<Step>,
}

/// What is done while an example runs.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Waits for a line with this text; it may end in the URL of a server.
    Line(String),
    /// Asks that server for a path.
    Get(String),
    /// Likewise, and hangs up while the sandbox stalls.
    GetAndLeave(String),
    /// Waits until the sandbox stalls.
    Stalled,
    /// As Ctrl-C does.
    Interrupt,
}

fn one_run() -> Vec<Run> {
    vec![Run::default()]
}

fn few() -> usize {
    250
}

impl Run {
    pub(crate) fn is_interrupted(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::Interrupt))
    }
}

/// What an example is run against.
pub(crate) struct Servers {
    sandbox: Sandbox,
    pub(crate) openai: Sandbox,
    front: Option<Front>,
    // Dropped after what runs on it.
    runtime: Runtime,
}

impl Servers {
    pub(crate) fn start(arrangement: Arrangement) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let builder = Sandbox::builder().now(NOW).script(arrangement.script);
        let builder = match arrangement.lives {
            Some(count) => builder
                .lifecycles(generate_lifecycles(count, 0, NOW))
                .clock(Clock::PerRequest {
                    seconds: arrangement.seconds_per_request,
                }),
            None => builder.batches(arrangement.batches),
        };
        let sandbox = runtime.block_on(builder.start()).expect("a sandbox");
        let openai = Sandbox::builder().now(NOW).batches(120);
        let openai = runtime.block_on(openai.dialect(Dialect::OpenAi).start());
        let front = (arrangement.tls).then(|| runtime.block_on(Front::tls(sandbox.address())));
        Self {
            sandbox,
            openai: openai.expect("a sandbox"),
            front,
            runtime,
        }
    }

    pub(crate) fn base_url(&self) -> String {
        match &self.front {
            None => self.sandbox.base_url().to_owned(),
            Some(front) => {
                let port = front.address.port();
                format!("https://localhost:{port}/compatible-mode/v1")
            }
        }
    }

    /// Returns when the sandbox stalls.
    pub(crate) fn wait_for_stall(&self) {
        self.runtime.block_on(self.sandbox.stalled(1));
    }

    pub(crate) fn without_addresses(&self, text: &str) -> String {
        let text = text.replace(&self.sandbox.address().to_string(), "{sandbox}");
        match &self.front {
            None => text,
            Some(front) => text.replace(&format!("localhost:{}", front.address.port()), "{front}"),
        }
    }
}
