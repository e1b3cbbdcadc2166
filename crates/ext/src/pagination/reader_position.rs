//! Where the reader of a list is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::types::checkpoint::{Checkpoint, Next};
use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// The place where the reader of a list is, shared by a stream and whoever asks it for a
/// checkpoint.
#[derive(Clone, Debug)]
pub(crate) struct ReaderPosition(Arc<Mutex<Reader>>);

#[derive(Debug)]
struct Reader {
    /// As of the start of the page that is being read.
    checkpoint: Checkpoint,
    /// The rows of that page.
    page: Arc<[RowId]>,
    /// How many of them the reader was given. Only this moves with each row.
    given: usize,
}

impl ReaderPosition {
    pub(crate) fn new(checkpoint: Checkpoint) -> Self {
        Self(Arc::new(Mutex::new(Reader {
            checkpoint,
            page: Arc::default(),
            given: 0,
        })))
    }

    fn lock(&self) -> MutexGuard<'_, Reader> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let reader = self.lock();
        let mut checkpoint = reader.checkpoint.clone();
        checkpoint.deliver(&reader.page[..reader.given]);
        checkpoint
    }

    /// The reader has begun a page with these rows.
    pub(crate) fn start_page(&self, rows: &Arc<[RowId]>) {
        let mut reader = self.lock();
        reader.settle();
        reader.page = Arc::clone(rows);
    }

    /// The reader was given the next row of the page.
    pub(crate) fn deliver(&self) {
        let mut reader = self.lock();
        reader.given = reader.page.len().min(reader.given + 1);
    }

    /// The reader has all of the page.
    pub(crate) fn finish_page(&self, end: Next) {
        let mut reader = self.lock();
        reader.given = reader.page.len();
        reader.settle();
        reader.checkpoint.finish_page(end);
    }

    pub(crate) fn keep_unreadable(&self, rows: &[UnreadableRow]) {
        self.lock().checkpoint.keep_unreadable(rows);
    }

    /// The rows that could not be read so far.
    pub(crate) fn unreadable(&self) -> Vec<UnreadableRow> {
        self.lock().checkpoint.unreadable.clone()
    }
}

impl Reader {
    /// Takes what was given into the checkpoint.
    fn settle(&mut self) {
        let page = std::mem::take(&mut self.page);
        self.checkpoint
            .deliver(&page[..std::mem::take(&mut self.given)]);
    }
}
