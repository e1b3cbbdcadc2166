//! One window: from a second on, the list as it goes on from there.

use std::collections::VecDeque;

use super::seam::Seam;
use crate::pagination::pager::FetchedPage;
use crate::types::checkpoint::Next;
use crate::types::error::Error;
use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// Batches may be created at once; to count on it would be no number.
const SHORTEST: f64 = 1e-6;

/// Why a window is not what it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    Unordered,
    IgnoresTimes,
}

impl Misfit {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Unordered => "the service does not list the newest batches first",
            Self::IgnoresTimes => "the service does not heed its time filters",
        }
    }
}

/// The pages of what was created before [`start`](Self::start).
#[derive(Debug)]
pub(super) struct Window {
    pub(super) id: u64,
    /// In Unix seconds; none for the window that starts where the list does.
    pub(super) start: Option<i64>,
    /// Whether its next page is being fetched.
    pub(super) busy: bool,
    /// Pages for the reader.
    pub(super) pages: VecDeque<FetchedPage>,
    /// Unreadable rows that the reader has, and that the next window may have, too.
    pub(super) reported: Vec<UnreadableRow>,
    /// Where the last page that the reader got has met the next window.
    pub(super) seam: Option<Seam>,
    /// What went wrong behind the last page.
    pub(super) failure: Option<Error>,
    /// Whether the list ends behind the last page.
    pub(super) ended: bool,
    /// When the newest row of all pages so far was created, in Unix seconds.
    newest: Option<i64>,
    /// The oldest row of all pages so far.
    oldest: Option<RowId>,
    /// How long it took to create as many batches as fit on a page, judging by the last page.
    pub(super) seconds_per_page: Option<f64>,
}

impl Window {
    pub(super) fn new(id: u64, start: Option<i64>) -> Self {
        Self {
            id,
            start,
            busy: false,
            pages: VecDeque::new(),
            reported: Vec::new(),
            seam: None,
            failure: None,
            ended: false,
            newest: None,
            oldest: None,
            seconds_per_page: None,
        }
    }

    /// Takes a page in. An error says why the window is not what it should be.
    pub(super) fn receive(
        &mut self,
        mut fetched: FetchedPage,
        page_size: u32,
    ) -> Result<(), Misfit> {
        let sent = &fetched.sent;
        let sorted = sent.is_sorted_by(|row, next| row.created_at >= next.created_at);
        let mut heeded = true;
        if let Some(start) = self.start {
            heeded = sent.iter().all(|row| row.created_at <= start);
            let before = |row: &UnreadableRow| row.created_at().is_none_or(|at| at < start);
            fetched.page.unreadable.retain(before);
        }
        if let (Some(first), Some(last)) = (sent.first(), sent.last()) {
            // For a single row, the row before it counts.
            let (from, rows) = match sent.len() - 1 {
                0 => (self.oldest.as_ref().map(|row| row.created_at), 1),
                more => (Some(first.created_at), more),
            };
            if let Some(from) = from {
                let seconds = from.saturating_sub(last.created_at) as f64;
                let seconds = seconds / rows as f64 * f64::from(page_size);
                self.seconds_per_page = Some(seconds.max(SHORTEST));
            }
            self.newest.get_or_insert(first.created_at);
            // Pages that overlap must not lead back.
            let oldest = self.oldest.get_or_insert_with(|| last.clone());
            if last.created_at < oldest.created_at {
                last.clone_into(oldest);
            }
        }
        self.ended = fetched.end == Next::ListEnds;
        self.pages.push_back(fetched);
        match (sorted, heeded) {
            (true, true) => Ok(()),
            (false, _) => Err(Misfit::Unordered),
            (true, false) => Err(Misfit::IgnoresTimes),
        }
    }

    /// Whether its next page can be fetched.
    pub(super) fn is_idle(&self) -> bool {
        !self.busy && !self.ended && self.failure.is_none()
    }

    /// Whether the reader waits for its next page, and nobody is fetching it.
    pub(super) fn needs_page(&self) -> bool {
        self.is_idle() && self.pages.is_empty() && self.seam.is_none()
    }

    /// Whether it has no rows for the reader, and has met none of the next window.
    pub(super) fn is_empty(&self) -> bool {
        self.pages
            .iter()
            .all(|fetched| fetched.page.rows.is_empty() && fetched.page.unreadable.is_empty())
    }

    /// Whether it has fetched rows that belong to the window that starts at `bound`.
    pub(super) fn has_met(&self, bound: i64) -> bool {
        self.oldest
            .as_ref()
            .is_some_and(|row| row.created_at < bound)
    }

    /// How far it has come, in Unix seconds.
    pub(super) fn position(&self) -> Option<i64> {
        self.oldest
            .as_ref()
            .map(|row| row.created_at)
            .or(self.start)
    }

    /// How long before its position the window that starts at `bound` does, if it has a page
    /// still to fetch.
    pub(super) fn seconds_to(&self, bound: i64) -> f64 {
        match self.position() {
            Some(position) if !self.ended && position > bound => {
                position.saturating_sub(bound) as f64
            }
            _ => 0.0,
        }
    }

    /// When the newest row was created, and the oldest row.
    pub(super) fn span(&self) -> Option<(i64, &RowId)> {
        Some((self.newest?, self.oldest.as_ref()?))
    }
}
