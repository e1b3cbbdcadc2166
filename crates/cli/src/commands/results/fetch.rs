//! From batches to their results, one batch after the other.

use std::io::Write;
use std::mem;

use qwen_batches::{Batch, BatchExt as _, Client};

use super::folder::{self, Folder};
use super::lines::{self, Broken, Read};
use super::retry_input::RetryInput;
use super::tally::Tally;
use super::verdict::Verdict;
use super::{batch_files, jsonl};
use crate::args::{Cli, ResultsArgs, ResultsFormat};
use crate::dialect::Dialect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::streams::Streams;
use crate::terminal;
use crate::waiting::{Stopped, Waiting};
use crate::words::count;

/// What the names of files of `-o jsonl` end in.
const JSONL: &str = "jsonl";

/// Where results go.
pub(super) enum Destination {
    /// And whether what was written last ended in the middle of a line.
    Stdout(bool),
    Folder(Folder),
    Retry(RetryInput),
}

impl Destination {
    pub(super) fn open(args: &ResultsArgs) -> Result<Self, Failure> {
        Ok(match (&args.dir, &args.retry_input) {
            (Some(path), _) => Self::Folder(Folder::open(path)?),
            (None, Some(path)) => Self::Retry(RetryInput::open(path)?),
            (None, None) => Self::Stdout(false),
        })
    }
}

/// Results on their way.
pub(super) struct Fetch<'a> {
    args: &'a ResultsArgs,
    dialect: Dialect,
    client: &'a Client,
    destination: Destination,
    pub(super) tally: Tally,
}

impl<'a> Fetch<'a> {
    pub(super) fn new(
        args: &'a ResultsArgs,
        cli: &Cli,
        client: &'a Client,
        destination: Destination,
    ) -> Self {
        Self {
            args,
            dialect: cli.target.dialect,
            client,
            destination,
            tally: Tally::default(),
        }
    }

    /// Fetches the results of a batch, if it has any.
    pub(super) async fn batch(
        &mut self,
        batch: &Batch,
        waiting: &mut Waiting,
        streams: &mut Streams<'_>,
    ) -> Result<(), Failure> {
        self.tally.begin(batch);
        if batch_files::of(batch).is_empty() {
            let (verdict, why) = Verdict::without_files(batch);
            // Of many batches under way it is enough to know how many.
            if batch.is_terminal() || !self.args.ids.is_empty() {
                self.warn(batch, &why, streams);
            }
            self.tally.add_without_files(batch, verdict);
            return Ok(());
        }
        let fetched = match self.args.output {
            ResultsFormat::Jsonl => self.lines(batch, waiting, streams).await,
            ResultsFormat::Raw => self.files(batch, waiting, streams).await,
        };
        fetched.map_err(|broken| match broken {
            Broken::Failed(failure) => failure,
            Broken::Stopped(stopped) => self.stopped(stopped),
        })
    }

    async fn lines(
        &mut self,
        batch: &Batch,
        waiting: &mut Waiting,
        streams: &mut Streams<'_>,
    ) -> Result<(), Broken> {
        let client = self.client;
        match &mut self.destination {
            Destination::Stdout(_) => {
                let is_one = self.args.ids.len() == 1;
                let id = (!is_one).then_some(batch.id.as_str());
                let only_failed = self.args.failed;
                let out = &mut *streams.out;
                let read = lines::read(batch, client, waiting, |line| {
                    match line {
                        None => out.flush()?,
                        Some(line) if only_failed && line.result.is_ok() => {}
                        Some(line) => jsonl::write(line, id, client, out)?,
                    }
                    Ok(())
                });
                let read = read.await?;
                flush(streams)?;
                self.judge(batch, &read, streams);
            }
            Destination::Retry(input) => {
                let read = lines::read(batch, client, waiting, |line| {
                    line.iter().for_each(|line| input.take(line));
                    Ok(())
                });
                let read = read.await?;
                self.judge(batch, &read, streams);
            }
            Destination::Folder(folder) => {
                let folder = folder.clone();
                let path = folder.file(batch, true, JSONL);
                if path.exists() {
                    let report = Folder::kept(&path, batch).map_err(Broken::Failed)?;
                    self.tally.kept += 1;
                    self.tally.add(batch, &Read::kept(report));
                    return Ok(());
                }
                let mut part = folder.part(batch).map_err(Broken::Failed)?;
                let read = lines::read(batch, client, waiting, |line| {
                    let write = |line| jsonl::write(line, None, client, &mut part);
                    let written = line.map_or(Ok(()), write);
                    written.map_err(|error| folder::failure(&path, &error))
                });
                let read = read.await?;
                let is_whole = self.judge(batch, &read, streams) < Verdict::Incomplete;
                let kept = folder.keep(part, batch, is_whole, JSONL);
                kept.map_err(Broken::Failed)?;
                self.tally.fetched += 1;
            }
        }
        Ok(())
    }

