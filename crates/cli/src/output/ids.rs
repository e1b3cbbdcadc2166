//! One id a line.

use std::io::{self, Write};

use qwen_batches::Batch;

use super::Rows;

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
            writeln!(self.out, "{}", batch.id)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
