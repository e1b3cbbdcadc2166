//! The file of `list --checkpoint`: how far a list is, for the next run.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
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

/// No checkpoint file is larger: what is, is something else.
const MAX_BYTES: u64 = 1 << 20;

/// What is stored at `path`, if there is such a file.
pub(crate) fn read(path: &Path) -> Result<Option<Stored>, Failure> {
    let failed =
        |reason: String| Failure::new(Exit::Usage, format!("{}: {reason}", path.display()));
    let unreadable = |error| failed(format!("cannot be read: {error}"));
    // Before it is opened: a device or a pipe might not even open, or never end.
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Err(failed("not a regular file; name another one".to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    let stored = if bytes.len() as u64 > MAX_BYTES {
        None
    } else {
        parse(&bytes)
    };
    stored.map(Some).ok_or_else(|| {
        failed(
            "not a checkpoint of `list --checkpoint`; name another file, or remove it".to_owned(),
        )
    })
}

fn parse(text: &[u8]) -> Option<Stored> {
    let value: Value = serde_json::from_slice(text).ok()?;
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
