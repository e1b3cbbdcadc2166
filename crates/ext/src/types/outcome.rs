//! What came of a batch.

use std::time::Duration;

use qwen_batches_api::types::{Batch, BatchError, BatchRequestCounts, BatchStatus};

/// What came of a batch, as far as its row in the list shows: from its status, counts, errors and
/// file ids together. See [`BatchExt::outcome`](crate::BatchExt::outcome).
///
/// What the server did not send is unknown, never zero. Counts that cannot be true (negative ones,
/// or more finished requests than there are) are taken as not sent.
///
/// # What a row cannot show
///
/// The service has been seen to put failed requests into the output file and to count them as
/// completed: every line of the file had failed, and the counts were 3 of 3 with no failure
/// (reported by one user, not recorded). So [`Succeeded`](Self::Succeeded) means that the server
/// counts no failure. Whether a request succeeded is known from its line in the output file alone.
///
/// ```
/// use qwen_batches::{Batch, BatchExt as _, Outcome};
///
/// # let mut row = qwen_batches_sandbox::row("batch_1").status("expired").request_counts(10, 4, 6);
/// # row = row.set("output_file_id", "file-batch_output-1");
/// # let batch: Batch = serde_json::from_value(row.build()).unwrap();
/// match batch.outcome() {
///     Outcome::Expired { finished: Some(true), .. } if batch.has_results() => {
///         println!("{}: four requests are paid for; fetch them", batch.id);
///     }
///     outcome => println!("{}: {}", batch.id, outcome.name()),
/// }
/// # assert_eq!(batch.outcome().name(), "expired");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is validated, runs, is finalized or is about to be cancelled.
    UnderWay,
    /// It is completed, and the server counts no request that failed or never ran.
    Succeeded,
    /// It has ended with requests that succeeded, and with others that failed or never ran.
    #[non_exhaustive]
    SucceededInPart {
        /// The counts of the server. None if it sent none: then there is an output file beside an
        /// error file. They may show no failure where there is an error file all the same.
        counts: Option<BatchRequestCounts>,
    },
    /// Its requests ran, and none succeeded. Its status may be `completed`.
    AllFailed,
    /// Its status is `failed`, and nothing shows that a request ran: it was refused in validation,
    /// which costs nothing.
    #[non_exhaustive]
    Refused {
        /// Why, with one entry for each bad line; empty if the server gave no reason.
        errors: Vec<BatchError>,
    },
    /// It was not done within its completion window.
    #[non_exhaustive]
    Expired {
        /// Whether requests had finished by then: they are paid for, and stand in the output file.
        /// None if the server sent neither counts nor an output file.
        finished: Option<bool>,
    },
    /// It was cancelled.
    #[non_exhaustive]
    Cancelled {
        /// Whether requests had finished by then, as for [`Expired`](Self::Expired).
        finished: Option<bool>,
    },
    /// The server did not send enough to say, or sent a status that the contract does not list.
    Unknown,
}

impl Outcome {
    /// A short name, such as `all_failed`: for logs, and for files that programs read.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnderWay => "under_way",
            Self::Succeeded => "succeeded",
            Self::SucceededInPart { .. } => "succeeded_in_part",
            Self::AllFailed => "all_failed",
            Self::Refused { .. } => "refused",
            Self::Expired { .. } => "expired",
            Self::Cancelled { .. } => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn of(batch: &Batch) -> Self {
        match batch.status {
            BatchStatus::Validating
            | BatchStatus::InProgress
            | BatchStatus::Finalizing
            | BatchStatus::Cancelling => Self::UnderWay,
            BatchStatus::Completed => completed(batch),
            BatchStatus::Failed => failed(batch),
            BatchStatus::Expired => Self::Expired {
                finished: has_finished(batch),
            },
            BatchStatus::Cancelled => Self::Cancelled {
                finished: has_finished(batch),
            },
            _ => Self::Unknown,
        }
    }
}

/// Whether there is an output file.
pub(super) fn has_results(batch: &Batch) -> bool {
    is_file(batch.output_file_id.as_deref())
}

/// When a batch ended, in Unix seconds.
pub(super) fn ended(batch: &Batch) -> Option<i64> {
    let end = match batch.status {
        BatchStatus::Completed => batch.completed_at,
        BatchStatus::Failed => batch.failed_at,
        BatchStatus::Expired => batch.expired_at,
        BatchStatus::Cancelled => batch.cancelled_at,
        _ => None,
    };
    // The vendor's sample shows 0 where a time is unset.
    end.filter(|end| *end != 0)
}

/// How long a batch took from its creation to its end.
pub(super) fn duration(batch: &Batch) -> Option<Duration> {
    let seconds = ended(batch)?.checked_sub(batch.created_at)?;
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

fn completed(batch: &Batch) -> Outcome {
    let has_failures = is_file(batch.error_file_id.as_deref());
    match counts(batch) {
        Some(counts) if counts.completed == 0 && counts.failed > 0 => Outcome::AllFailed,
        Some(counts) if counts.completed > 0 => {
            if counts.completed == counts.total && !has_failures {
                return Outcome::Succeeded;
            }
            Outcome::SucceededInPart {
                counts: Some(counts.clone()),
            }
        }
        // Nothing is counted: only the files show something.
        _ => match (has_results(batch), has_failures) {
            (true, true) => Outcome::SucceededInPart { counts: None },
            (false, true) => Outcome::AllFailed,
            (_, false) => Outcome::Unknown,
        },
    }
}

/// This service fails a batch in validation alone; other servers do so while it runs, too.
fn failed(batch: &Batch) -> Outcome {
    match counts(batch) {
        Some(counts) if counts.completed > 0 => Outcome::SucceededInPart {
            counts: Some(counts.clone()),
        },
        Some(counts) if counts.failed > 0 => Outcome::AllFailed,
        _ => Outcome::Refused {
            errors: batch
                .errors
                .as_ref()
                .map_or_else(Vec::new, |errors| errors.data.clone()),
        },
    }
}

fn has_finished(batch: &Batch) -> Option<bool> {
    if has_results(batch) {
        return Some(true);
    }
    counts(batch).map(|counts| counts.completed > 0)
}

/// The counts, if they can be true.
fn counts(batch: &Batch) -> Option<&BatchRequestCounts> {
    let counts = batch.request_counts.as_ref()?;
    let is_count = counts.completed >= 0 && counts.failed >= 0;
    let done = counts.completed.checked_add(counts.failed)?;
    (is_count && done <= counts.total).then_some(counts)
}

/// An id that is empty stands for no file.
fn is_file(id: Option<&str>) -> bool {
    id.is_some_and(|id| !id.is_empty())
}
