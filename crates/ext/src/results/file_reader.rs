//! One file, line by line: a connection that breaks off is followed by another, which goes on behind
//! the last line that was passed.

use std::hash::Hasher as _;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use fnv::FnvHasher;
use http::HeaderValue;
use serde::de::IgnoredAny;

use crate::client::client::{Client, Config};
use crate::policy::deadline::Deadline;
use crate::transport::call;
use crate::transport::content::Content;
use crate::transport::recorder::Range;
use crate::types::error::{Error, ErrorKind};
use crate::types::operation::Operation;
use crate::types::result_line::ResultFile;

/// One file, from its first line to its last.
pub(super) struct FileReader {
    pub(super) file: ResultFile,
    id: String,
    /// How long a line may be that is kept.
    longest: usize,
    pub(super) position: Position,
    connection: Option<Connection>,
    /// By which the rest of the file can be asked for.
    validator: Option<HeaderValue>,
    /// Of the file up to an end in the middle of a line, where it was seen to end so; else 0.
    torn_end: AtomicU64,
}

/// The place behind a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) lines: u64,
    bytes: u64,
    /// Of all these bytes.
    pub(super) digest: u64,
}

/// A line as it was sent, or nothing of one that is too long.
pub(super) type RawLine = Option<Bytes>;

impl FileReader {
    pub(super) fn new(file: ResultFile, id: &str, longest: usize) -> Self {
        Self {
            file,
            id: id.to_owned(),
            longest,
            position: Position {
                lines: 0,
                bytes: 0,
                digest: FnvHasher::default().finish(),
            },
            connection: None,
            validator: None,
            torn_end: AtomicU64::new(0),
        }
    }

    /// The next line; none behind the last one.
    pub(super) async fn next_line(
        &mut self,
        client: &Client,
        deadline: Option<Deadline>,
    ) -> Result<Option<RawLine>, Error> {
        let shared = client.shared();
        let mut broken = None;
        if let Some(connection) = &mut self.connection {
            match connection.line(shared, deadline, &self.torn_end).await {
                Ok(line) => return Ok(self.pass(line)),
                Err(error) => broken = Some(error),
            }
        }
        self.connection = None;
        let (id, torn_end) = (&*self.id, &self.torn_end);
        let (position, longest) = (self.position, self.longest);
        let validator = self.validator.clone().filter(|_| position.bytes > 0);
        // What fails by a range is tried from the start next.
        let mut range = validator.map(|validator| Range {
            from: position.bytes,
            validator,
        });
        let attempt = || {
            let range = range.take();
            async move {
                let content = Content::open(shared, id, range).await?;
                let mut connection = Connection::new(content, position, longest);
                connection.skip(shared, deadline, position).await?;
                let line = connection.line(shared, deadline, torn_end).await?;
                Ok((connection, line))
            }
        };
        let (connection, line) = call::file_content(client, broken, deadline, attempt).await?;
        self.validator.clone_from(&connection.content.validator);
        self.connection = Some(connection);
        Ok(self.pass(line))
    }

    /// Asks for the file anew when the next line is asked for.
    pub(super) fn disconnect(&mut self) {
        self.connection = None;
    }

    fn pass(&mut self, line: Option<PassedLine>) -> Option<RawLine> {
        let PassedLine { raw, bytes, digest } = line?;
        self.position.lines += 1;
        self.position.bytes += bytes;
        self.position.digest = digest;
        Some(raw)
    }
}

/// One response with the file, or with the rest of it.
struct Connection {
    content: Content,
    /// What has arrived and was not looked at.
    chunk: Bytes,
    /// The line under way, as far as it has arrived.
    line: Vec<u8>,
    line_bytes: u64,
    is_too_long: bool,
    longest: usize,
    /// Of all that was looked at, what was skipped included.
    digest: FnvHasher,
}

struct PassedLine {
    raw: RawLine,
    bytes: u64,
    digest: u64,
}

impl Connection {
    fn new(content: Content, position: Position, longest: usize) -> Self {
        Self {
            content,
            chunk: Bytes::new(),
            line: Vec::new(),
            line_bytes: 0,
            is_too_long: false,
            longest,
            digest: FnvHasher::with_key(position.digest),
        }
    }

