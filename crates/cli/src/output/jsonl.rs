//! One JSON object a line, with the keys and the order of the wire.

use std::io::{self, Write};

use qwen_batches::{Batch, BatchExt as _};

use super::format::Rows;
use crate::terminal::escape_json;

pub(super) struct Jsonl<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Jsonl<'a> {
    pub(super) fn start(out: &'a mut dyn Write) -> Self {
        Self { out }
    }
}

impl Rows for Jsonl<'_> {
    fn write(&mut self, batches: &[Batch]) -> io::Result<()> {
        for batch in batches {
            writeln!(
                self.out,
                "{}",
                escape_json(serde_json::to_string(&batch.known())?)
            )?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
