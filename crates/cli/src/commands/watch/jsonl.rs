//! One JSON object for each change, for programs.

use std::io::{self, Write};

use jiff::Timestamp;
use qwen_batches::{BatchExt as _, WatchEvent};
use serde_json::{Value, json};

use crate::terminal;

/// Writes the object of a change.
pub(super) fn write(change: &WatchEvent, now: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    let (name, from) = match change {
        WatchEvent::Appeared { .. } => ("appeared", Value::Null),
        WatchEvent::StatusChanged { from, .. } => ("status_changed", from.as_str().into()),
        WatchEvent::Progressed { from, .. } => ("progressed", json!(from)),
        WatchEvent::Finished { from, .. } => {
            let from = from.as_ref().map(|status| status.as_str());
            ("finished", from.into())
        }
        WatchEvent::Gone { .. } => ("gone", Value::Null),
        WatchEvent::PollFailed(poll) => {
            let object = json!({
                "time": now.to_string(),
                "change": "poll_failed",
                "failures": poll.failures,
                "error": format!("{:#}", poll.error),
                "pause_seconds": poll.pause.as_secs(),
            });
            return line(&object, out);
        }
        _ => return Ok(()),
    };
    let Some(batch) = change.batch() else {
        return Ok(());
    };
    let object = json!({
        "time": now.to_string(),
        "change": name,
        "from": from,
        "batch": batch.known(),
    });
    line(&object, out)
}

fn line(object: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", terminal::escape_json(object.to_string()))?;
    out.flush()
}
