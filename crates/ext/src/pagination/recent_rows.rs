//! Rows that come again, since pages overlap.

use std::collections::VecDeque;
use std::sync::Arc;

use qwen_batches_api::types::Batch;

use crate::types::row_id::RowId;

/// Of how many pages the rows are kept.
const REMEMBERED_PAGES: usize = 10;

/// The rows of the last pages, so that none is delivered twice.
#[derive(Debug, Default)]
pub(super) struct RecentRows {
    pages: VecDeque<Arc<[RowId]>>,
    /// When the oldest row ever remembered was created.
    oldest: Option<i64>,
}

impl RecentRows {
    pub(super) fn is_new(&self, batch: &Batch) -> bool {
        // Newest first, nearly every row is older than all before it: nothing is searched then.
        let older_than_all = self.oldest.is_none_or(|oldest| batch.created_at < oldest);
        older_than_all
            || !self
                .pages
                .iter()
                .flat_map(|page| page.iter())
                .any(|row| row.created_at == batch.created_at && row.id == batch.id)
    }

    pub(super) fn remember(&mut self, page: Arc<[RowId]>) {
        let oldest = page.iter().map(|row| row.created_at).min();
        self.oldest = self.oldest.into_iter().chain(oldest).min();
        if self.pages.len() == REMEMBERED_PAGES {
            self.pages.pop_front();
        }
        self.pages.push_back(page);
    }
}
