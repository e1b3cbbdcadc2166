//! Why a watch has ended, and what that means.

use super::board::Board;
use crate::args::WatchArgs;
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;
use crate::words::count;

/// Why a watch has ended.
pub(super) enum End {
    /// All are done, or one has failed and that was what was waited for.
    Done,
    TimedOut,
    /// By a signal, which has this exit code.
    Interrupted(Exit),
    Failed(Failure),
}

impl End {
    /// What that means, for its user and for a script.
    pub(super) fn verdict(
        self,
        board: &Board,
        args: &WatchArgs,
        dialect: Dialect,
        streams: &mut Streams<'_>,
    ) -> Result<Exit, Failure> {
        let left = format!(
            "{} of {} not done",
            board.unfinished(),
            count(board.len(), "batch")
        );
        match self {
            Self::Failed(failure) => Err(failure),
            Self::Interrupted(exit) => Err(Failure::new(exit, format!("interrupted, with {left}"))),
            Self::TimedOut => {
                let seconds = args.timeout.unwrap_or_default().as_secs();
                let message = format!("timed out after {seconds}s, with {left}");
                Err(Failure::new(Exit::TimedOut, message))
            }
            Self::Done if board.failed() > 0 => {
                let message = format!(
                    "{} of {} did not succeed: {}",
                    board.failed(),
                    count(board.len(), "batch"),
                    board.failures()
                );
                Err(Failure::new(Exit::BatchFailed, message))
            }
            Self::Done if board.unreadable() > 0 => {
                let message = format!(
                    "{} could not be read; {} done",
                    count(board.unreadable(), "row"),
                    count(board.len(), "batch")
                );
                Err(Failure::new(Exit::Unreadable, message))
            }
            Self::Done => {
                let note = match (board.len(), args.filters.any()) {
                    (0, _) if args.state.is_some() => "note: nothing to report".to_owned(),
                    (0, false) => "note: no batch is under way".to_owned(),
                    (0, true) => dialect.no_batches().to_owned(),
                    _ if board.unfinished() > 0 => format!("note: {left}"),
                    (batches, _) => format!("note: {} done", count(batches, "batch")),
                };
                streams.note(&note);
                Ok(Exit::Ok)
            }
        }
    }
}
