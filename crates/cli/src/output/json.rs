//! One JSON array. Its end is written only when the list is complete, so that a list that broke
//! off cannot be taken for a whole one.

use std::io::{self, Write};

use qwen_batches::{Batch, BatchExt as _};

use super::format::Rows;
use crate::terminal::escape_json;

pub(super) struct Json<'a> {
    out: &'a mut dyn Write,
    is_empty: bool,
}

impl<'a> Json<'a> {
    pub(super) fn start(out: &'a mut dyn Write) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self {
            out,
            is_empty: true,
        })
    }
}

impl Rows for Json<'_> {
    fn write(&mut self, batches: &[Batch]) -> io::Result<()> {
        for batch in batches {
            // The comma stands before its row, not behind the last one: a row is printed to the
            // end of its line without knowing whether another follows.
            let lead = if self.is_empty { "\n  " } else { ", " };
            self.is_empty = false;
            self.out.write_all(lead.as_bytes())?;
            writeln!(
                self.out,
                "{}",
                escape_json(serde_json::to_string(&batch.known())?)
            )?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        // A bracket alone helps nobody, and on a terminal a spinner may share its line.
        if self.is_empty {
            return Ok(());
        }
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.write_all(b"]\n")?;
        self.out.flush()
    }
}
