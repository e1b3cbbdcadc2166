//! What is wrong with a request that was not sent.

use std::fmt;

/// One thing that is wrong with a filter or an option of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidField {
    /// The setter whose value is wrong, such as `input_files`.
    pub field: &'static str,
    /// What is wrong with which value, and what would be right.
    pub message: String,
}

impl InvalidField {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}
