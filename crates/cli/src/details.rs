//! One batch, as lines for a person.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;
use jiff::Timestamp;
use qwen_batches::{Batch, BatchExt as _, Outcome};
use serde_json::Value;

use crate::batch::{describe, name, reason};
use crate::output::Column;
use crate::style::{self, paint};
use crate::terminal::escape;
use crate::times::{self, Times};

/// How wide the names of lines are.
const LABEL: usize = 14;

/// Writes what there is to know of a batch, of which secrets are masked already.
pub(crate) fn write(
    batch: &Batch,
    times: &Times,
    color: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut lines = Lines { out, color };
    lines.line("id", &batch.id)?;
    lines.line("name", name(batch))?;
    outcome(batch, &mut lines)?;
    let text = |column: Column| column.text(batch);
    let progress = match text(Column::Progress) {
        percent if percent.is_empty() => String::new(),
        percent => format!(" ({percent} done)"),
    };
    lines.line("requests", &(text(Column::Requests) + &progress))?;
    for (label, time) in life(batch, times) {
        lines.line(label, &time)?;
    }
    lines.line("window", &batch.completion_window)?;
    lines.line("endpoint", &batch.endpoint)?;
    lines.line("input file", &text(Column::InputFileId))?;
    lines.line("output file", &text(Column::OutputFileId))?;
    lines.line("error file", &text(Column::ErrorFileId))?;
    let metadata = serde_json::to_value(&batch.metadata).unwrap_or_default();
    let metadata = metadata.as_object().into_iter().flatten();
    let metadata = metadata.filter(|(key, _)| *key != "ds_name").map(member);
    lines.list("metadata", metadata, style::PLAIN)?;
    lines.list("other", batch.extra.iter().map(member), style::PLAIN)?;
    let errors = batch.line_errors().iter().map(describe);
    lines.list("errors", errors, style::BAD)?;
    Ok(())
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    color: bool,
}

impl Lines<'_> {
    /// What there is not is a hyphen.
    fn line(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.styled(label, text, style::PLAIN)
    }

    fn styled(&mut self, label: &str, text: &str, style: Style) -> io::Result<()> {
        let label = format!("{label:LABEL$}");
        let label = paint(&label, style::HEADER, self.color);
        let text = if text.is_empty() { "-" } else { text };
        let text = paint(&escape(text), style, self.color);
        writeln!(self.out, "{label}{text}")
    }

    /// A line for each of several texts; none if there is no text.
    fn list(
        &mut self,
        mut label: &str,
        texts: impl Iterator<Item = String>,
        style: Style,
    ) -> io::Result<()> {
        for text in texts {
            self.styled(std::mem::take(&mut label), &text, style)?;
        }
        Ok(())
    }
}

/// What came of the batch, and its status if that is another word.
fn outcome(batch: &Batch, lines: &mut Lines<'_>) -> io::Result<()> {
    let outcome = batch.outcome();
    let mut text = outcome.name().to_owned();
    let why = match outcome {
        // Each error has a line below.
        Outcome::Refused { errors, .. } if !errors.is_empty() => String::new(),
        _ => reason(batch),
    };
    if !why.is_empty() {
        text.push_str(&format!(": {why}"));
    }
    lines.styled("outcome", &text, style::of(batch))?;
    lines.styled("status", batch.status.as_str(), style::of(batch))
}

/// The times of the batch, each with how long after its creation that was.
fn life(batch: &Batch, times: &Times) -> Vec<(&'static str, String)> {
    let set = |seconds: Option<i64>| seconds.filter(|seconds| *seconds != 0);
    let due = batch.due().map(Timestamp::as_second);
    let events = [
        ("in progress", batch.in_progress_at),
        ("finalizing", batch.finalizing_at),
        ("cancelling", batch.cancelling_at),
        ("completed", batch.completed_at),
        ("failed", batch.failed_at),
        ("expired", batch.expired_at),
        ("cancelled", batch.cancelled_at),
        ("due", due.filter(|_| !batch.is_terminal())),
    ];
    let created = [("created", point(batch.created_at, times))];
    let later = events.into_iter().filter_map(|(label, seconds)| {
        let seconds = set(seconds)?;
        let time = point(seconds, times);
        let moments = [seconds, batch.created_at].map(Timestamp::from_second);
        let since = match moments {
            [Ok(time), Ok(created)] => Duration::try_from(time.duration_since(created)).ok(),
            _ => None,
        };
        let since = since.map(|since| format!(", {} after creation", times::span(since)));
        Some((label, time + &since.unwrap_or_default()))
    });
    created.into_iter().chain(later).collect()
}

/// A time in full, on a terminal with how far it is; the number as it came if it is no time.
fn point(seconds: i64, times: &Times) -> String {
    let Ok(time) = Timestamp::from_second(seconds) else {
        return seconds.to_string();
    };
    match times {
        Times::Relative(_) => format!("{} UTC, {}", Times::Utc.show(time), times.show(time)),
        Times::Utc => format!("{} UTC", times.show(time)),
        Times::Local(_) => times.show(time),
    }
}

/// A member of an object, as one reads it.
fn member((name, value): (&String, &Value)) -> String {
    match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    }
}
