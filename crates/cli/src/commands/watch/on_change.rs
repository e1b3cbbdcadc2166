//! The command of `watch --on-change`.

use std::env;
use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::pin;
use std::process::Stdio;

use clap::ValueEnum as _;
use futures::future::{Either, select};
use qwen_batches::WatchEvent;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use super::jsonl;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::{escape, escape_json};

/// A program and its arguments, to be run for each event of a batch.
#[derive(Debug)]
pub(super) struct OnChange {
    program: String,
    arguments: Vec<String>,
}

impl OnChange {
    /// Splits a command into words, as a shell does, and looks for its program.
    pub(super) fn new(command: &str) -> Result<Self, Failure> {
        let refused = |reason: String| Failure::new(Exit::Usage, format!("--on-change: {reason}"));
        let words = shell_words::split(command)
            .map_err(|error| refused(format!("`{command}`: {error}")))?;
        let mut words = words.into_iter();
        let program = words.next().unwrap_or_default();
        match why_not_runnable(&program) {
            Some(reason) => Err(refused(format!("`{program}`: {reason}"))),
            None => Ok(Self {
                program,
                arguments: words.collect(),
            }),
        }
    }

    /// Runs it for an event, to its end. An error is why it has not succeeded. Dropped before, it
    /// kills the command.
    pub(super) fn run(
        &self,
        event: &WatchEvent,
    ) -> impl Future<Output = Result<(), String>> + 'static {
        let spawned = self.spawn(event);
        let object = jsonl::object(event).unwrap_or_default();
        let line = format!("{}\n", escape_json(object.to_string()));
        async move {
            let child = spawned.map_err(|error| format!("cannot be started: {error}"))?;
            match finish(child, line.as_bytes()).await {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(status.to_string()),
                Err(error) => Err(error.to_string()),
            }
        }
    }

    fn spawn(&self, event: &WatchEvent) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            // Our stdout is for our data alone.
            .stdout(io::stderr())
            .kill_on_drop(true);
        for dialect in Dialect::value_variants() {
            command.env_remove(dialect.key_variable());
        }
        let batch = event.batch();
        for (name, value) in [
            ("QWEN_BATCHES_EVENT", Some(event.name())),
            ("QWEN_BATCHES_EVENT_ID", event.id()),
            ("QWEN_BATCHES_BATCH_ID", batch.map(|it| it.id.as_str())),
            ("QWEN_BATCHES_STATUS", batch.map(|it| it.status.as_str())),
        ] {
            // No variable can hold a NUL.
            command.env(name, &*escape(value.unwrap_or_default()));
        }
        command.spawn()
    }
}

/// Gives a command its input, and waits for its end. It need not read all of it.
async fn finish(mut child: Child, input: &[u8]) -> io::Result<std::process::ExitStatus> {
    let stdin = child.stdin.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            let _ = stdin.write_all(input).await;
        }
    };
    match select(pin!(child.wait()), pin!(feed)).await {
        Either::Left((status, _)) => status,
        Either::Right(((), wait)) => wait.await,
    }
}

/// Why a program cannot be started, as far as that is known before.
fn why_not_runnable(program: &str) -> Option<&'static str> {
    let path = Path::new(program);
    if program.is_empty() {
        return Some("names no program");
    }
    if path.components().count() > 1 {
        return (!is_program(path)).then_some("no such program");
    }
    // Elsewhere there are endings that need not be typed.
    let folders = env::var_os("PATH").filter(|_| cfg!(unix))?;
    let is_there = env::split_paths(&folders).any(|folder| is_program(&folder.join(path)));
    (!is_there).then_some("no such program in PATH")
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    path.metadata()
        .is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(_: &Path) -> bool {
    true
}
