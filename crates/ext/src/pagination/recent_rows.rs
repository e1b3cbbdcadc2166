//! Rows that come again, since pages overlap or a list starts over.

use std::collections::{HashSet, VecDeque};
use std::hash::Hasher as _;
use std::sync::Arc;

use qwen_batches_api::types::Batch;

use crate::types::row_id::RowId;

/// Of how many pages the rows are kept.
const REMEMBERED_PAGES: usize = 10;

/// The rows of the first page and of the last ones, so that none is delivered twice.
#[derive(Debug, Default)]
pub(super) struct RecentRows {
    first: Option<Arc<[RowId]>>,
    pages: VecDeque<Arc<[RowId]>>,
    /// When the oldest row ever remembered was created.
    oldest: Option<i64>,
    /// Hashes of all ids, once rows were seen to come in no order: any may come again then.
    unordered: Option<HashSet<u64>>,
}

impl RecentRows {
    pub(super) fn is_new(&self, batch: &Batch) -> bool {
        if let Some(all) = &self.unordered {
            return !all.contains(&hash(&batch.id));
        }
        // Newest first, nearly every row is older than all before it: nothing is searched then.
        if self.oldest.is_none_or(|oldest| batch.created_at < oldest) {
            return true;
        }
        let mut rows = self
            .pages
            .iter()
            .chain(&self.first)
            .flat_map(|page| page.iter());
        !rows.any(|row| row.created_at == batch.created_at && row.id == batch.id)
    }

    /// Whether this row is the first one of the first page.
    pub(super) fn is_first(&self, batch: &Batch) -> bool {
        let first = self.first.as_ref().and_then(|page| page.first());
        first.is_some_and(|row| row.id == batch.id)
    }

    /// Takes the rows that the list starts with.
    pub(super) fn set_first(&mut self, page: Arc<[RowId]>) {
        self.first = Some(page);
    }

    pub(super) fn remember(&mut self, page: Arc<[RowId]>) {
        let oldest = page.iter().map(|row| row.created_at).min();
        self.oldest = self.oldest.into_iter().chain(oldest).min();
        if let Some(all) = &mut self.unordered {
            all.extend(page.iter().map(|row| hash(&row.id)));
            return;
        }
        if !page.is_empty() {
            self.first.get_or_insert_with(|| Arc::clone(&page));
        }
        if self.pages.len() == REMEMBERED_PAGES {
            self.pages.pop_front();
        }
        self.pages.push_back(page);
    }

    /// Keeps all rows from now on.
    pub(super) fn keep_all(&mut self) {
        if self.unordered.is_none() {
            let rows = self
                .pages
                .iter()
                .chain(&self.first)
                .flat_map(|page| page.iter());
            self.unordered = Some(rows.map(|row| hash(&row.id)).collect());
            self.pages.clear();
        }
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish()
}

/// Drops rows that a page has twice.
pub(super) fn keep_distinct(rows: &mut Vec<Batch>) {
    // Rows of different times are different rows.
    if rows.is_sorted_by(|newer, older| newer.created_at > older.created_at) {
        return;
    }
    let mut seen = HashSet::with_capacity(rows.len());
    rows.retain(|row| seen.insert(row.id.clone()));
}