    /// Skips what was passed before, if the content starts with it: it must be the same.
    async fn skip(
        &mut self,
        shared: &Arc<Config>,
        deadline: Option<Deadline>,
        position: Position,
    ) -> Result<(), Error> {
        let mut left = position.bytes.saturating_sub(self.content.from);
        let mut digest = FnvHasher::default();
        if left == 0 {
            return Ok(());
        }
        while left > 0 {
            let chunk = self
                .content
                .chunk(shared, time_left(shared, deadline))
                .await?;
            // It may be a cut that HTTP does not show.
            let mut chunk = chunk.ok_or_else(|| changed("it is shorter").retryable(true))?;
            let skipped = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            digest.write(&chunk.split_to(skipped));
            left -= skipped as u64;
            self.chunk = chunk;
        }
        match digest.finish() == position.digest {
            true => Ok(()),
            false => Err(changed("lines that were delivered are others now")),
        }
    }

    async fn line(
        &mut self,
        shared: &Arc<Config>,
        deadline: Option<Deadline>,
        torn_end: &AtomicU64,
    ) -> Result<Option<PassedLine>, Error> {
        loop {
            if let Some(line) = self.take_line() {
                return Ok(Some(line));
            }
            match self
                .content
                .chunk(shared, time_left(shared, deadline))
                .await?
            {
                Some(chunk) => self.chunk = chunk,
                None if self.line_bytes == 0 => return Ok(None),
                None => return self.take_rest(torn_end).map(Some),
            }
        }
    }

    /// The next line, if its end has arrived.
    fn take_line(&mut self) -> Option<PassedLine> {
        let end = self.chunk.iter().position(|byte| *byte == b'\n');
        let part = self
            .chunk
            .split_to(end.map_or(self.chunk.len(), |end| end + 1));
        self.digest.write(&part);
        self.line_bytes += part.len() as u64;
        if end.is_some() && self.line.is_empty() && !self.is_too_long && part.len() <= self.longest
        {
            return Some(self.passed(Some(part)));
        }
        self.keep(&part);
        end.map(|_| self.take_kept())
    }

    /// The last line, which has no end of its own.
    fn take_rest(&mut self, torn_end: &AtomicU64) -> Result<PassedLine, Error> {
        let is_whole = self.is_too_long
            || self.line.trim_ascii().is_empty()
            || serde_json::from_slice::<IgnoredAny>(&self.line).is_ok();
        let end = self.digest.finish();
        // If it always ends there, it is how the file is.
        if is_whole || torn_end.swap(end, Ordering::Relaxed) == end {
            return Ok(self.take_kept());
        }
        let summary = "the content ended in the middle of a line";
        Err(Error::new(ErrorKind::Transport, summary).retryable(true))
    }

    fn keep(&mut self, part: &[u8]) {
        if self.is_too_long || self.line.len() + part.len() > self.longest {
            self.is_too_long = true;
            self.line = Vec::new();
        } else {
            self.line.extend_from_slice(part);
        }
    }

    fn take_kept(&mut self) -> PassedLine {
        let line = mem::take(&mut self.line);
        let raw = (!self.is_too_long).then(|| Bytes::from(line));
        self.passed(raw)
    }

    fn passed(&mut self, raw: RawLine) -> PassedLine {
        self.is_too_long = false;
        PassedLine {
            raw,
            bytes: mem::take(&mut self.line_bytes),
            digest: self.digest.finish(),
        }
    }
}

/// What is left of the time for all results.
fn time_left(shared: &Config, deadline: Option<Deadline>) -> Option<Duration> {
    let limiter = shared.limiter(Operation::RetrieveFileContent);
    deadline.map(|deadline| deadline.left(limiter.now(shared.runtime())))
}

/// A file that is not what it was.
pub(super) fn changed(how: &str) -> Error {
    let summary = format!(
        "the file has changed since a part of it was read: {how}. What was delivered is of the \
         file as it was; start anew for what it is now"
    );
    Error::new(ErrorKind::FileChanged, summary)
}
