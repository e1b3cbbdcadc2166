//! The table of a watch, as lines that fit a terminal.

use jiff::Timestamp;
use qwen_batches::{Batch, BatchExt as _};

use super::board::{Board, Entry};
use super::pace;
use crate::layout::{Cell, Column as Place, Layout};
use crate::output::Column;
use crate::style;
use crate::times::Times;

const BAR: usize = 12;

/// The columns, and who gets room first.
const COLUMNS: [(Option<Column>, u8); 8] = [
    (Some(Column::Status), 0),
    (Some(Column::Name), 0),
    (Some(Column::CreatedAt), 6),
    // The bar.
    (None, 1),
    (Some(Column::Failed), 4),
    (Some(Column::DueAt), 5),
    (Some(Column::Id), 2),
    // How it goes on, and in the end why it has not brought what was asked of it.
    (Some(Column::Reason), 3),
];

/// The lines of the table: a header, as many batches as there is room for, and how many others
/// there are.
pub(super) fn lines(
    board: &Board,
    now: Timestamp,
    columns: usize,
    room: usize,
    color: bool,
) -> Vec<String> {
    let entries = board.entries();
    // A header, and a line for those that are not shown.
    let shown = if entries.len() < room {
        entries.len()
    } else {
        room.saturating_sub(2)
    };
    if shown == 0 {
        return Vec::new();
    }
    let (entries, hidden) = choose(entries, shown);

    let times = Times::Relative(now);
    let places = COLUMNS.map(|(column, rank)| match column {
        Some(Column::Reason) => Place {
            title: "NOTE".to_owned(),
            rank,
            ..Column::Reason.place(&times)
        },
        Some(column) => Place {
            rank,
            ..column.place(&times)
        },
        None => Place {
            title: "PROGRESS".to_owned(),
            usual: BAR + "[] 100%".len(),
            least: None,
            rank,
        },
    });
    let rows: Vec<Vec<Cell>> = entries
        .iter()
        .map(|entry| {
            let cells = COLUMNS.map(|(column, _)| cell(column, entry, &times, now));
            cells.to_vec()
        })
        .collect();
    let layout = Layout::fitted(places.to_vec(), columns, &rows, color);
    let mut lines = vec![layout.header()];
    lines.extend(rows.iter().map(|row| layout.line(row)));
    if hidden > 0 {
        lines.push(format!("... and {hidden} more"));
    }
    lines
}

/// As many entries as there is room for, in their order, and how many others there are. Those that
/// are over give way first, the oldest before the others.
fn choose(entries: Vec<&Entry>, room: usize) -> (Vec<&Entry>, usize) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|place| entries[*place].is_over());
    order.truncate(room);
    order.sort_unstable();
    let hidden = entries.len() - order.len();
    (order.iter().map(|place| entries[*place]).collect(), hidden)
}

fn cell(column: Option<Column>, entry: &Entry, times: &Times, now: Timestamp) -> Cell {
    let batch = &entry.batch;
    let failed = batch.request_counts.as_ref().map_or(0, |it| it.failed);
    match column {
        None => Cell::plain(bar(batch)),
        Some(Column::Reason) => note(entry, times),
        Some(Column::Status) if entry.is_gone => Cell {
            text: "gone".to_owned(),
            style: style::BAD,
        },
        Some(Column::Failed) if failed > 0 => Cell {
            style: style::BAD,
            ..Column::Failed.cell(batch, times)
        },
        Some(Column::DueAt) if is_overdue(entry, now) => Cell {
            style: style::BAD,
            ..Column::DueAt.cell(batch, times)
        },
        Some(column) => column.cell(batch, times),
    }
}

fn note(entry: &Entry, times: &Times) -> Cell {
    let Some(estimate) = entry.estimate.as_ref().filter(|_| !entry.is_over()) else {
        return Column::Reason.cell(&entry.batch, times);
    };
    let style = match estimate.is_stuck {
        true => style::BAD,
        false => style::PLAIN,
    };
    let text = match pace::note(estimate) {
        text if text.is_empty() => "-".to_owned(),
        text => text,
    };
    Cell { text, style }
}

fn is_overdue(entry: &Entry, now: Timestamp) -> bool {
    !entry.is_over() && entry.batch.due().is_some_and(|due| due < now)
}

/// How much is done, failed requests included: `[=====>    ] 45%`.
fn bar(batch: &Batch) -> String {
    let Some(progress) = batch.progress() else {
        return "-".to_owned();
    };
    let full = (progress * BAR as f64) as usize;
    let mut bar = "=".repeat(full.min(BAR));
    if full < BAR {
        bar.push('>');
    }
    // Rounded down: what is not done is not 100%.
    format!("[{bar:BAR$}] {}%", (progress * 100.0) as u32)
}
