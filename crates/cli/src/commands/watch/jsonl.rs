//! One JSON object for each change, for programs.

use std::io::{self, Write};

use qwen_batches::{BatchExt as _, WatchEvent};
use serde_json::{Value, json};

use super::pace;
use crate::terminal;

/// Writes the object of a change, if it has one.
pub(super) fn write(change: &WatchEvent, out: &mut dyn Write) -> io::Result<()> {
    if let Some(object) = object(change) {
        writeln!(out, "{}", terminal::escape_json(object.to_string()))?;
        out.flush()?;
    }
    Ok(())
}

/// The object of a change.
pub(super) fn object(change: &WatchEvent) -> Option<Value> {
    let time = change.at().to_string();
    if let WatchEvent::PollFailed(poll) = change {
        return Some(json!({
            "time": time,
            "change": change.name(),
            "failures": poll.failures,
            "error": format!("{:#}", poll.error),
            "pause_seconds": poll.pause.as_secs(),
        }));
    }
    let from = match change {
        WatchEvent::StatusChanged { from, .. } => json!(from),
        WatchEvent::Progressed { from, .. } => json!(from),
        WatchEvent::Finished { from, .. } => json!(from),
        _ => Value::Null,
    };
    Some(json!({
        "id": change.id()?,
        "time": time,
        "change": change.name(),
        "from": from,
        "batch": change.batch()?.known(),
        "estimate": change.estimate().map(pace::object),
    }))
}
