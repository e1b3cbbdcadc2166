//! One id a line. A line break in an id is escaped: it would forge another id.

use std::io::{self, Write};

use qwen_batches::Batch;

use super::format::Rows;
use crate::terminal::escape;

pub(super) struct Ids<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Ids<'a> {
    pub(super) fn start(out: &'a mut dyn Write) -> Self {
        Self { out }
    }
}

impl Rows for Ids<'_> {
    fn write(&mut self, batches: &[Batch]) -> io::Result<()> {
        for batch in batches {
            writeln!(self.out, "{}", escape(&batch.id))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
