//! Where the reader of a list is.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::pagination::pager::FetchedPage;
use crate::types::checkpoint::{Checkpoint, Next};
use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// How many rows that could not be read are kept whole.
const KEPT_ROWS: usize = 100;

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
    /// The row behind which the list goes on, if that is not the page's last one.
    goes_on_behind: Option<String>,
    /// How many of them the reader was given. Only this moves with each row.
    given: usize,
    /// The first rows that could not be read.
    unreadable: Vec<UnreadableRow>,
    /// The ids of all of them.
    unreadable_ids: HashSet<String>,
}

impl ReaderPosition {
    pub(crate) fn new(checkpoint: Checkpoint) -> Self {
        let ids = checkpoint.unreadable.ids.iter();
        Self(Arc::new(Mutex::new(Reader {
            unreadable: ids
                .clone()
                .map(|id| UnreadableRow::of_earlier_run(id))
                .collect(),
            unreadable_ids: ids.cloned().collect(),
            checkpoint,
            page: Arc::default(),
            goes_on_behind: None,
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

    /// The reader has begun a page.
    pub(crate) fn start_page(&self, fetched: &FetchedPage) {
        let mut reader = self.lock();
        reader.settle();
        reader.page = Arc::clone(&fetched.rows);
        reader.goes_on_behind.clone_from(&fetched.goes_on_behind);
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
        let behind = reader.goes_on_behind.take();
        reader.checkpoint.finish_page(end, behind);
    }

    /// Rows may be missing before any place that the list could go on from.
    pub(crate) fn lose(&self) {
        let mut reader = self.lock();
        reader.settle();
        reader.checkpoint.lose();
    }

    /// Keeps rows that could not be read; those whose id is known already are the same ones.
    pub(crate) fn keep_unreadable(&self, rows: &[UnreadableRow]) {
        let mut reader = self.lock();
        for row in rows {
            let is_new = match &row.id {
                Some(id) => reader.unreadable_ids.insert(id.clone()),
                None => true,
            };
            if is_new {
                reader.checkpoint.count_unreadable([row]);
                if reader.unreadable.len() < KEPT_ROWS {
                    reader.unreadable.push(row.clone());
                }
            }
        }
    }

    /// How many rows could not be read so far, in all runs together, and the first of them.
    pub(crate) fn unreadable(&self) -> (u64, Vec<UnreadableRow>) {
        let reader = self.lock();
        (
            reader.checkpoint.unreadable.count,
            reader.unreadable.clone(),
        )
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
