//! What there is to show of a batch, one column for each.

use clap::ValueEnum;
use jiff::Timestamp;
use qwen_batches::{Batch, BatchExt as _, BatchRequestCounts};

use crate::batch::{name, reason};
use crate::layout::{Cell, Column as Place};
use crate::style;
use crate::times::Times;

/// An id, as long as those that were recorded.
const ID: &str = "batch_00000000-0000-0000-0000-000000000000";

/// A column of a table or of a CSV file, named as on the wire where the wire has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Column {
    Id,
    Name,
    Status,
    CreatedAt,
    // When it is due, as long as it is not done: creation and completion window added up
    DueAt,
    // When it was completed, failed, expired or was cancelled
    EndedAt,
    // Requests completed, of how many, and how many failed
    Requests,
    // How much of its requests is done
    Progress,
    Total,
    Completed,
    Failed,
    Endpoint,
    CompletionWindow,
    OutputFileId,
    ErrorFileId,
    InputFileId,
    // What came of it: succeeded, all_failed, refused, ...
    Outcome,
    // Why it has not brought what was asked of it
    Reason,
}

impl Column {
    /// What a table shows where it can be as wide as it likes, or where nobody knows.
    pub(crate) const TABLE: [Self; 6] = [
        Self::Status,
        Self::CreatedAt,
        Self::Requests,
        Self::Name,
        Self::Id,
        Self::Reason,
    ];

    /// What a table on a terminal chooses from.
    pub(crate) const TERMINAL: [Self; 7] = [
        Self::Status,
        Self::CreatedAt,
        Self::DueAt,
        Self::Requests,
        Self::Name,
        Self::Id,
        // The last column, as it may be cut.
        Self::Reason,
    ];

    pub(crate) const CSV: [Self; 11] = [
        Self::Id,
        Self::Name,
        Self::Status,
        Self::CreatedAt,
        Self::Endpoint,
        Self::Total,
        Self::Completed,
        Self::Failed,
        Self::OutputFileId,
        Self::ErrorFileId,
        Self::InputFileId,
    ];

    /// Its place in a table.
    pub(crate) fn place(self, times: &Times) -> Place {
        let time = times.width();
        // Width, the width down to which it may be cut, and who gets room first.
        let (title, usual, least, rank) = match self {
            Self::Status => ("STATUS", "in_progress".len(), Some(11), 0),
            Self::Name => ("NAME", 28, Some(12), 2),
            Self::CreatedAt => ("CREATED", time, None, 3),
            Self::Requests => ("REQUESTS", "40880/50000, 10000 failed".len(), None, 5),
            Self::Id => ("ID", ID.len(), None, 1),
            Self::DueAt => ("DUE", time, None, 5),
            Self::EndedAt => ("ENDED", time, None, 5),
            Self::Progress => ("PROGRESS", 8, None, 5),
            Self::Total => ("TOTAL", 9, None, 5),
            Self::Completed => ("COMPLETED", 9, None, 5),
            Self::Failed => ("FAILED", 9, None, 5),
            Self::Endpoint => ("ENDPOINT", "/v1/chat/completions".len(), None, 5),
            Self::CompletionWindow => ("WINDOW", 6, None, 5),
            Self::OutputFileId => ("OUTPUT FILE", ID.len(), None, 5),
            Self::ErrorFileId => ("ERROR FILE", ID.len(), None, 5),
            Self::InputFileId => ("INPUT FILE", ID.len(), None, 5),
            Self::Outcome => ("OUTCOME", "succeeded_in_part".len(), None, 5),
            Self::Reason => ("REASON", 60, Some(16), 4),
        };
        let title = match self {
            Self::CreatedAt | Self::DueAt | Self::EndedAt => times.title(title),
            _ => title.to_owned(),
        };
        Place {
            usual: usual.max(title.len()),
            title,
            least,
            rank,
        }
    }

    /// What a table shows of a batch. What there is not is a hyphen.
    pub(crate) fn cell(self, batch: &Batch, times: &Times) -> Cell {
        let mut text = match self {
            Self::Status => batch.status.to_string(),
            Self::Progress => progress(batch),
            Self::CreatedAt => created(batch, |time| times.show(time)),
            Self::DueAt | Self::EndedAt => self
                .time(batch)
                .map_or_else(String::new, |time| times.show(time)),
            _ => self.text(batch),
        };
        if text.is_empty() {
            "-".clone_into(&mut text);
        }
        match self {
            Self::Status => Cell {
                text,
                style: style::of(batch),
            },
            _ => Cell::plain(text),
        }
    }

    /// What a file has of a batch; nothing of what there is not. Times are RFC 3339, in UTC.
    pub(crate) fn text(self, batch: &Batch) -> String {
        let counts = batch.request_counts.as_ref();
        let number = |number: Option<i64>| number.map_or_else(String::new, |it| it.to_string());
        let rfc3339 = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        match self {
            Self::Id => batch.id.clone(),
            Self::Name => name(batch).to_owned(),
            Self::Status => batch.status.as_str().to_owned(),
            Self::CreatedAt => created(batch, rfc3339),
            Self::DueAt | Self::EndedAt => self.time(batch).map_or_else(String::new, rfc3339),
            Self::Requests => counts.map_or_else(String::new, requests),
            Self::Progress => progress(batch),
            Self::Total => number(counts.map(|it| it.total)),
            Self::Completed => number(counts.map(|it| it.completed)),
            Self::Failed => number(counts.map(|it| it.failed)),
            Self::Endpoint => batch.endpoint.clone(),
            Self::CompletionWindow => batch.completion_window.clone(),
            Self::OutputFileId => batch.output_file_id.clone().unwrap_or_default(),
            Self::ErrorFileId => batch.error_file_id.clone().unwrap_or_default(),
            // What is left of it: secrets are masked before rows come here.
            Self::InputFileId => batch.input_file_id.expose().to_owned(),
            Self::Outcome => batch.outcome().name().to_owned(),
            Self::Reason => reason(batch),
        }
    }

    fn time(self, batch: &Batch) -> Option<Timestamp> {
        match self {
            Self::DueAt if !batch.is_terminal() => batch.due(),
            Self::EndedAt => batch.ended(),
            _ => None,
        }
    }
}

/// When the batch was created; the number as it came if it is no time.
fn created(batch: &Batch, show: impl Fn(Timestamp) -> String) -> String {
    match batch.created() {
        Some(time) => show(time),
        None => batch.created_at.to_string(),
    }
}

fn progress(batch: &Batch) -> String {
    let Some(counts) = &batch.request_counts else {
        return String::new();
    };
    let (total, done) = (counts.total, counts.completed.saturating_add(counts.failed));
    if total <= 0 {
        return String::new();
    }
    // Rounded down: what is not done is not 100%.
    let percent = i128::from(done.clamp(0, total)) * 100 / i128::from(total);
    format!("{percent}%")
}

fn requests(counts: &BatchRequestCounts) -> String {
    let BatchRequestCounts {
        total,
        completed,
        failed,
        ..
    } = counts;
    if *failed == 0 {
        format!("{completed}/{total}")
    } else {
        format!("{completed}/{total}, {failed} failed")
    }
}
