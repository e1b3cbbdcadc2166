//! From the files of a batch to its results: which lines are delivered, and whether they add up.

use std::collections::{HashMap, VecDeque};
use std::hash::Hasher as _;
use std::time::Duration;

use bytes::Bytes;
use fnv::FnvHasher;

use super::download::changed;
use super::file_reader::{FileReader, Position, RawLine};
use super::progress::Progress;
use crate::client::client::Client;
use crate::policy::deadline::Deadline;
use crate::transport::result_line;
use crate::types::error::{Error, ErrorKind};
use crate::types::operation::Operation;
use crate::types::result_line::{
    RepeatedLine, ResultFile, ResultLine, UnreadableFile, UnreadableLine,
};
use crate::types::results_checkpoint::ResultsCheckpoint;

/// Reads the files of a batch, one after the other.
pub(super) struct Reader {
    pub(super) client: Client,
    pub(super) files: VecDeque<FileReader>,
    /// Lines up to here were delivered in earlier runs.
    pub(super) from: ResultsCheckpoint,
    pub(super) progress: Progress,
    /// How long all of it may take.
    pub(super) time: Option<Duration>,
    pub(super) deadline: Option<Deadline>,
    pub(super) longest: usize,
    pub(super) allow_mismatch: bool,
    /// Hashes of the `custom_id`s so far, and of the lines that they stand in.
    pub(super) seen: HashMap<u64, u32>,
}

impl Reader {
    pub(super) async fn next(&mut self) -> Option<Result<ResultLine, Error>> {
        if self.deadline.is_none() {
            let shared = self.client.shared();
            let limiter = shared.limiter(Operation::RetrieveFileContent);
            let now = limiter.now(shared.runtime());
            self.deadline = self.time.map(|time| Deadline::of_results(time, now));
        }
        loop {
            let Some(file) = self.files.front_mut() else {
                return self.finish().map(Err);
            };
            let line = file.next_line(&self.client, self.deadline).await;
            let (which, position) = (file.file, file.position());
            let taken = match line {
                Ok(Some(line)) => self.take(which, position, line),
                Ok(None) if position.lines < self.from.mark(which).lines => {
                    // It may be a cut that HTTP does not show.
                    Err(changed("it has fewer lines").retryable(true))
                }
                Ok(None) => {
                    self.files.pop_front();
                    Ok(None)
                }
                // It would be refused again, and the other file may be there.
                Err(error) if error.kind() == ErrorKind::Refused && !error.is_retryable() => {
                    self.files.pop_front();
                    self.give_up(which, position.lines, &error);
                    Ok(None)
                }
                Err(error) => Err(error),
            };
            match taken {
                Ok(None) => {}
                Ok(Some(line)) => return Some(Ok(line)),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// Takes the line before `position`; gives what is to be delivered.
    fn take(
        &mut self,
        file: ResultFile,
        position: Position,
        raw: RawLine,
    ) -> Result<Option<ResultLine>, Error> {
        let Position { lines, digest, .. } = position;
        let mark = self.from.mark(file);
        if lines == mark.lines && digest != mark.digest {
            return Err(changed("lines that were delivered are others now"));
        }
        let line = self.outcome(file, lines, raw);
        if lines <= mark.lines {
            return Ok(None);
        }
        self.progress.with(|checkpoint, _| {
            checkpoint.pass(file, lines, digest);
            if line.is_some() {
                checkpoint.deliver();
            }
        });
        Ok(line)
    }

    /// Reads a line and counts it; gives the first for each request.
    fn outcome(&mut self, file: ResultFile, number: u64, raw: RawLine) -> Option<ResultLine> {
        let read = match raw {
            None => Err(UnreadableLine {
                custom_id: None,
                file,
                line: number,
                reason: format!("it is longer than {} bytes", self.longest),
            }),
            Some(raw) => {
                let line = without_mark(raw, number);
                if line.trim_ascii().is_empty() {
                    return None;
                }
                let mask = self.client.shared().key_mask();
                let read = result_line::read(mask, file, number, &line);
                read.map(|read| (read, crc32fast::hash(line.trim_ascii())))
            }
        };
        let (line, content) = match read {
            Ok(read) => read,
            Err(unreadable) => {
                self.progress
                    .with(|_, report| report.count_unreadable(unreadable));
                return None;
            }
        };
        let id = hash(&line.custom_id);
        let earlier = *self.seen.entry(id).or_insert(content);
        // What was just put there, or a line that came before.
        let is_first = self.progress.with(|_, report| {
            let is_first = report.succeeded + report.failed < self.seen.len() as u64;
            match (is_first, line.result.is_ok()) {
                (false, _) => report.count_repeated(RepeatedLine {
                    custom_id: line.custom_id.clone(),
                    file,
                    line: number,
                    is_same: earlier == content,
                }),
                (true, true) => report.succeeded += 1,
                (true, false) => report.failed += 1,
            }
            is_first
        });
        is_first.then_some(line)
    }

    fn give_up(&self, file: ResultFile, lines: u64, error: &Error) {
        let unreadable = UnreadableFile {
            file,
            lines,
            status: error.status(),
            reason: error.to_string(),
        };
        self.progress
            .with(|_, report| report.unreadable_files.push(unreadable));
    }

    /// What is to be said at the end.
    fn finish(&mut self) -> Option<Error> {
        let report = self.progress.report();
        let are_read = report.unreadable_files.is_empty();
        if are_read {
            self.progress.with(|checkpoint, _| checkpoint.end());
        }
        let is_fine = report.is_complete() || (self.allow_mismatch && are_read);
        (!is_fine).then(|| Error::incomplete_results(report))
    }
}

/// A line without the byte order mark that a file may begin with.
fn without_mark(line: Bytes, number: u64) -> Bytes {
    match number == 1 && line.starts_with(b"\xEF\xBB\xBF") {
        true => line.slice(3..),
        false => line,
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = FnvHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish()
}
