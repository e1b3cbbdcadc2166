//! The file of `list --checkpoint`: how far a list is, for the next run.

use std::path::Path;

use jiff::Timestamp;
use qwen_batches::Checkpoint;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::stored_file::StoredFile;

/// What the file holds.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The "now" of the first run. Ages among the filters count from it in the others, too: else
    /// each run would have a filter of its own.
    pub(crate) now: Timestamp,
    pub(crate) checkpoint: Checkpoint,
}

const KIND: StoredFile = StoredFile {
    content: "checkpoint",
    option: "list --checkpoint",
    max_bytes: 1 << 20,
};

/// What is stored at `path`, if there is such a file.
pub(crate) fn read(path: &Path) -> Result<Option<Stored>, Failure> {
    KIND.read(path, parse)
}

/// Stores at `path`, in one step.
pub(crate) fn write(path: &Path, stored: &Stored) -> Result<(), Failure> {
    let value = json!({
        "now": stored.now.to_string(),
        "checkpoint": stored.checkpoint.to_string(),
    });
    KIND.write(path, &format!("{value}\n"))
}

fn parse(text: &[u8]) -> Option<Stored> {
    let value: Value = serde_json::from_slice(text).ok()?;
    Some(Stored {
        now: value["now"].as_str()?.parse().ok()?,
        checkpoint: value["checkpoint"].as_str()?.parse().ok()?,
    })
}
