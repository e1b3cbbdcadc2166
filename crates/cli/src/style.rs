//! Colours, of which each says one thing.

use anstyle::{AnsiColor, Style};
use qwen_batches_ext::{Batch, BatchStatus};

/// No colour.
pub(crate) const PLAIN: Style = Style::new();

/// What stands above columns.
pub(crate) const HEADER: Style = Style::new().bold();

/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// How a batch is doing: green is well, red is not, yellow was called off.
pub(crate) fn of(batch: &Batch) -> Style {
    let counts = &batch.request_counts;
    // A batch is completed even if every one of its requests failed.
    if batch.status == BatchStatus::Completed && counts.completed == 0 && counts.failed > 0 {
        return BAD;
    }
    of_status(&batch.status)
}

/// The colour of a status.
pub(crate) fn of_status(status: &BatchStatus) -> Style {
    match status {
        BatchStatus::Completed => AnsiColor::Green.on_default(),
        BatchStatus::Failed | BatchStatus::Expired => BAD,
        BatchStatus::Cancelling | BatchStatus::Cancelled => AnsiColor::Yellow.on_default(),
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
