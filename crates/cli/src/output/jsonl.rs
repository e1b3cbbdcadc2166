//! One JSON object a line, with the keys and the order of the wire.

use std::io::{self, Write};

use qwen_batches::Batch;

use super::Rows;

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
            serde_json::to_writer(&mut *self.out, batch)?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
