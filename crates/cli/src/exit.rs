//! Exit codes.

use std::process::ExitCode;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was done.
    Ok = 0,
    /// Transport, the service, a response that is not what the contract promises, or stdout cannot
    /// be written.
    Failure = 1,
    /// The command line, a filter or the configuration; nothing was sent, but where an id names no
    /// batch, or several. Clap uses it, too.
    Usage = 2,
    /// The service refuses the key.
    Auth = 3,
    /// Rows could not be read; all others were printed.
    Unreadable = 4,
    /// The service breaks the contract, as `doctor` found.
    Violation = 5,
    /// A batch that was watched did not succeed.
    BatchFailed = 6,
    /// What was watched was not done in time.
    TimedOut = 7,
    /// Requests of a batch did not succeed, and all results are there that there will be.
    RequestsFailed = 8,
    /// Results are missing.
    ResultsMissing = 9,
    /// An event of a watch was not delivered to its command. It stands for what became of the
    /// batches as well.
    Undelivered = 10,
    /// Stopped by SIGHUP: 128 and its number, as shells have it; so are the next three.
    HungUp = 129,
    /// Stopped by SIGINT.
    Interrupted = 130,
    /// The reader of stdout has gone: SIGPIPE.
    ReaderGone = 141,
    /// Stopped by SIGTERM.
    Terminated = 143,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The exit codes, for the help.
macro_rules! codes {
    () => {
        "Exit codes:
  0 success                          6 watch: a batch did not succeed
  1 network, server or disk failure  7 watch: --timeout has passed
  2 invalid option or configuration  8 results: requests did not succeed
  3 the key is refused               9 results: results are missing
  4 some rows could not be read      10 watch: --on-change failed for an event
  5 doctor: the contract is broken   129, 130, 143 stopped by SIGHUP, Ctrl-C, SIGTERM
                                     141 the reader of stdout went away"
    };
}
pub(crate) use codes;
