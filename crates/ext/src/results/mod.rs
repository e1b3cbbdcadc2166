//! Floor 7: the bytes of a file, and the lines of a batch's two, each once, whatever connections do.

mod download;
pub(crate) mod file;
mod file_reader;
pub(crate) mod lines;
mod progress;
mod reader;
pub(crate) mod request;