    /// Fetches the files of a batch as they are.
    async fn files(
        &mut self,
        batch: &Batch,
        waiting: &mut Waiting,
        streams: &mut Streams<'_>,
    ) -> Result<(), Broken> {
        let is_whole = batch.is_terminal();
        let (mut is_kept, mut are_all_there) = (true, is_whole);
        for (ending, id) in batch_files::of(batch) {
            let flaw = match &mut self.destination {
                Destination::Folder(folder) => {
                    let path = folder.file(batch, true, ending);
                    if path.exists() {
                        continue;
                    }
                    let mut part = folder.part(batch).map_err(Broken::Failed)?;
                    let take = |bytes: &[u8]| {
                        let written = part.write_all(bytes);
                        written.map_err(|error| folder::failure(&path, &error))
                    };
                    let flaw = lines::read_bytes(id, self.client, waiting, take).await?;
                    if flaw.is_none() {
                        let kept = folder.keep(part, batch, is_whole, ending);
                        kept.map_err(Broken::Failed)?;
                    }
                    flaw
                }
                Destination::Stdout(is_mid_line) => {
                    let out = &mut *streams.out;
                    let mut ends_mid_line = false;
                    let take = |bytes: &[u8]| {
                        // The lines of two files are no line together.
                        if mem::take(is_mid_line) {
                            out.write_all(b"\n")?;
                        }
                        ends_mid_line = !bytes.ends_with(b"\n");
                        Ok(out.write_all(bytes)?)
                    };
                    let flaw = lines::read_bytes(id, self.client, waiting, take).await?;
                    *is_mid_line = ends_mid_line;
                    flush(streams)?;
                    flaw
                }
                // Clap lets no one ask for it.
                Destination::Retry(_) => None,
            };
            is_kept = false;
            if let Some(flaw) = flaw {
                self.warn(batch, &flaw, streams);
                are_all_there = false;
            }
        }
        let tally = &mut self.tally;
        match is_kept {
            true => tally.kept += 1,
            false => tally.fetched += 1,
        }
        tally.count(match are_all_there {
            true => Verdict::Succeeded,
            false => Verdict::Incomplete,
        });
        Ok(())
    }

    /// Judges a batch by its lines, and says what is wrong with them.
    fn judge(&mut self, batch: &Batch, read: &Read, streams: &mut Streams<'_>) -> Verdict {
        // The first is in the flaw.
        for line in read.report.unreadable.iter().skip(1) {
            self.warn(batch, &line.to_string(), streams);
        }
        if let Some(flaw) = &read.flaw {
            self.warn(batch, flaw, streams);
        }
        self.tally.add(batch, read)
    }

    fn warn(&self, batch: &Batch, text: &str, streams: &mut Streams<'_>) {
        let text = format!("warning: {}: {text}", batch.id);
        terminal::line(streams.err, &self.client.redact(&text));
    }

    /// What it means that there are no more results.
    pub(super) fn stopped(&self, stopped: Stopped) -> Failure {
        let failure = stopped.failure(self.dialect);
        match &self.destination {
            Destination::Stdout(_) if self.tally.batches == 0 => failure,
            Destination::Stdout(_) => failure.line("error: the results are incomplete"),
            Destination::Retry(_) => failure.line("error: no line was written"),
            Destination::Folder(folder) => {
                let folder = folder.path().display();
                let help = "help: run the same command again; what is in";
                failure.line(format!("{help} {folder} is not fetched again"))
            }
        }
    }

    /// Says what all of it comes to.
    pub(super) fn finish(self, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
        let tally = &self.tally;
        match self.destination {
            Destination::Retry(input) => return retry(input, tally, streams),
            Destination::Folder(folder) => {
                let (fetched, kept) = (count(tally.fetched, "batch"), tally.kept);
                let folder = folder.path().display();
                streams.note(&format!(
                    "note: {fetched} fetched into {folder}, {kept} there before"
                ));
            }
            Destination::Stdout(_) => {}
        }
        tally.exit()
    }
}

/// Writes what is to be submitted again, unless results may yet come: who submitted those requests
/// again would pay for them twice.
fn retry(input: RetryInput, tally: &Tally, streams: &mut Streams<'_>) -> Result<Exit, Failure> {
    if tally.batches == 0 {
        let message = "no line was written: no batch was found";
        return Err(Failure::new(Exit::Usage, message));
    }
    if tally.open > 0 {
        let batches = count(tally.open, "batch");
        let message = format!("no line was written: results of {batches} are missing");
        return Err(Failure::new(Exit::ResultsMissing, message));
    }
    let retried = input.write(tally.requests, streams.out)?;
    let again = retried.failed + retried.without_result;
    streams.note(&format!(
        "note: {again} of {} to submit again: {} failed, {} without a result",
        count(retried.total, "request"),
        retried.failed,
        retried.without_result,
    ));
    Ok(match again {
        0 => Exit::Ok,
        _ => Exit::RequestsFailed,
    })
}

fn flush(streams: &mut Streams<'_>) -> Result<(), Broken> {
    let flushed = streams.out.flush();
    flushed.map_err(|error| Broken::Failed(error.into()))
}
