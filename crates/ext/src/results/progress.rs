//! How far the reader of results has come, for whoever asks meanwhile.

use std::sync::{Arc, Mutex, PoisonError};

use crate::types::results_checkpoint::ResultsCheckpoint;
use crate::types::results_report::ResultsReport;

/// Shared by a stream and what it reads from.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Mutex<(ResultsCheckpoint, ResultsReport)>>);

impl Progress {
    pub(super) fn new(checkpoint: ResultsCheckpoint, report: ResultsReport) -> Self {
        Self(Arc::new(Mutex::new((checkpoint, report))))
    }

    pub(super) fn checkpoint(&self) -> ResultsCheckpoint {
        self.with(|checkpoint, _| checkpoint.clone())
    }

    pub(super) fn report(&self) -> ResultsReport {
        self.with(|_, report| report.clone())
    }

    pub(super) fn with<T>(
        &self,
        act: impl FnOnce(&mut ResultsCheckpoint, &mut ResultsReport) -> T,
    ) -> T {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (checkpoint, report) = &mut *state;
        act(checkpoint, report)
    }
}
