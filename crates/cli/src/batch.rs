//! What one wants to know of a batch before it is printed.

use qwen_batches::{Batch, BatchError, BatchExt as _, Outcome};

/// The names of all outcomes, as one types them.
pub(crate) const OUTCOMES: [&str; 8] = [
    "under_way",
    "succeeded",
    "succeeded_in_part",
    "all_failed",
    "refused",
    "expired",
    "cancelled",
    "unknown",
];

/// The name of a batch, empty if it has none.
pub(crate) fn name(batch: &Batch) -> &str {
    batch.name().unwrap_or_default()
}

/// Why a batch has not brought what was asked of it, in a line; empty if it has, or may yet.
pub(crate) fn reason(batch: &Batch) -> String {
    match batch.outcome() {
        Outcome::AllFailed => "every request failed".to_owned(),
        Outcome::Refused { errors, .. } => match errors.as_slice() {
            [] => "no reason given".to_owned(),
            [error] => describe(error),
            [error, more @ ..] => format!("{} (and {} more)", describe(error), more.len()),
        },
        Outcome::Expired { finished, .. } => {
            let window = match batch.completion_window.as_str() {
                "" => "its window",
                window => window,
            };
            format!("not done in {window}{}", rest(batch, finished))
        }
        Outcome::Cancelled { finished, .. } => format!("cancelled{}", rest(batch, finished)),
        _ => String::new(),
    }
}

/// An error in words.
pub(crate) fn describe(error: &BatchError) -> String {
    let line = error.line.map(|line| format!("line {line}"));
    let parts = [error.code.clone(), line, error.param.clone()];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let mut text = parts.join(", ");
    if let Some(message) = &error.message {
        let separator = if text.is_empty() { "" } else { ": " };
        text.push_str(separator);
        text.push_str(message);
    }
    match text.is_empty() {
        true => "no reason given".to_owned(),
        false => text,
    }
}

/// How much was done by the end.
fn rest(batch: &Batch, finished: Option<bool>) -> String {
    match (finished, &batch.request_counts) {
        (Some(true), Some(counts)) if counts.completed > 0 => {
            format!(", {} of {} finished", counts.completed, counts.total)
        }
        (Some(true), _) => ", some requests finished".to_owned(),
        (Some(false), _) => ", no request finished".to_owned(),
        (None, _) => String::new(),
    }
}
