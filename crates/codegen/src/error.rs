//! Why a contract cannot be turned into a client.

use std::fmt;

/// A contract that cannot be served: where it says so, and why that does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pointer: String,
    reason: String,
}

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn new(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            reason: reason.into(),
        }
    }

    /// JSON pointer (RFC 6901) to the place in the contract; empty for the document as a whole.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong there, in words.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "contract at `#{}`: {}", self.pointer, self.reason)
    }
}

impl std::error::Error for Error {}
