//! Our own side: the command line, as a program that is run, and its sandbox.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::workshop::{Workshop, isolated};
use crate::cargo::{cargo, executable};
use crate::process::{self, Child};

/// The one key that the sandbox accepts.
pub(super) const KEY: &str = "interop-key";
/// Where the sandbox and schemathesis take the key from.
pub(super) const SANDBOX_KEY: &str = "QWEN_BATCHES_SANDBOX_KEY";

const BINARY: &str = "qwen-batches";
const BATCHES: usize = 250;
const BUILD_LIMIT: Duration = Duration::from_secs(1200);
const LIMIT: Duration = Duration::from_secs(60);

/// The built binary and a running sandbox, which stops when this is dropped.
pub(super) struct Ours {
    binary: PathBuf,
    pub(super) base_url: String,
    _sandbox: Child,
}

impl Ours {
    pub(super) fn start(workshop: &Workshop) -> Result<Self> {
        let binary = build(workshop)?;
        let mut command = isolated(binary.clone());
        command
            .env(SANDBOX_KEY, KEY)
            .args(["sandbox", "--port", "0", "--seed", "7"])
            .args(["--batches", &BATCHES.to_string()]);
        let mut sandbox = Child::start(&mut command, &workshop.log("sandbox"))?;
        let base_url = sandbox
            .wait_for(LIMIT, |output| output.lines().next().map(str::to_owned))
            .context("the sandbox")?;
        Ok(Self {
            binary,
            base_url,
            _sandbox: sandbox,
        })
    }

    /// The ids that our client lists.
    pub(super) fn ids(
        &self,
        workshop: &Workshop,
        base_url: &str,
        options: &[String],
    ) -> Result<Vec<String>> {
        let output = self.list(workshop, base_url, "ids", options)?;
        Ok(output.lines().map(str::to_owned).collect())
    }

    /// All batches of the sandbox, as our client lists them.
    pub(super) fn rows(&self, workshop: &Workshop) -> Result<Vec<Value>> {
        let output = self.list(workshop, &self.base_url, "jsonl", &[])?;
        let rows = output.lines().map(serde_json::from_str);
        let rows: Vec<Value> = rows.collect::<Result<_, _>>().context("our jsonl")?;
        ensure!(
            rows.len() == BATCHES,
            "our client lists {} of {BATCHES} batches",
            rows.len()
        );
        Ok(rows)
    }

    fn list(
        &self,
        workshop: &Workshop,
        base_url: &str,
        format: &str,
        options: &[String],
    ) -> Result<String> {
        let mut command = isolated(self.binary.clone());
        command
            .env("DASHSCOPE_API_KEY", KEY)
            .args(["list", "--base-url", base_url, "--output", format])
            .args(options);
        process::output(&mut command, &workshop.log("list"), LIMIT)
            .with_context(|| format!("our `list` with {options:?}"))
    }
}

/// Builds the binary and says where it is. It is not run by `cargo run`, which may stay between
/// this program and the child that it has to end.
fn build(workshop: &Workshop) -> Result<PathBuf> {
    let arguments = ["build", "--locked", "--package", "qwen-batches-cli"];
    let mut command: Command = cargo(&workshop.root, &arguments);
    command.args(["--quiet", "--message-format", "json-render-diagnostics"]);
    let output = process::output(&mut command, &workshop.log("build"), BUILD_LIMIT)
        .context("the command line does not compile")?;
    executable(&output, BINARY).context("cargo names no binary")
}
