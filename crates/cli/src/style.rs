//! Colours, of which each says one thing.

use anstyle::{AnsiColor, Style};
use qwen_batches::{Batch, BatchExt as _, BatchStatus, Outcome};

/// No colour.
pub(crate) const PLAIN: Style = Style::new();

/// What stands above columns.
pub(crate) const HEADER: Style = Style::new().bold();

/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();

/// What was not expected, and may be well.
pub(crate) const NOTICE: Style = AnsiColor::Yellow.on_default();

/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// How a batch is doing: green is well, red is not, yellow was called off, cyan is at work.
pub(crate) fn of(batch: &Batch) -> Style {
    if batch.outcome() == Outcome::AllFailed {
        return BAD;
    }
    of_status(&batch.status)
}

/// The colour of a status.
pub(crate) fn of_status(status: &BatchStatus) -> Style {
    match status {
        BatchStatus::Completed => GOOD,
        BatchStatus::Failed | BatchStatus::Expired => BAD,
        BatchStatus::Cancelling | BatchStatus::Cancelled => NOTICE,
        BatchStatus::InProgress | BatchStatus::Finalizing => AnsiColor::Cyan.on_default(),
        _ => PLAIN,
    }
}

/// `text` in a style, or as it stands.
pub(crate) fn paint(text: &str, style: Style, color: bool) -> String {
    if color && style != PLAIN && !text.is_empty() {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}
