//! Running the binary, and servers for it to ask.

use std::fmt;
use std::ops::Deref;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use qwen_batches_sandbox::{BatchRow, Sandbox, SandboxBuilder, row};
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// 2025-03-07T00:00:00Z.
pub(crate) const NOW: i64 = 1_741_305_600;

/// After this a test fails instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// No output may ever hold it.
pub(crate) const KEY: &str = "sk-0123456789abcdef-of-the-tests";

pub(crate) const FORMATS: [&str; 5] = ["table", "json", "jsonl", "csv", "ids"];

/// The binary, with no environment that it reads, not even a key.
pub(crate) fn bare(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qwen-batches"));
    command.args(args).stdin(Stdio::null());
    clean(&mut command);
    command
}

/// Takes from the environment of `command` what the binary reads.
pub(crate) fn clean(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let lower = name.to_ascii_lowercase();
        let colours = name.starts_with("CLICOLOR") || name == "NO_COLOR";
        if name.starts_with("DASHSCOPE_")
            || name.ends_with("OPENAI_API_KEY")
            || lower.ends_with("_proxy")
            || name.starts_with("SSL_CERT_")
            || colours
        {
            command.env_remove(name);
        }
    }
    for name in [
        // Where it is set, what prints colours takes a dumb terminal for one that has them.
        "CI",
        "COLUMNS",
        "QWEN_BATCHES_NOW",
        "RUST_BACKTRACE",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
}

/// The binary, with a key.
pub(crate) fn with_key(args: &[&str]) -> Command {
    let mut command = bare(args);
    command.env("DASHSCOPE_API_KEY", KEY);
    command
}

/// Runs `list` against a server, with a key.
pub(crate) fn list(base_url: &str, args: &[&str]) -> Outcome {
    let all = [&["list", "--base-url", base_url], args].concat();
    Outcome::of(with_key(&all))
}

/// What a run came to. `Display` is for snapshots: it shows no ports and no durations.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn of(mut command: Command) -> Self {
        Self::new(&command.output().expect("the binary runs"))
    }

    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let outcome = Self {
            code: output.status.code().expect("no signal ended it"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        assert!(!outcome.stdout.contains(KEY), "{}", outcome.stdout);
        assert!(!outcome.stderr.contains(KEY), "{}", outcome.stderr);
        outcome
    }

    /// The lines of stdout, of a run without complaint.
    pub(crate) fn lines(&self) -> Vec<&str> {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{self}");
        self.stdout.lines().collect()
    }
}

/// What the cases of a table print, for one snapshot.
#[derive(Default)]
pub(crate) struct Cases(String);

impl Cases {
    pub(crate) fn add(&mut self, name: impl fmt::Display, printed: impl fmt::Display) {
        let printed = printed.to_string();
        self.0 += &format!("--- {name}\n{}\n\n", printed.trim_end());
    }
}

impl fmt::Display for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit code: {}", self.code)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            let text = redact(text, "http://127.0.0.1:", "PORT", |c| !c.is_ascii_digit());
            let text = redact(&text, " attempts in ", "ELAPSED", |c| {
                !c.is_alphanumeric() && c != '.'
            });
            let mut text = redact(&text, "trying again in ", "PAUSE", |c| c == ':');
            for mark in ["200 after ", "400 after ", "401 after ", "502 after "] {
                text = redact(&text, mark, "N", |c| !c.is_ascii_digit());
            }
            let text = redact(&text, "--resume eyJ", "TOKEN", |c| {
                !c.is_ascii_alphanumeric() && !"-_".contains(c)
            });
            let text = redact(&text, "median ", "N", |c| !c.is_ascii_digit());
            let text = redact(&text, "\"median_ms\": ", "0", |c| !c.is_ascii_digit());
            let end = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                "<no end of line>\n"
            };
            write!(f, "--- {name}\n{text}{end}")?;
        }
        Ok(())
    }
}

/// Puts `name` in place of what follows each `mark`, up to a letter that `ends` it.
fn redact(text: &str, mark: &str, name: &str, ends: fn(char) -> bool) -> String {
    let mut pieces = text.split(mark);
    let mut redacted = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(ends).unwrap_or(piece.len());
        redacted.extend([mark, name, &piece[end..]]);
    }
    redacted
}

/// A sandbox on a runtime of its own, since a test waits for the binary without one.
#[derive(Debug)]
pub(crate) struct Served {
    sandbox: Sandbox,
    runtime: Runtime,
}

impl Served {
    /// At [`NOW`].
    pub(crate) fn new(builder: SandboxBuilder) -> Self {
        Self::start(builder.now(NOW))
    }

    /// At the time that it is: what the binary takes from its clock fits the batches.
    pub(crate) fn start(builder: SandboxBuilder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let start = async { builder.start().await };
        Self {
            sandbox: runtime.block_on(start).expect("the sandbox starts"),
            runtime,
        }
    }

    /// Waits until a response comes to a halt.
    pub(crate) fn wait_for_stall(&self) {
        let held = async { timeout(PATIENCE, self.sandbox.stalled(1)).await };
        self.runtime.block_on(held).expect("a response is held");
    }

    pub(crate) fn rows<I>(rows: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Value>,
    {
        Self::new(Sandbox::builder().rows(rows))
    }
}

impl Deref for Served {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

/// A row that keeps the contract, `n` hours old.
pub(crate) fn hours_old(n: i64) -> BatchRow {
    row(format!("batch_{n}"))
        .created_at(NOW - n * 3600)
        .input_file_id(format!("file-batch-{n}"))
}

/// Batches of every kind that looks different in some format, newest first.
pub(crate) fn assortment() -> Vec<BatchRow> {
    vec![
        hours_old(1).name("nightly eval"),
        hours_old(2)
            .name("reviews, \"second\" pass")
            .status("in_progress")
            .set("in_progress_at", NOW - 2 * 3600)
            .request_counts(1_000, 250, 0)
            .endpoint("/v1/embeddings"),
        hours_old(3)
            .name("多语言翻译（英→中）第十二批失败请求重跑")
            .status("completed")
            .request_counts(50_000, 49_880, 120)
            .set("output_file_id", "file-batch_output-1")
            .set("error_file_id", "file-batch_output-2")
            .metadata_entry("team", "search"),
        hours_old(4)
            .name("=1+1")
            .status("completed")
            .request_counts(1_000_000_000, 0, 1_000_000_000),
        // A status and a field that the contract does not list are listed all the same.
        hours_old(5)
            .name("two\nlines")
            .status("paused_by_the_operator")
            .set("model", "qwen-plus"),
        hours_old(6).status("failed").set(
            "errors",
            serde_json::json!({
                "object": "list",
                "data": [{ "code": "url_not_found", "message": null, "param": null, "line": 3 }],
            }),
        ),
    ]
}
