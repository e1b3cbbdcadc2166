//! A request for the results of a batch, before it becomes lines.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use qwen_batches_api::types::{Batch, BatchRequestCounts};

use super::file_reader::FileReader;
use super::lines::ResultLines;
use super::progress::Progress;
use super::reader::Reader;
use crate::client::client::Client;
use crate::types::batch::BatchExt as _;
use crate::types::error::Error;
use crate::types::invalid_field::InvalidField;
use crate::types::result_line::ResultFile;
use crate::types::results_checkpoint::ResultsCheckpoint;
use crate::types::results_report::ResultsReport;

const LONGEST_LINE: usize = 8 << 20;

/// A request for the results of a batch; sent by [`lines`](Self::lines).
///
/// ```no_run
/// # async fn example(client: qwen_batches::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let batch = client.batch("batch_9f1d5c52-8f0e-4c7b-a3d6-2b7a90e41c65").get().await?;
/// let mut lines = client.results(&batch).lines();
/// while let Some(line) = lines.try_next().await? {
///     match line.result {
///         Ok(body) => println!("{}: {} bytes", line.custom_id, body.as_str().len()),
///         Err(failed) => eprintln!("{}: {failed}", line.custom_id),
///     }
/// }
/// // Every request of the batch has had its line.
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for lines"]
pub struct Results {
    client: Client,
    /// Why there is nothing to ask for.
    not_ended: Option<String>,
    start: ResultsCheckpoint,
    files: [(ResultFile, Option<String>); 2],
    counts: Option<BatchRequestCounts>,
    deadline: Option<Duration>,
    resume: Option<ResultsCheckpoint>,
    longest: usize,
    allow_mismatch: bool,
}

impl Client {
    /// The results of a batch that has ended: the lines of its output file and its error file.
    ///
    /// Nothing is sent until the stream of lines is polled. The batch is taken as it
    /// is given: fetch it anew if it was still running.
    pub fn results(&self, batch: &Batch) -> Results {
        let id = |id: &Option<String>| id.clone().filter(|id| !id.is_empty());
        let output = id(&batch.output_file_id);
        // One file is read once.
        let error = id(&batch.error_file_id).filter(|id| output.as_ref() != Some(id));
        let has_files = output.is_some() || error.is_some();
        let server = self.shared().base_url();
        let files = [output.as_deref(), error.as_deref()];
        Results {
            client: self.clone(),
            not_ended: (!has_files && !batch.is_terminal()).then(|| batch.status.to_string()),
            start: ResultsCheckpoint::start(server, &batch.id, files),
            files: [(ResultFile::Output, output), (ResultFile::Error, error)],
            counts: batch.request_counts.clone(),
            deadline: None,
            resume: None,
            longest: LONGEST_LINE,
            allow_mismatch: false,
        }
    }
}

impl Results {
    /// How long all of it may take, from the first line that is asked for; no limit by default. What
    /// the reader does between lines counts. The error at the deadline carries the place to go on
    /// from. Separately, the client's [`timeout`](crate::ClientBuilder::timeout) limits how long
    /// the service may send nothing.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Goes on where the results of the same batch were left, behind the last line delivered.
    ///
    /// The files are read from their start, since only then can repeated lines be recognised;
    /// what was delivered is not delivered again, and must be what it was: else the error is an
    /// [`ErrorKind::FileChanged`](crate::ErrorKind::FileChanged).
    pub fn resume(mut self, checkpoint: ResultsCheckpoint) -> Self {
        self.resume = Some(checkpoint);
        self
    }

    /// How long a line may be, in bytes: 8 MiB by default. A longer one counts as a line that cannot
    /// be read. One line is held at a time.
    pub fn max_line_bytes(mut self, bytes: usize) -> Self {
        self.longest = bytes;
        self
    }

    /// Whether missing, unreadable or contradictory lines are accepted, with no error at the
    /// end; false by default. [`ResultLines::report`] counts them in either case. A file that could not
    /// be read is an error all the same.
    ///
    /// A batch that has expired or was cancelled may have no lines for requests that never ran: what
    /// the service writes of them is undocumented.
    pub fn allow_mismatch(mut self, allow: bool) -> Self {
        self.allow_mismatch = allow;
        self
    }

    /// The lines, each fetched when it is asked for: first those of the output file, then those of the
    /// error file, in the order of the files.
    pub fn lines(self) -> ResultLines {
        ResultLines::new(self.reader())
    }

    /// Checks everything that was set.
    fn reader(self) -> Result<(Reader, Progress), Error> {
        let mut invalid = Vec::new();
        let shared = self.client.shared();
        let mut refuse = |field, message: String| invalid.push(InvalidField::new(field, message));
        if let Some(status) = &self.not_ended {
            refuse(
                "batch",
                format!("it is {status}: there are results when it has ended"),
            );
        }
        for (file, id) in &self.files {
            if let Some(Err(reason)) = id.as_ref().map(|id| shared.check_segment(id)) {
                let field = match file {
                    ResultFile::Output => "output_file_id",
                    ResultFile::Error => "error_file_id",
                };
                refuse(field, reason.to_owned());
            }
        }
        let conflict = self.resume.as_ref().and_then(|it| it.conflict(&self.start));
        if let Some(reason) = conflict {
            refuse("resume", reason);
        }
        if !invalid.is_empty() {
            return Err(Error::invalid("results", invalid));
        }
        let from = self.resume.unwrap_or(self.start);
        let files = self.files.iter().filter_map(|(file, id)| {
            let id = id.as_deref()?;
            Some(FileReader::new(*file, id, self.longest))
        });
        let report = ResultsReport {
            counts: self.counts,
            ..ResultsReport::default()
        };
        let progress = Progress::new(from.clone(), report);
        let reader = Reader {
            files: files.collect::<VecDeque<_>>(),
            client: self.client,
            from,
            progress: progress.clone(),
            time: self.deadline,
            deadline: None,
            longest: self.longest,
            allow_mismatch: self.allow_mismatch,
            seen: HashMap::new(),
        };
        Ok((reader, progress))
    }
}
