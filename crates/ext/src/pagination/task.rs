//! Work in tasks of its own.

use tokio::task::JoinError;

use crate::types::error::{Error, ErrorKind};

/// The error of a task that did not come to its end: a panic, such as that of a caller's hook,
/// goes on where the task is waited for.
pub(crate) fn stopped(error: JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => {
            let summary = "the task that fetched the list was stopped with its tokio runtime";
            Error::new(ErrorKind::Transport, summary).with_source(error)
        }
    }
}
