//! Useful facts about a batch that are derived from its fields.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qwen_batches_api::types::{Batch, BatchError, BatchStatus};

use crate::types::known::Known;
use crate::types::outcome::{self, Outcome};
use crate::types::redact::Redacted;

/// Helpers on the generated [`Batch`]. The trait is sealed: no other type has it, and it may gain
/// methods.
///
/// ```compile_fail
/// struct Mine;
/// impl qwen_batches::BatchExt for Mine {}
/// ```
pub trait BatchExt: sealed::Sealed {
    /// The name of the batch, its metadata's `ds_name`. None if it has none, or if that could not be
    /// read.
    fn name(&self) -> Option<&str>;

    /// What is wrong with lines of the input file, for which the batch failed validation; empty if
    /// nothing is. Requests that failed later are in the batch's error file alone.
    fn line_errors(&self) -> &[BatchError];

    /// When the batch was created. None if `created_at` is beyond the years of a [`Timestamp`].
    fn created(&self) -> Option<Timestamp>;

    /// When the batch is due: `expires_at`, or, as the service leaves that null (recorded),
    /// creation and completion window added up. None if neither can be read. It says nothing of
    /// whether the batch is done: see [`is_terminal`](Self::is_terminal).
    fn due(&self) -> Option<Timestamp>;

    /// Whether the batch is done: completed, failed, expired or cancelled. A status that the
    /// contract does not list counts as not done.
    fn is_terminal(&self) -> bool;

    /// When the batch came to the status in which it is done. None if it is not done, or if the
    /// service does not say when.
    fn ended(&self) -> Option<Timestamp>;

    /// The batch without its secrets, to be serialised or logged: the callback is masked, and so are
    /// user and query of every URL, wherever it stands. `Serialize` of a batch itself masks nothing.
    ///
    /// The key of the client is not known here:
    /// [`Client::without_key`](crate::Client::without_key) takes it out of a text.
    fn redacted(&self) -> Redacted;

    /// A view to serialise that leaves out what is not known: a member that the contract
    /// requires, but that the server did not send or that could not be read, is omitted instead of
    /// being written as its empty stand-in. Secrets are not masked.
    fn known(&self) -> Known<'_>;

    /// The share of requests that are done, failed ones included, from 0 to 1. None while the
    /// service counts none, or if its counts could not be read.
    fn progress(&self) -> Option<f64>;

    /// What came of the batch: from status, counts, errors and file ids together. [`Outcome`] says
    /// what they cannot show.
    fn outcome(&self) -> Outcome;

    /// Whether there is an output file, and so lines to read: also of a batch that has expired or
    /// was cancelled. Its lines may have failed all the same. An error file is none.
    fn has_results(&self) -> bool;

    /// How long the batch took, from its creation to its end, in whole seconds; waiting is part of
    /// it. None if it has not ended, or if the two times do not say.
    fn duration(&self) -> Option<Duration>;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for qwen_batches_api::types::Batch {}
}

impl BatchExt for Batch {
    fn name(&self) -> Option<&str> {
        self.metadata.as_ref()?.ds_name.as_deref()
    }

    fn line_errors(&self) -> &[BatchError] {
        self.errors.as_ref().map_or(&[], |errors| &errors.data)
    }

    fn created(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.created_at).ok()
    }

    fn due(&self) -> Option<Timestamp> {
        // The vendor's sample shows 0 where a time is unset.
        match self.expires_at {
            Some(seconds) if seconds != 0 => Timestamp::from_second(seconds).ok(),
            _ => self
                .created()?
                .checked_add(completion_window(&self.completion_window)?)
                .ok(),
        }
    }

    fn is_terminal(&self) -> bool {
        matches!(
            self.status,
            BatchStatus::Completed
                | BatchStatus::Failed
                | BatchStatus::Expired
                | BatchStatus::Cancelled
        )
    }

    fn ended(&self) -> Option<Timestamp> {
        Timestamp::from_second(outcome::ended(self)?).ok()
    }

    fn redacted(&self) -> Redacted {
        Redacted::of(self)
    }

    fn known(&self) -> Known<'_> {
        Known(self)
    }

    fn progress(&self) -> Option<f64> {
        let counts = self.request_counts.as_ref()?;
        let done = counts.completed.saturating_add(counts.failed);
        (counts.total > 0).then(|| (done as f64 / counts.total as f64).clamp(0.0, 1.0))
    }

    fn outcome(&self) -> Outcome {
        Outcome::of(self)
    }

    fn has_results(&self) -> bool {
        outcome::has_results(self)
    }

    fn duration(&self) -> Option<Duration> {
        outcome::duration(self)
    }
}

/// Reads a completion window: a whole number with unit `h` or `d`.
fn completion_window(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let hours: i64 = match unit {
        "h" => 1,
        "d" => 24,
        _ => return None,
    };
    let number: u32 = number.parse().ok()?;
    Some(SignedDuration::from_hours(hours * i64::from(number)))
}

#[cfg(test)]
mod tests {
    use qwen_batches_api::types::BatchMetadata;

    use super::*;

    #[test]
    fn a_batch_ends_when_its_status_says() {
        let mut batch = Batch::default();
        batch.completed_at = Some(1);
        batch.failed_at = Some(2);
        batch.expired_at = Some(3);
        batch.cancelled_at = Some(4);
        for (status, second) in [
            ("completed", Some(1)),
            ("failed", Some(2)),
            ("expired", Some(3)),
            ("cancelled", Some(4)),
            ("cancelling", None),
            ("paused", None),
        ] {
            batch.status = status.into();
            let ended = batch.ended().map(Timestamp::as_second);
            assert_eq!(ended, second, "{status}");
        }
        batch.status = BatchStatus::Completed;
        for unset in [None, Some(0), Some(i64::MAX)] {
            batch.completed_at = unset;
            assert_eq!(batch.ended(), None, "{unset:?}");
        }
    }

    #[test]
    fn name_and_line_errors_are_there_or_empty() {
        let mut batch = Batch::default();
        assert_eq!((batch.name(), batch.line_errors()), (None, &[][..]));
        batch.metadata = Some(BatchMetadata::default());
        assert_eq!(batch.name(), None);
        batch.metadata.get_or_insert_default().ds_name = Some("nightly".to_owned());
        batch.errors.get_or_insert_default().data = vec![BatchError::default()];
        assert_eq!(batch.name(), Some("nightly"));
        assert_eq!(batch.line_errors().len(), 1);
    }

    #[test]
    fn completion_windows() {
        for (text, hours) in [
            ("24h", Some(24)),
            ("14d", Some(336)),
            ("0h", Some(0)),
            ("", None),
            ("h", None),
            ("-1d", None),
            ("24", None),
            ("24時", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(
                completion_window(text),
                hours.map(SignedDuration::from_hours),
                "{text:?}"
            );
        }
    }
}
