//! Comma-separated values.
//!
//! Cells are never altered. A name that starts with `=`, `+`, `-` or `@` is a formula to a
//! spreadsheet, and an apostrophe put before it would disarm it there; but every other reader of
//! the file would then get a name that no batch has.

use std::io::{self, Write};

use qwen_batches_ext::Batch;

use super::{Rows, created, name};

const HEADER: [&str; 11] = [
    "id",
    "name",
    "status",
    "created_at",
    "endpoint",
    "total",
    "completed",
    "failed",
    "output_file_id",
    "error_file_id",
    "input_file_id",
];

pub(super) struct Csv<'a> {
    out: csv::Writer<&'a mut dyn Write>,
}

impl<'a> Csv<'a> {
    pub(super) fn start(has_header: bool, out: &'a mut dyn Write) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        if has_header {
            out.write_record(HEADER).map_err(io_error)?;
        }
        Ok(Self { out })
    }
}

impl Rows for Csv<'_> {
    fn write(&mut self, batch: &Batch) -> io::Result<()> {
        let counts = &batch.request_counts;
        let cells: [&str; HEADER.len()] = [
            &batch.id,
            name(batch),
            batch.status.as_str(),
            &created(batch, "%Y-%m-%dT%H:%M:%SZ"),
            &batch.endpoint,
            &counts.total.to_string(),
            &counts.completed.to_string(),
            &counts.failed.to_string(),
            batch.output_file_id.as_deref().unwrap_or_default(),
            batch.error_file_id.as_deref().unwrap_or_default(),
            // What is left of it: secrets are masked before rows come here.
            batch.input_file_id.expose(),
        ];
        self.out.write_record(cells).map_err(io_error)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The error below, whose kind tells a closed pipe; csv's own conversion hides it.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
