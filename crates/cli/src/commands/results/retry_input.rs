//! The input of a batch, of which those lines are submitted again that brought no result.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use qwen_batches::ResultLine;
use serde::Deserialize;

use crate::exit::Exit;
use crate::failure::Failure;

/// No service takes a longer line: the longest documented one has 6 MB.
const LONGEST_LINE: u64 = 8 << 20;
/// No service takes more lines: the most documented ones are 100 000.
const MOST_LINES: usize = 1_000_000;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// An input, of whose lines the places are known, and of whose ids hashes: it may be as long as an
/// input can be.
#[derive(Debug)]
pub(super) struct RetryInput {
    path: PathBuf,
    file: File,
    lines: Vec<InputLine>,
    hasher: RandomState,
    succeeded: HashSet<u64>,
    failed: HashSet<u64>,
}

#[derive(Debug)]
struct InputLine {
    /// Of its `custom_id`.
    id: u64,
    start: u64,
    /// In bytes, its end included.
    length: u64,
}

#[derive(Deserialize)]
struct Request {
    custom_id: String,
}

/// How many requests are to be submitted again.
#[derive(Debug)]
pub(super) struct Retried {
    pub(super) total: usize,
    pub(super) failed: usize,
    pub(super) without_result: usize,
}

impl RetryInput {
    /// Reads the whole input once, so that what is wrong with it is known before anything is sent.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let refuse = |reason: String| refused(path, &reason);
        let unreadable = |error: io::Error| refuse(format!("cannot be read: {error}"));
        // Before it is opened: a pipe might not even open. Lines are read a second time.
        if !path.metadata().map_err(unreadable)?.is_file() {
            return Err(refuse("not a regular file".to_owned()));
        }
        let mut input = Self {
            path: path.to_owned(),
            file: File::open(path).map_err(unreadable)?,
            lines: Vec::new(),
            hasher: RandomState::new(),
            succeeded: HashSet::new(),
            failed: HashSet::new(),
        };
        let reader = input.file.try_clone().map_err(unreadable)?;
        input.scan(BufReader::new(reader))?;
        Ok(input)
    }

    fn scan(&mut self, mut reader: BufReader<File>) -> Result<(), Failure> {
        let mut numbers = HashMap::new();
        let mut line = Vec::new();
        let (mut start, mut number) = (0, 0);
        loop {
            line.clear();
            let read = reader
                .by_ref()
                .take(LONGEST_LINE + 1)
                .read_until(b'\n', &mut line);
            let read = read.map_err(|error| self.refuse(&format!("cannot be read: {error}")))?;
            if read == 0 {
                return Ok(());
            }
            number += 1;
            let mark = match number == 1 && line.starts_with(BYTE_ORDER_MARK) {
                true => BYTE_ORDER_MARK.len(),
                false => 0,
            };
            let text = line[mark..].trim_ascii();
            if !text.is_empty() {
                let place = start + mark as u64;
                let length = (read - mark) as u64;
                self.add(text, place, length, number, &mut numbers)
                    .map_err(|reason| self.refuse(&format!("line {number} {reason}")))?;
            }
            start += read as u64;
        }
    }

    /// Adds a line; `numbers` are those of the lines before, by their ids.
    fn add(
        &mut self,
        text: &[u8],
        start: u64,
        length: u64,
        number: u64,
        numbers: &mut HashMap<u64, u64>,
    ) -> Result<(), String> {
        if length > LONGEST_LINE {
            return Err(format!("is longer than {LONGEST_LINE} bytes"));
        }
        let request: Request = serde_json::from_slice(text)
            .map_err(|error| format!("is not a request with a `custom_id`: {error}"))?;
        let id = self.hasher.hash_one(&request.custom_id);
        if let Some(first) = numbers.insert(id, number) {
            let id = request.custom_id;
            return Err(format!("has the `custom_id` of line {first}: {id}"));
        }
        if self.lines.len() == MOST_LINES {
            return Err(format!("is one too many: the most are {MOST_LINES}"));
        }
        self.lines.push(InputLine { id, start, length });
        Ok(())
    }

    /// Takes note of what came of a request.
    pub(super) fn take(&mut self, line: &ResultLine) {
        let id = self.hasher.hash_one(&line.custom_id);
        match &line.result {
            Ok(_) => self.succeeded.insert(id),
            Err(_) => self.failed.insert(id),
        };
    }

    /// Writes the lines whose requests did not succeed, to the byte, if this is the input of batches
    /// that have so many requests.
    pub(super) fn write(
        mut self,
        requests: Option<u64>,
        out: &mut dyn Write,
    ) -> Result<Retried, Failure> {
        let lines = self.lines.len() as u64;
        if let Some(requests) = requests.filter(|requests| *requests < lines) {
            let reason = format!(
                "not the input of these batches: it has {lines} requests, and they have {requests}"
            );
            return Err(self.refuse(&reason));
        }
        let known: HashSet<u64> = self.lines.iter().map(|line| line.id).collect();
        let results = self.succeeded.union(&self.failed);
        let strangers = results.filter(|id| !known.contains(id)).count();
        if strangers > 0 {
            let reason = format!(
                "not the input of these batches: {strangers} of their results have a `custom_id` \
                 that it does not have"
            );
            return Err(self.refuse(&reason));
        }
        let mut retried = Retried {
            total: self.lines.len(),
            failed: 0,
            without_result: 0,
        };
        let mut line = Vec::new();
        for InputLine { id, start, length } in &self.lines {
            if self.succeeded.contains(id) {
                continue;
            }
            line.clear();
            let sought = self.file.seek(SeekFrom::Start(*start));
            let read = sought.and_then(|_| (&self.file).take(*length).read_to_end(&mut line));
            if read.ok().map(|read| read as u64) != Some(*length) {
                let reason = "it changed while it was read: do not submit what was written";
                return Err(self.refuse(reason));
            }
            out.write_all(&line)?;
            match self.failed.contains(id) {
                true => retried.failed += 1,
                false => retried.without_result += 1,
            }
        }
        out.flush()?;
        Ok(retried)
    }

    fn refuse(&self, reason: &str) -> Failure {
        refused(&self.path, reason)
    }
}

fn refused(path: &Path, reason: &str) -> Failure {
    let path = path.display();
    Failure::new(Exit::Usage, format!("--retry-input {path}: {reason}"))
}
