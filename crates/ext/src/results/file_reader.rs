//! One file, line by line.

use std::mem;

use bytes::Bytes;
use serde::de::IgnoredAny;

use super::download::Download;
use crate::client::client::Client;
use crate::policy::deadline::Deadline;
use crate::types::error::Error;
use crate::types::result_line::ResultFile;

/// One file, from its first line to its last.
pub(super) struct FileReader {
    pub(super) file: ResultFile,
    download: Download,
    /// How long a line may be that is kept.
    longest: usize,
    /// How many lines were passed.
    lines: u64,
    /// Of all bytes that were looked at.
    digest: crc32fast::Hasher,
    /// What has arrived and was not looked at.
    chunk: Bytes,
    /// The line under way, as far as it has arrived.
    line: Vec<u8>,
    has_begun: bool,
    is_too_long: bool,
    /// Where the file was seen to end in the middle of a line, if it was.
    torn_end: Option<u64>,
    /// Whether the last line was passed, which has no end of its own.
    has_ended: bool,
}

/// The place behind a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) lines: u64,
    /// Of all bytes up to there.
    pub(super) digest: u32,
}

/// A line as it was sent, or nothing of one that is too long.
pub(super) type RawLine = Option<Bytes>;

impl FileReader {
    pub(super) fn new(file: ResultFile, id: &str, longest: usize) -> Self {
        Self {
            file,
            download: Download::new(id),
            longest,
            lines: 0,
            digest: crc32fast::Hasher::new(),
            chunk: Bytes::new(),
            line: Vec::new(),
            has_begun: false,
            is_too_long: false,
            torn_end: None,
            has_ended: false,
        }
    }

    /// The place behind the last line that was passed.
    pub(super) fn position(&self) -> Position {
        Position {
            lines: self.lines,
            digest: self.digest.clone().finalize(),
        }
    }

    /// The next line; none behind the last one. Asked again there, it looks whether the file goes on.
    pub(super) async fn next_line(
        &mut self,
        client: &Client,
        deadline: Option<Deadline>,
    ) -> Result<Option<RawLine>, Error> {
        if mem::take(&mut self.has_ended) {
            return Ok(None);
        }
        loop {
            if let Some(line) = self.take_line() {
                return Ok(Some(line));
            }
            let end = Some(self.download.position);
            match self.download.next(client, deadline).await? {
                Some(chunk) => self.chunk = chunk,
                None if !self.has_begun => return Ok(None),
                // If it always ends there, it is how the file is.
                None if self.is_whole() || self.torn_end == end => {
                    self.has_ended = true;
                    return Ok(Some(self.take_kept()));
                }
                None => {
                    self.torn_end = end;
                    let summary = "the content ended in the middle of a line";
                    self.download.doubt_end(summary);
                }
            }
        }
    }

    /// The next line, if its end has arrived.
    fn take_line(&mut self) -> Option<RawLine> {
        let end = memchr::memchr(b'\n', &self.chunk);
        let part = self
            .chunk
            .split_to(end.map_or(self.chunk.len(), |end| end + 1));
        self.digest.update(&part);
        if end.is_some() && !self.has_begun && part.len() <= self.longest {
            self.lines += 1;
            return Some(Some(part));
        }
        self.keep(&part);
        end.map(|_| self.take_kept())
    }

    /// Whether the last line, which has no end of its own, may be all there.
    fn is_whole(&self) -> bool {
        self.is_too_long
            || self.line.trim_ascii().is_empty()
            || serde_json::from_slice::<IgnoredAny>(&self.line).is_ok()
    }

    fn keep(&mut self, part: &[u8]) {
        self.has_begun |= !part.is_empty();
        if self.is_too_long || self.line.len() + part.len() > self.longest {
            self.is_too_long = true;
            self.line = Vec::new();
        } else {
            self.line.extend_from_slice(part);
        }
    }

    fn take_kept(&mut self) -> RawLine {
        self.lines += 1;
        self.has_begun = false;
        let line = mem::take(&mut self.line);
        (!mem::take(&mut self.is_too_long)).then(|| Bytes::from(line))
    }
}
