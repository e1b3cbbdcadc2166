//! Why a contract cannot be judged by.

use std::fmt;

/// What is wrong with a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pointer: String,
    reason: String,
}

/// A result whose error is about the contract.
pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn new(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            reason: reason.into(),
        }
    }

    /// The place in the contract, as a JSON pointer; empty for the whole.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong there.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "the contract: {}", self.reason),
            pointer => write!(f, "the contract, {pointer}: {}", self.reason),
        }
    }
}

impl std::error::Error for Error {}
