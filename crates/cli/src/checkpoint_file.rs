//! The file of `list --checkpoint`: how far a list is, for the next run.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use qwen_batches::Checkpoint;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;

/// What the file holds.
#[derive(Debug)]
pub(crate) struct Stored {
    /// The "now" of the first run. Ages among the filters count from it in the others, too: else
    /// each run would have a filter of its own.
    pub(crate) now: Timestamp,
    pub(crate) checkpoint: Checkpoint,
}

/// What is stored at `path`, if there is such a file.
pub(crate) fn read(path: &Path) -> Result<Option<Stored>, Failure> {
    let failed =
        |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", path.display()));
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(format!("cannot be read: {error}"))),
    };
    parse(&text).map(Some).ok_or_else(|| {
        failed(
            "not a checkpoint of `list --checkpoint`; name another file, or remove it".to_owned(),
        )
    })
}

fn parse(text: &str) -> Option<Stored> {
    let value: Value = serde_json::from_str(text).ok()?;
    Some(Stored {
        now: value["now"].as_str()?.parse().ok()?,
        checkpoint: value["checkpoint"].as_str()?.parse().ok()?,
    })
}

/// Stores at `path`, in one step: whoever reads it finds the old text or the new one, even if the
/// process is killed meanwhile.
pub(crate) fn write(path: &Path, stored: &Stored) -> Result<(), Failure> {
    let value = json!({
        "now": stored.now.to_string(),
        "checkpoint": stored.checkpoint.to_string(),
    });
    replace(path, format!("{value}\n").as_bytes()).map_err(|error| {
        let path = path.display();
        Failure::new(
            Exit::Failure,
            format!("{path}: the checkpoint cannot be written: {error}"),
        )
    })
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    let temporary = PathBuf::from(name);
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}
