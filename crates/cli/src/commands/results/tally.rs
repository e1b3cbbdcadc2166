//! What the results of all batches come to.

use qwen_batches::{Batch, BatchExt as _};

use super::lines::Read;
use super::verdict::{Verdict, awaits_output};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::words::count;

/// What the results of all batches come to.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) batches: u64,
    /// How many requests they have by their counts, if all are counted.
    pub(super) requests: Option<u64>,
    /// Batches of which results are missing.
    incomplete: u64,
    under_way: u64,
    /// Those that leave open what came of a request that has no result.
    pub(super) open: u64,
    succeeded: u64,
    failed: u64,
    worst: Verdict,
    /// Batches whose files were there before, and others whose files are there now.
    pub(super) kept: u64,
    pub(super) fetched: u64,
}

impl Tally {
    /// Counts a row that could not be read: nobody knows which results it stands for.
    pub(super) fn miss_row(&mut self) {
        self.open += 1;
        self.count(Verdict::Incomplete);
    }

    /// Counts a batch.
    pub(super) fn begin(&mut self, batch: &Batch) {
        self.batches += 1;
        let total = batch.request_counts.as_ref().map_or(0, |it| it.total);
        self.requests = match (self.batches, u64::try_from(total)) {
            (1, Ok(total @ 1..)) => Some(total),
            (_, Ok(total @ 1..)) => self.requests.map(|sum| sum.saturating_add(total)),
            _ => None,
        };
    }

    /// Counts a batch without files in.
    pub(super) fn add_without_files(&mut self, batch: &Batch, verdict: Verdict) {
        self.under_way += u64::from(!batch.is_terminal());
        self.open += u64::from(verdict == Verdict::Incomplete);
        self.count(verdict);
    }

    /// Counts the lines of a batch in, and judges it by them.
    pub(super) fn add(&mut self, batch: &Batch, read: &Read) -> Verdict {
        let is_open = read.is_cut || !batch.is_terminal() || awaits_output(batch);
        self.open += u64::from(is_open);
        self.succeeded += read.report.succeeded;
        self.failed += read.report.failed;
        let verdict = match read.is_cut {
            true => Verdict::Incomplete,
            false => Verdict::of(batch, &read.report),
        };
        self.count(verdict);
        verdict
    }

    pub(super) fn count(&mut self, verdict: Verdict) {
        self.incomplete += u64::from(verdict == Verdict::Incomplete);
        self.worst = self.worst.max(verdict);
    }

    /// How a command ends that has passed the results on.
    pub(super) fn exit(&self) -> Result<Exit, Failure> {
        match self.worst {
            Verdict::Succeeded => Ok(Exit::Ok),
            Verdict::Failed => {
                let total = count(self.succeeded + self.failed, "request");
                let message = match self.failed {
                    0 => "not all requests ran".to_owned(),
                    failed => format!("{failed} of {total} failed"),
                };
                Err(Failure::new(Exit::RequestsFailed, message))
            }
            Verdict::Incomplete => {
                let under_way = match self.under_way {
                    0 => String::new(),
                    under_way => format!(", {under_way} under way"),
                };
                let (missing, batches) = (self.incomplete, count(self.batches, "batch"));
                let message = format!("results of {missing} of {batches} are missing{under_way}");
                Err(Failure::new(Exit::ResultsMissing, message))
            }
        }
    }
}
