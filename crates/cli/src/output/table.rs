//! Columns for people. Their widths are fixed, since rows are printed before all are known.

use std::io::{self, Write};

use qwen_batches_ext::{Batch, BatchRequestCounts};

use super::{Rows, created, name};
use crate::terminal::{escape, fit};

/// The longest status that the contract lists, `in_progress`.
const STATUS: usize = 11;
const CREATED: usize = "2025-03-04 00:00:00".len();
const REQUESTS: usize = "40880/50000, 10000 failed".len();
const NAME: usize = 28;

pub(super) struct Table<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Table<'a> {
    pub(super) fn start(has_header: bool, out: &'a mut dyn Write) -> io::Result<Self> {
        let mut table = Self { out };
        if has_header {
            table.line(["STATUS", "CREATED (UTC)", "REQUESTS", "NAME", "ID"])?;
        }
        Ok(table)
    }

    /// The id is the last column, so that it is there in full, to be copied.
    fn line(&mut self, [status, created, requests, name, id]: [&str; 5]) -> io::Result<()> {
        writeln!(
            self.out,
            "{}  {}  {requests:REQUESTS$}  {}  {}",
            fit(status, STATUS),
            fit(created, CREATED),
            fit(name, NAME),
            escape(id)
        )
    }
}

impl Rows for Table<'_> {
    fn write(&mut self, batch: &Batch) -> io::Result<()> {
        let name = match name(batch) {
            "" => "-",
            name => name,
        };
        self.line([
            batch.status.as_str(),
            &created(batch, "%Y-%m-%d %H:%M:%S"),
            &requests(&batch.request_counts),
            name,
            &batch.id,
        ])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Numbers are never cut: large ones push the rest of their line to the right.
fn requests(counts: &BatchRequestCounts) -> String {
    let BatchRequestCounts {
        total,
        completed,
        failed,
        ..
    } = counts;
    if *failed == 0 {
        format!("{completed}/{total}")
    } else {
        format!("{completed}/{total}, {failed} failed")
    }
}
