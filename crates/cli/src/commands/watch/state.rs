//! The file of `watch --state`: what was reported, for the next run.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};
use jiff::Timestamp;
use qwen_batches::{Client, Tracker, WatchEvent};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::mask;
use crate::stored_file::{StoredFile, beside, refused};

/// A batch that is named: its id, and when it was created, in Unix seconds.
pub(super) type Named = (String, i64);

const KIND: StoredFile = StoredFile {
    content: "state",
    option: "watch --state",
    // Room for 5 000 batches under way, with long names.
    max_bytes: 32 << 20,
};

/// How long to wait for another watch to end. One that was killed just when it started a command
/// may have the file for some milliseconds more, through that.
const PATIENCE: Duration = Duration::from_secs(1);

/// The file of a watch that has not begun.
#[derive(Debug)]
pub(super) struct OpenedFile {
    path: PathBuf,
    lock: File,
    /// What an earlier run has left in it.
    pub(super) stored: Option<Stored>,
}

/// The file of a watch under way.
#[derive(Debug)]
pub(super) struct StateFile {
    path: PathBuf,
    /// What keeps other watches from the file, until this process ends in whatever way.
    _lock: File,
    stored: Stored,
    client: Client,
    /// Whether events were recorded that are not stored.
    is_dirty: bool,
    /// When it was last stored, and how long that took.
    last: Option<(Instant, Duration)>,
}

/// What the file holds.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    /// The "now" of the first run. Ages among the filters count from it in the others, too: else
    /// each run would have a filter of its own.
    pub(super) now: Timestamp,
    /// Names of batches as they were typed.
    pub(super) ids: Vec<String>,
    /// What they stand for.
    pub(super) named: Vec<Named>,
    pub(super) tracker: Tracker,
}

impl OpenedFile {
    /// Opens the file of a watch of the batches with these names, and keeps others from it.
    pub(super) async fn open(path: &Path, ids: &[String]) -> Result<Self, Failure> {
        // Nothing is put beside what is no such file.
        KIND.read(path, parse)?;
        let lock = lock(path).await?;
        let stored = KIND.read(path, parse)?;
        if stored.as_ref().is_some_and(|stored| stored.ids != ids) {
            let reason = "the state is that of a watch of other ids; name another file, or \
                          remove it";
            return Err(refused(path, reason));
        }
        Ok(Self {
            path: path.to_owned(),
            lock,
            stored,
        })
    }

    /// The file of the watch that begins with this.
    pub(super) fn begin(self, stored: Stored, client: &Client) -> StateFile {
        StateFile {
            path: self.path,
            _lock: self.lock,
            stored,
            client: client.clone(),
            is_dirty: false,
            last: None,
        }
    }
}

impl StateFile {
    pub(super) fn tracker(&self) -> &Tracker {
        &self.stored.tracker
    }

    /// Takes note of an event that was delivered.
    pub(super) fn record(&mut self, event: &WatchEvent) {
        let tracker = &mut self.stored.tracker;
        tracker.record(event);
        // All other events have been masked.
        if matches!(event, WatchEvent::Began(_)) {
            mask::tracker(tracker, &self.client);
        }
        self.is_dirty = true;
    }

    /// Stores what was recorded, in one step.
    pub(super) fn store(&mut self) -> Result<(), Failure> {
        if !self.is_dirty {
            return Ok(());
        }
        let start = Instant::now();
        let text = self.stored.text().map_err(|error| {
            let path = self.path.display();
            Failure::new(Exit::Failure, format!("{path}: no state: {error}"))
        })?;
        KIND.write(&self.path, &text)?;
        self.is_dirty = false;
        self.last = Some((Instant::now(), start.elapsed()));
        Ok(())
    }

    /// Likewise, unless most of the time would be spent so: then it is left to the next time.
    pub(super) fn store_sparingly(&mut self) -> Result<(), Failure> {
        match self.last {
            Some((end, took)) if end.elapsed() < took => Ok(()),
            _ => self.store(),
        }
    }
}

impl Stored {
    fn text(&self) -> serde_json::Result<String> {
        let (now, ids, named) = (
            json!(self.now.to_string()),
            json!(self.ids),
            json!(self.named),
        );
        // By way of a value it would take several times as long.
        let tracker = serde_json::to_string(&self.tracker)?;
        Ok(format!(
            "{{\"now\":{now},\"ids\":{ids},\"named\":{named},\"tracker\":{tracker}}}\n"
        ))
    }
}

/// A file beside it, since the file itself is another one after each write.
async fn lock(path: &Path) -> Result<File, Failure> {
    let beside = beside(path, ".lock");
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true);
    let file = file.open(&beside).map_err(|error| {
        let message = format!("{}: cannot be written: {error}", beside.display());
        Failure::new(Exit::Failure, message)
    })?;
    let start = Instant::now();
    loop {
        match FileExt::try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                tokio::time::sleep(PATIENCE / 20).await;
            }
            Err(TryLockError::WouldBlock) => {
                let reason = "another watch has this file; wait for its end, or name another file";
                return Err(refused(path, reason));
            }
            // Some file systems of networks have no locks.
            Err(TryLockError::Error(error)) => {
                log::debug!("{} cannot be locked: {error}", beside.display());
                return Ok(file);
            }
        }
    }
}

fn parse(text: &[u8]) -> Option<Stored> {
    let mut value: Value = serde_json::from_slice(text).ok()?;
    Some(Stored {
        now: value["now"].as_str()?.parse().ok()?,
        ids: serde_json::from_value(value["ids"].take()).ok()?,
        named: serde_json::from_value(value["named"].take()).ok()?,
        tracker: serde_json::from_value(value["tracker"].take()).ok()?,
    })
}
