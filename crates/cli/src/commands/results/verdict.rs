//! Whether the results of a batch are there, and what they say.

use qwen_batches::{Batch, BatchExt as _, Outcome, ResultsReport};

use crate::batch::reason;

/// What the results of batches come to; the worse is the greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Every request has succeeded.
    #[default]
    Succeeded,
    /// All results are there that there will be, and requests have failed or never ran.
    Failed,
    /// Results are missing that may yet come, or that could not be read.
    Incomplete,
}

impl Verdict {
    /// By the lines of a batch, each by its own status.
    pub(super) fn of(batch: &Batch, report: &ResultsReport) -> Self {
        let is_unread = report.unreadable_lines + report.conflicting_lines > 0
            || !report.unreadable_files.is_empty()
            || awaits_output(batch);
        let missing = report.missing().unwrap_or(0);
        if is_unread || !batch.is_terminal() || (missing != 0 && !may_lack_lines(batch, missing)) {
            Self::Incomplete
        } else if missing != 0 || report.failed > 0 {
            Self::Failed
        } else {
            Self::Succeeded
        }
    }

    /// Of a batch that has no file, and why.
    pub(super) fn without_files(batch: &Batch) -> (Self, String) {
        let outcome = batch.outcome();
        let why = match outcome {
            _ if !batch.is_terminal() => {
                let status = &batch.status;
                let why = format!("it is {status}: there are results when it has ended");
                return (Self::Incomplete, why);
            }
            _ if awaits_output(batch) => {
                let why = "requests have completed, but it has no output file yet";
                return (Self::Incomplete, why.to_owned());
            }
            Outcome::Refused { .. } => format!("it was refused: {}", reason(batch)),
            Outcome::AllFailed | Outcome::Expired { .. } | Outcome::Cancelled { .. } => {
                reason(batch)
            }
            _ => {
                let why = "it has ended, but has no file yet";
                return (Self::Incomplete, why.to_owned());
            }
        };
        (Self::Failed, format!("no results: {why}"))
    }
}

/// Whether requests have completed whose results are in no file: they may yet come, as an id was
/// reported to do.
pub(super) fn awaits_output(batch: &Batch) -> bool {
    let counts = batch.request_counts.as_ref();
    counts.is_some_and(|counts| counts.completed > 0) && !batch.has_results()
}

/// What the service writes of requests that never ran is undocumented.
fn may_lack_lines(batch: &Batch, missing: i64) -> bool {
    let outcome = batch.outcome();
    missing > 0 && matches!(outcome, Outcome::Expired { .. } | Outcome::Cancelled { .. })
}
