//! Why a command ended early, for its user.

use std::error::Error as _;
use std::io::{self, Write};

use qwen_batches::{Error, ErrorKind};
use qwen_batches_sandbox::SandboxError;

use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::terminal;

/// Why a command ended early: an exit code, and lines for stderr, none if all is well.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    lines: Vec<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            lines: vec![format!("error: {}", message.into())],
        }
    }

    /// Adds a line.
    pub(crate) fn line(mut self, line: impl Into<String>) -> Self {
        self.lines.push(line.into());
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Ends with another exit code.
    pub(crate) fn with_exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Says why on `err`, and gives the exit code.
    pub(crate) fn report(self, err: &mut dyn Write) -> Exit {
        for line in &self.lines {
            terminal::line(err, line);
        }
        self.exit
    }
}

impl Failure {
    /// What an error of the library means to the user of a server of this kind.
    pub(crate) fn of(error: &Error, dialect: Dialect) -> Self {
        let exit = match error.kind() {
            ErrorKind::Config | ErrorKind::InvalidRequest => Exit::Usage,
            ErrorKind::Auth => Exit::Auth,
            ErrorKind::UnreadableRows => Exit::Unreadable,
            _ => Exit::Failure,
        };
        if !error.problems().is_empty() {
            let lines = error.problems().iter().map(|problem| {
                let option = option(problem.field);
                format!("error: {option}: {}", problem.message)
            });
            return Self {
                exit,
                lines: lines.collect(),
            };
        }
        let help = match (error.kind(), error.status(), dialect) {
            (_, Some(401), Dialect::Qwen) => {
                "help: the key is that of DASHSCOPE_API_KEY; `--region singapore` and `--region \
                 beijing` choose where it is tried"
                    .to_owned()
            }
            (_, Some(401), _) => format!("help: the key is that of {}", dialect.key_variable()),
            (ErrorKind::Timeout, ..) => {
                "help: `--request-timeout` sets how long a response may take (60s by default)"
                    .to_owned()
            }
            (ErrorKind::TooLarge, ..) => {
                "help: `--max-response-bytes` sets how large a response may be (33554432 by \
                 default); a smaller `--page-size` makes it smaller"
                    .to_owned()
            }
            _ => return Self::new(exit, format!("{error:#}")),
        };
        Self::new(exit, format!("{error:#}")).line(help)
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        let cause = error.source().map(|cause| format!(": {cause}"));
        let exit = if error.is_setting() {
            Exit::Usage
        } else {
            Exit::Failure
        };
        let cause = cause.unwrap_or_default();
        Self::new(exit, format!("the sandbox did not start: {error}{cause}"))
    }
}

/// Only stdout is written to in a way that can fail.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Its own exit code says so; a line for each `| head` would be too much.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self {
                exit: Exit::ReaderGone,
                lines: Vec::new(),
            };
        }
        Self::new(Exit::Failure, format!("cannot write to stdout: {error}"))
    }
}

/// The option behind a setter of the library.
fn option(field: &str) -> &str {
    match field {
        "statuses" => "--status",
        "name_contains" => "--name",
        "input_files" => "--input-file",
        "created_after" => "--created-after",
        "created_before" => "--created-before",
        "after" => "--after",
        "page_size" => "--page-size",
        "concurrency" => "--concurrency",
        "max_items" => "--max-items",
        "interval" => "--interval",
        "resume" => "--resume or --checkpoint",
        "tracker" => "--state",
        other => other,
    }
}
