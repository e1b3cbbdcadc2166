//! What came of one request of a batch.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What came of one request of a batch: one line of its files. See
/// [`ResultLines`](crate::ResultLines).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultLine {
    /// The id that the batch's creator gave the request.
    pub custom_id: String,
    /// The id of the request, to be named when asking the vendor for help.
    pub request_id: Option<String>,
    /// The body of the response, or why there is none: judged by this line alone, whichever file it
    /// stands in.
    pub result: Result<ResultBody, FailedRequest>,
    /// The file it stands in.
    pub file: ResultFile,
    /// Its line in that file, from 1.
    pub line: u64,
}

/// One of the two files of a batch that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultFile {
    /// That of `output_file_id`. Failed requests may stand in it, too (reported).
    Output,
    /// That of `error_file_id`.
    Error,
}

/// The body of a response, as JSON that has not been read. `Debug` shows its size alone.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultBody {
    status: u16,
    json: Arc<str>,
}

/// Why a request of a batch has no result, as its line says it: without the key of the client, and
/// cut where a text is longer than 16 KiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedRequest {
    /// The status of its response; none if it has no response.
    pub status: Option<u16>,
    /// The short name of the error.
    pub code: Option<String>,
    /// The error in words.
    pub message: Option<String>,
}

/// A line of a file that is not what was promised, and so could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnreadableLine {
    /// The id of its request, where that is legible.
    pub custom_id: Option<String>,
    /// The file it stands in.
    pub file: ResultFile,
    /// Its line in that file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: String,
}

/// A file of a batch that the service refuses to give, as after it was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnreadableFile {
    /// Which of the two.
    pub file: ResultFile,
    /// How many of its lines were read before.
    pub lines: u64,
    /// The status of the response.
    pub status: Option<u16>,
    /// The error in words.
    pub reason: String,
}

/// A line with a `custom_id` that an earlier line had. It was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RepeatedLine {
    /// The id of the request.
    pub custom_id: String,
    /// The file it stands in.
    pub file: ResultFile,
    /// Its line in that file, from 1.
    pub line: u64,
    /// Whether it is the earlier line, to the byte.
    pub is_same: bool,
}

impl ResultBody {
    pub(crate) fn new(status: u16, json: &str) -> Self {
        let json = json.into();
        Self { status, json }
    }

    /// The status of the response, from 200 to 299.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The body as it was received: JSON.
    pub fn as_str(&self) -> &str {
        &self.json
    }

    /// The body, read as a `T`.
    ///
    /// # Errors
    ///
    /// If it is no `T`.
    pub fn json<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.json)
    }
}

impl fmt::Debug for ResultBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResultBody({} bytes)", self.json.len())
    }
}

impl fmt::Display for ResultFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Output => "output file",
            Self::Error => "error file",
        })
    }
}

impl fmt::Display for FailedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "the request failed with status {status}")?,
            None => f.write_str("the request failed")?,
        }
        if let Some(code) = &self.code {
            write!(f, ", {code}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FailedRequest {}

impl fmt::Display for UnreadableLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the {}", self.line, self.file)?;
        if let Some(id) = &self.custom_id {
            write!(f, " ({id})")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl fmt::Display for UnreadableFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} could not be read", self.file)?;
        if self.lines > 0 {
            write!(f, " behind line {}", self.lines)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl fmt::Display for RepeatedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.is_same {
            true => "the same line again",
            false => "another line for it",
        };
        let (id, line, file) = (&self.custom_id, self.line, self.file);
        write!(f, "line {line} of the {file} ({id}): {what}")
    }
}
