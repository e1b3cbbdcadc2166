//! One line for each change, for logs and for people who read them.

use std::io::{self, Write};

use qwen_batches::{Batch, WatchEvent};

use super::pace;
use crate::batch::reason;
use crate::layout::{Cell, Column as Place, Layout};
use crate::output::Column;
use crate::times::Times;

/// Writes the line of a change, if it is one of a batch.
pub(super) fn write(change: &WatchEvent, out: &mut dyn Write) -> io::Result<()> {
    let Some((batch, what)) = what(change) else {
        return Ok(());
    };
    let times = Times::Utc;
    let cells = [
        Cell::plain(times.show(change.at())),
        Cell::plain(what),
        Column::Requests.cell(batch, &times),
        Column::Name.cell(batch, &times),
        Column::Id.cell(batch, &times),
        Cell::plain(change.estimate().map_or_else(|| reason(batch), pace::note)),
    ];
    let place = |usual: usize| Place {
        title: String::new(),
        usual,
        least: None,
        rank: 0,
    };
    let places = vec![
        place(times.width()),
        place("validating -> in_progress".len()),
        Column::Requests.place(&times),
        Column::Name.place(&times),
        Column::Id.place(&times),
        Column::Reason.place(&times),
    ];
    writeln!(out, "{}", Layout::fixed(places, false).line(&cells))?;
    out.flush()
}

/// What has happened to a batch, in short.
fn what(change: &WatchEvent) -> Option<(&Batch, String)> {
    let batch = change.batch()?;
    let status = &batch.status;
    let what = match change {
        WatchEvent::Appeared { .. } => format!("+ {status}"),
        WatchEvent::StatusChanged { from, .. } => format!("{from} -> {status}"),
        WatchEvent::Finished {
            from: Some(from), ..
        } => format!("{from} -> {status}"),
        // Its line is that of its appearance.
        WatchEvent::Finished { from: None, .. } => return None,
        WatchEvent::Stuck { .. } => format!("? {status}"),
        WatchEvent::Gone { .. } => format!("- {status}"),
        _ => status.to_string(),
    };
    Some((batch, what))
}
