//! Comma-separated values.
//!
//! In a file or a pipe cells are never altered; on a terminal they are escaped. A name that starts with `=`, `+`, `-` or `@` is a formula to a
//! spreadsheet, and an apostrophe put before it would disarm it there; but every other reader of
//! the file would then get a name that no batch has.

use std::io::{self, Write};

use qwen_batches::Batch;

use super::columns::Column;
use super::format::{RenderOptions, Rows};
use crate::terminal::escape;
use crate::words::value_name;

pub(super) struct Csv<'a> {
    columns: Vec<Column>,
    is_terminal: bool,
    out: csv::Writer<&'a mut dyn Write>,
}

impl<'a> Csv<'a> {
    pub(super) fn start(
        options: RenderOptions,
        has_header: bool,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let columns = options.columns.unwrap_or_else(|| Column::CSV.to_vec());
        let mut out = csv::Writer::from_writer(out);
        if has_header {
            let names = columns.iter().map(value_name);
            out.write_record(names.collect::<Vec<_>>())
                .map_err(io_error)?;
        }
        Ok(Self {
            columns,
            is_terminal: options.screen.width.is_some(),
            out,
        })
    }
}

impl Rows for Csv<'_> {
    fn write(&mut self, batches: &[Batch]) -> io::Result<()> {
        for batch in batches {
            let cells = self.columns.iter().map(|column| {
                let text = column.text(batch);
                if self.is_terminal {
                    escape(&text).into_owned()
                } else {
                    text
                }
            });
            self.out
                .write_record(cells.collect::<Vec<_>>())
                .map_err(io_error)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The error below, whose kind shows a closed pipe; csv's own conversion hides it.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
