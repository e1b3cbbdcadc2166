//! The results of a batch, as they arrive: its lines, or the bytes of a file.

use futures::FutureExt as _;
use qwen_batches::{Batch, Client, Error, ErrorKind, ResultLine, ResultsReport};

use crate::failure::Failure;
use crate::waiting::{Stopped, Waiting};

/// What the lines come to.
pub(super) struct Read {
    pub(super) report: ResultsReport,
    /// What does not add up.
    pub(super) flaw: Option<String>,
    /// Whether there may be more lines that could not be fetched.
    pub(super) is_cut: bool,
}

impl Read {
    /// What was read in an earlier run.
    pub(super) fn kept(report: ResultsReport) -> Self {
        Self {
            report,
            flaw: None,
            is_cut: false,
        }
    }
}

/// Why no other batch is fetched either.
pub(super) enum Broken {
    Stopped(Stopped),
    /// What was to be done with a line failed.
    Failed(Failure),
}

/// Reads the results of a batch, and hands each line to `take`; none while the next is awaited.
pub(super) async fn read(
    batch: &Batch,
    client: &Client,
    waiting: &mut Waiting,
    mut take: impl FnMut(Option<&ResultLine>) -> Result<(), Failure>,
) -> Result<Read, Broken> {
    let mut lines = client.results(batch).lines();
    let mut count: u64 = 0;
    let error = loop {
        // Most lines have arrived with others, and need no waiting.
        let line = match lines.try_next().now_or_never() {
            Some(line) => line.map_err(Stopped::Failed),
            None => {
                take(None).map_err(Broken::Failed)?;
                let text = format!("{}: {count} results so far", batch.id);
                waiting.work(&text, lines.try_next()).await
            }
        };
        match line {
            Ok(Some(line)) => take(Some(&line)).map_err(Broken::Failed)?,
            Ok(None) => break None,
            Err(Stopped::Failed(error)) if concerns_one(&error) => break Some(error),
            Err(stopped) => return Err(Broken::Stopped(stopped)),
        }
        count += 1;
    };
    let report = lines.report().unwrap_or_default();
    let all_read = |error: &Error| error.kind() == ErrorKind::IncompleteResults;
    Ok(Read {
        is_cut: !error.as_ref().is_none_or(all_read) || !report.unreadable_files.is_empty(),
        flaw: error.map(|error| format!("{error:#}")),
        report,
    })
}

/// Reads a file, and hands its bytes to `take`. Returns what is wrong with it, if it could not be
/// read.
pub(super) async fn read_bytes(
    id: &str,
    client: &Client,
    waiting: &mut Waiting,
    mut take: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<Option<String>, Broken> {
    let mut chunks = client.file(id).chunks();
    loop {
        let text = format!("{id}: {} MB so far", chunks.position() / 1_000_000);
        match waiting.work(&text, chunks.try_next()).await {
            Ok(Some(bytes)) => take(&bytes).map_err(Broken::Failed)?,
            Ok(None) => return Ok(None),
            Err(Stopped::Failed(error)) if concerns_one(&error) => {
                return Ok(Some(format!("{error:#}")));
            }
            Err(stopped) => return Err(Broken::Stopped(stopped)),
        }
    }
}

/// Whether an error is about one batch, such as a file that was deleted: others may be there.
fn concerns_one(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::IncompleteResults
            | ErrorKind::FileChanged
            | ErrorKind::Refused
            | ErrorKind::ContractViolation
            | ErrorKind::InvalidRequest
    )
}
