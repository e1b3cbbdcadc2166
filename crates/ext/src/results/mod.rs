//! Floor 7: the lines of a batch's files, each once, whatever connections do.

mod file_reader;
pub(crate) mod lines;
mod progress;
mod reader;
pub(crate) mod request;
