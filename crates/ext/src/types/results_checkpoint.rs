//! The place where the results of a batch were left, to resume them.

use std::fmt;
use std::hash::Hasher as _;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::types::checkpoint::ParseCheckpointError;
use crate::types::result_line::ResultFile;

/// Grows when what is written now could not be read as before.
const VERSION: u32 = 1;

/// The position in the results of a batch: which server and batch, and how many lines of
/// which content were passed.
///
/// [`ResultLines::checkpoint`](crate::ResultLines::checkpoint) gives it, errors carry it
/// ([`Error::results_checkpoint`](crate::Error::results_checkpoint)), and
/// [`Results::resume`](crate::Results::resume) continues there, in this process or another. What was
/// delivered is read again, and must be what it was.
///
/// It can be stored with serde or as a string without spaces: `Display` writes the string and
/// `FromStr` parses it. It holds no key, no secret and nothing of the results.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultsCheckpoint {
    v: u32,
    server: String,
    batch: String,
    output: FileMark,
    error: FileMark,
    delivered: u64,
    ended: bool,
}

/// How far a file was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileMark {
    /// Of its id; 0 for no file.
    file: u64,
    pub(crate) lines: u64,
    /// Of all bytes of these lines.
    pub(crate) digest: u32,
}

impl FileMark {
    pub(crate) fn start(id: Option<&str>) -> Self {
        let mut hasher = fnv::FnvHasher::default();
        hasher.write(id.unwrap_or_default().as_bytes());
        Self {
            file: id.map_or(0, |_| hasher.finish()),
            lines: 0,
            digest: 0,
        }
    }
}

impl ResultsCheckpoint {
    pub(crate) fn start(server: &str, batch: &str, files: [Option<&str>; 2]) -> Self {
        let [output, error] = files.map(FileMark::start);
        Self {
            v: VERSION,
            server: server.to_owned(),
            batch: batch.to_owned(),
            output,
            error,
            delivered: 0,
            ended: false,
        }
    }

    /// The id of the batch.
    pub fn batch(&self) -> &str {
        &self.batch
    }

    /// The base URL of the server that it belongs to.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// How many lines were delivered so far, in all runs together.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Whether all lines were read, so that there is nothing to go on to.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn mark(&self, file: ResultFile) -> FileMark {
        match file {
            ResultFile::Output => self.output,
            ResultFile::Error => self.error,
        }
    }

    /// Counts a line as passed; `digest` is that of all lines of the file up to it.
    pub(crate) fn pass(&mut self, file: ResultFile, lines: u64, digest: u32) {
        let mark = match file {
            ResultFile::Output => &mut self.output,
            ResultFile::Error => &mut self.error,
        };
        (mark.lines, mark.digest) = (lines, digest);
    }

    pub(crate) fn deliver(&mut self) {
        self.delivered = self.delivered.saturating_add(1);
    }

    pub(crate) fn end(&mut self) {
        self.ended = true;
    }

    /// Why results that start at `start` cannot go on here, if they cannot.
    pub(crate) fn conflict(&self, start: &Self) -> Option<String> {
        if self.v != VERSION {
            let v = self.v;
            return Some(format!(
                "the checkpoint has version {v}, this program reads version {VERSION}"
            ));
        }
        for (what, own, other) in [
            ("server", &self.server, &start.server),
            ("batch", &self.batch, &start.batch),
        ] {
            if own != other {
                return Some(format!(
                    "the checkpoint belongs to the {what} {own}, not to {other}"
                ));
            }
        }
        let differs = |one: FileMark, other: FileMark| one.lines > 0 && one.file != other.file;
        let moved = differs(self.output, start.output) || differs(self.error, start.error);
        moved.then(|| "the batch has other files now; start anew".to_owned())
    }
}

impl fmt::Display for ResultsCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(json))
    }
}

impl FromStr for ResultsCheckpoint {
    type Err = ParseCheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let json = URL_SAFE_NO_PAD.decode(text.trim());
        let json = json.map_err(|_| ParseCheckpointError::new(None))?;
        serde_json::from_slice(&json).map_err(|error| ParseCheckpointError::new(Some(error)))
    }
}
