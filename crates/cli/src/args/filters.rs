//! Which batches are meant.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use qwen_batches::{BatchFilter, BatchStatus};

use crate::dialect::Dialect;
use crate::time_arg::TimeArg;

/// Which batches are meant.
#[derive(Args, Debug)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Comma-separated or repeated: validating, in_progress, finalizing, completed, failed,
    /// expired, cancelling, cancelled
    #[arg(
        long,
        value_name = "STATUS",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = status_parser()
    )]
    pub(crate) status: Vec<BatchStatus>,
    /// Batches whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Batches of this input (file id, OSS URL or oss: id); up to 20 times
    #[arg(long, value_name = "ID")]
    pub(crate) input_file: Vec<String>,
    /// Created at this time or later: RFC 3339, 2025-03-04, today, 36h, 1w
    #[arg(long, value_name = "TIME")]
    pub(crate) created_after: Option<TimeArg>,
    /// Created before this time; dates, today and yesterday begin in UTC
    #[arg(long, value_name = "TIME")]
    pub(crate) created_before: Option<TimeArg>,
}

impl Filters {
    /// Whether there is any.
    pub(crate) fn any(&self) -> bool {
        !self.status.is_empty()
            || self.name.is_some()
            || !self.input_file.is_empty()
            || self.created_after.is_some()
            || self.created_before.is_some()
    }

    /// What to say of a time that no batch matches.
    pub(crate) fn note(&self, now: Timestamp, dialect: Dialect) -> Option<String> {
        let after = self.created_after?.instant(now);
        let note = if after > now {
            "is in the future"
        } else if dialect
            .horizon()
            .is_some_and(|most| now.duration_since(after) > most)
        {
            "is more than 30 days ago: the service lists the last 30 days only"
        } else {
            return None;
        };
        let after = after.strftime("%Y-%m-%dT%H:%M:%SZ");
        Some(format!("note: --created-after {after} {note}"))
    }

    /// The filter, in which ages count from `now`.
    pub(crate) fn at(&self, now: Timestamp) -> BatchFilter {
        let mut filter = BatchFilter::new();
        if !self.status.is_empty() {
            filter = filter.statuses(self.status.iter().cloned());
        }
        if let Some(name) = &self.name {
            filter = filter.name_contains(name);
        }
        if !self.input_file.is_empty() {
            filter = filter.input_files(self.input_file.iter().map(String::as_str));
        }
        if let Some(time) = self.created_after {
            filter = filter.created_after(time.instant(now));
        }
        if let Some(time) = self.created_before {
            filter = filter.created_before(time.instant(now));
        }
        filter
    }
}

fn status_parser() -> impl TypedValueParser<Value = BatchStatus> {
    let known = BatchStatus::KNOWN.iter().map(BatchStatus::as_str);
    PossibleValuesParser::new(known).map(|status| BatchStatus::from(status.to_ascii_lowercase()))
}
