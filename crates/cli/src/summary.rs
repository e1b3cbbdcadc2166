//! What a list comes to: what needs somebody, then the totals.

mod html;
mod json;
mod text;
mod timeline;
mod totals;
mod triage;
mod usual;
mod validation_errors;

use std::io::{self, Write};

use clap::ValueEnum;

pub(crate) use totals::Summary;

use crate::output::RenderOptions;
use crate::terminal::escape_json;

/// How a summary is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // Columns for people; no more than 10 batches of a kind are named
    #[default]
    Table,
    // One JSON object; times in RFC 3339, UTC
    Json,
    // A page for a browser, in one file, with a picture of each batch
    Html,
}

/// Writes `summary` to `out`.
///
/// Returns the columns for which there was no room.
pub(crate) fn write(
    summary: &Summary,
    format: Format,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<Vec<String>> {
    let mut hidden = Vec::new();
    match format {
        Format::Table => hidden = text::write(summary, options, out)?,
        Format::Json => {
            let object = json::object(summary);
            writeln!(out, "{}", escape_json(format!("{object:#}")))?;
        }
        Format::Html => writeln!(out, "{}", html::page(summary))?,
    }
    out.flush()?;
    Ok(hidden)
}
