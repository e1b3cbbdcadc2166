//! Batches as text: one module for each format.

mod columns;
mod csv;
mod format;
mod ids;
mod json;
mod jsonl;
mod table;

use std::io::{self, Write};

pub(crate) use columns::Column;
pub(crate) use format::{Format, RenderOptions};

use format::Rows;

use crate::streams::Streams;
use crate::terminal;

/// Names the columns for which there was no room, if there are any, in one line of the terminal.
pub(crate) fn note_hidden(titles: &[String], streams: &mut Streams<'_>) {
    if !titles.is_empty() {
        let list = titles.join(", ");
        let note = format!("note: no room for {list} (see --columns and --output)");
        let width = streams.screen.err_width.unwrap_or(usize::MAX);
        let width = width.min(note.len());
        streams.note(terminal::fit(&note, width).trim_end());
    }
}

/// Starts to print rows to `out`. A header stands at most at the start of a list, so that the
/// outputs of resumed runs, put together, are those of one.
pub(crate) fn rows<'a>(
    format: Format,
    options: RenderOptions,
    has_header: bool,
    out: &'a mut dyn Write,
) -> io::Result<Box<dyn Rows + 'a>> {
    Ok(match format {
        Format::Table => Box::new(table::Table::start(options, has_header, out)),
        Format::Json => Box::new(json::Json::start(out)?),
        Format::Jsonl => Box::new(jsonl::Jsonl::start(out)),
        Format::Csv => Box::new(csv::Csv::start(options, has_header, out)?),
        Format::Ids => Box::new(ids::Ids::start(out)),
    })
}
