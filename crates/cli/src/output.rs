//! Batches as text: one module for each format.

mod columns;
mod csv;
mod ids;
mod json;
mod jsonl;
mod table;

use std::io::{self, Write};

use clap::ValueEnum;
use qwen_batches::Batch;

pub(crate) use columns::Column;

use crate::screen::Screen;
use crate::terminal;
use crate::times::Times;

/// How batches are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // Columns for people, as many as the terminal has room for; long names cut
    #[default]
    Table,
    // One JSON array; whole only once the last row is there
    Json,
    // One JSON object a line
    Jsonl,
    // Comma-separated values with a header; text is not altered
    Csv,
    // One id a line
    Ids,
}

/// What people see of a list.
#[derive(Clone, Debug)]
pub(crate) struct RenderOptions {
    /// The columns that were asked for.
    pub(crate) columns: Option<Vec<Column>>,
    pub(crate) times: Times,
    pub(crate) screen: Screen,
}

/// Rows on their way out, one after the other. What is printed does not depend on pages to come.
pub(crate) trait Rows {
    /// Writes the rows of a page.
    fn write(&mut self, batches: &[Batch]) -> io::Result<()>;

    /// Brings the rows so far to their reader.
    fn flush(&mut self) -> io::Result<()>;

    /// Ends a list that is complete.
    fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }

    /// The columns for which there was no room.
    fn hidden(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Names the columns for which there was no room, if there are any, in one line of the terminal.
pub(crate) fn note_hidden(titles: &[String], screen: &Screen, err: &mut dyn Write) {
    if !titles.is_empty() {
        let list = titles.join(", ");
        let note = format!("note: no room for {list} (see --columns and --output)");
        let width = screen.err_width.unwrap_or(usize::MAX).min(note.len());
        terminal::line(err, terminal::fit(&note, width).trim_end());
    }
}

/// Starts to print rows to `out`. A header stands only at the start of a list, so that the outputs
/// of resumed runs, put together, are those of one.
pub(crate) fn rows<'a>(
    format: Format,
    options: RenderOptions,
    is_at_start: bool,
    out: &'a mut dyn Write,
) -> io::Result<Box<dyn Rows + 'a>> {
    Ok(match format {
        Format::Table => Box::new(table::Table::start(options, is_at_start, out)),
        Format::Json => Box::new(json::Json::start(out)?),
        Format::Jsonl => Box::new(jsonl::Jsonl::start(out)),
        Format::Csv => Box::new(csv::Csv::start(options, is_at_start, out)?),
        Format::Ids => Box::new(ids::Ids::start(out)),
    })
}
