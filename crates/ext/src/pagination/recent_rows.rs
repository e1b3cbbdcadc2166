//! Rows that come again, since pages overlap or a list starts over.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::Hasher as _;

use qwen_batches_api::types::Batch;

use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// Of how many pages the rows are kept.
const REMEMBERED_PAGES: usize = 10;

/// The rows of the first page and of the last ones, so that none is delivered twice. A row is
/// known by its id alone: whatever else it says may have changed.
#[derive(Debug, Default)]
pub(super) struct RecentRows {
    /// The id of the list's first row.
    first: Option<String>,
    /// Hashes of the ids that are kept, and on how many pages each came.
    known: HashMap<u64, u32>,
    /// Those of the last pages.
    pages: VecDeque<Vec<u64>>,
    /// Whether no row is forgotten: once rows were seen to come in no order, any may come again.
    keeps_all: bool,
}

impl RecentRows {
    pub(super) fn is_new(&self, batch: &Batch) -> bool {
        !self.known.contains_key(&hash(&batch.id))
    }

    /// Whether nothing came yet.
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether this row is the first one of the list.
    pub(super) fn is_first(&self, batch: &Batch) -> bool {
        self.first.as_ref() == Some(&batch.id)
    }

    /// Takes the id of the row that the list starts with.
    pub(super) fn set_first(&mut self, id: Option<String>) {
        self.first = id;
    }

    /// Rows that could not be read are known as well: they were reported.
    pub(super) fn remember(&mut self, page: &[RowId], unreadable: &[UnreadableRow]) {
        let unreadable = unreadable.iter().filter_map(|row| row.id.as_ref());
        let ids = page.iter().map(|row| &row.id).chain(unreadable);
        let hashes: Vec<u64> = ids.map(|id| hash(id)).collect();
        let is_first_page = self.is_empty();
        if let Some(row) = page.first()
            && is_first_page
            && self.first.is_none()
        {
            self.first = Some(row.id.clone());
        }
        for hash in &hashes {
            *self.known.entry(*hash).or_default() += 1;
        }
        if self.keeps_all || is_first_page {
            return;
        }
        self.pages.push_back(hashes);
        if self.pages.len() > REMEMBERED_PAGES {
            let forgotten = self.pages.pop_front().unwrap_or_default();
            for hash in forgotten {
                if let Some(pages) = self.known.get_mut(&hash) {
                    *pages -= 1;
                    if *pages == 0 {
                        self.known.remove(&hash);
                    }
                }
            }
        }
    }

    /// Keeps all rows from now on.
    pub(super) fn keep_all(&mut self) {
        self.keeps_all = true;
        self.pages.clear();
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish()
}

/// Drops rows that a page has twice.
pub(super) fn keep_distinct(rows: &mut Vec<Batch>) {
    let mut seen = HashSet::with_capacity(rows.len());
    rows.retain(|row| seen.insert(hash(&row.id)));
}
