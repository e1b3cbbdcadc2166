//! What the formats have in common.

use std::io;

use clap::ValueEnum;
use qwen_batches::Batch;

use super::columns::Column;
use crate::screen::Screen;
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
