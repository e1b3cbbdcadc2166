//! One window: from a second on, the list as it goes on from there.

use std::collections::VecDeque;

use super::seam::Seam;
use crate::pagination::pager::FetchedPage;
use crate::types::checkpoint::Next;
use crate::types::error::Error;
use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// How much denser or sparser the end of a page must be than its window for the window to say
/// nothing of what follows.
const OTHER_DENSITY: f64 = 8.0;

/// How much longer than the longest time without a batch a window must be: of two windows that
/// start in the same one, one is in vain.
const LONGER_THAN_GAP: f64 = 1.1;

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
            Self::IgnoresTimes => {
                "a batch is newer than asked for; the service does not heed its time filters, or \
                 reads them in another zone"
            }
        }
    }
}

/// How batches lie in time: so many rows in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Density {
    pub(super) rows: f64,
    pub(super) seconds: f64,
    /// How many seconds a window must cover at least to hold any.
    pub(super) least_step: f64,
}

impl Density {
    /// 0 if all rows were created at once.
    pub(super) fn seconds_per_row(self) -> f64 {
        self.seconds / self.rows
    }

    /// Together with that of the window before, if they are alike.
    pub(super) fn behind(self, before: Self) -> Self {
        if differ(before.seconds_per_row(), self.seconds_per_row()) {
            return self;
        }
        Self {
            rows: before.rows + self.rows,
            seconds: before.seconds + self.seconds,
            least_step: before.least_step.max(self.least_step),
        }
    }
}

fn differ(one: f64, other: f64) -> bool {
    one > OTHER_DENSITY * other || other > OTHER_DENSITY * one
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
    /// Whether it seems to: within the bound of the window, nothing is older.
    pub(super) seems_ended: bool,
    /// The unreadable rows of the page that seems to be the last one: they come again.
    unreadable: Vec<UnreadableRow>,
    /// When the newest row of all pages so far was created, in Unix seconds.
    newest: Option<i64>,
    /// The oldest row of all pages so far.
    oldest: Option<RowId>,
    /// How many rows the service sent.
    rows: usize,
    /// The longest time without a batch, in seconds.
    longest_gap: i64,
    /// How the rows lie at the end of the last page.
    end: Option<Density>,
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
            seems_ended: false,
            unreadable: Vec::new(),
            newest: None,
            oldest: None,
            rows: 0,
            longest_gap: 0,
            end: None,
        }
    }

    /// Takes a page in. An error says why the window is not what it should be.
    pub(super) fn receive(&mut self, mut fetched: FetchedPage) -> Result<(), Misfit> {
        let sent = &fetched.sent;
        let mut sorted = sent.is_sorted_by(|row, next| row.created_at >= next.created_at);
        // Pages that overlap lead back to rows that are known.
        let is_behind = |row: &RowId| {
            self.oldest
                .as_ref()
                .is_none_or(|it| row.created_at <= it.created_at)
        };
        sorted &= fetched.rows.iter().all(is_behind);
        let mut heeded = true;
        if let Some(start) = self.start {
            heeded = fetched.comes_again || sent.iter().all(|row| row.created_at <= start);
            let before = |row: &UnreadableRow| row.created_at().is_none_or(|at| at < start);
            fetched.page.unreadable.retain(before);
        }
        let is_first = self.oldest.is_none();
        let times = sent.iter().map(|row| row.created_at);
        let times: Vec<i64> = self.position().into_iter().chain(times).collect();
        if let (Some(first), Some(last)) = (sent.first(), sent.last()) {
            self.newest.get_or_insert(first.created_at);
            self.learn_density(&times, sent.len());
            // Pages that overlap must not lead back.
            let oldest = self.oldest.get_or_insert_with(|| last.clone());
            if last.created_at < oldest.created_at {
                last.clone_into(oldest);
            }
        }
        let is_known = |row: &UnreadableRow| self.unreadable.iter().any(|it| it.raw == row.raw);
        fetched.page.unreadable.retain(|row| !is_known(row));
        if fetched.ends_window {
            self.unreadable.clone_from(&fetched.page.unreadable);
        }
        self.ended = fetched.end == Next::ListEnds;
        self.seems_ended |= self.ended || fetched.ends_window;
        self.pages.push_back(fetched);
        match (sorted, heeded) {
            (true, true) => Ok(()),
            (false, _) => Err(Misfit::Unordered),
            // Only the first page was asked for with the bound.
            (true, false) if is_first => Err(Misfit::IgnoresTimes),
            (true, false) => Err(Misfit::Unordered),
        }
    }

    /// Takes note of how the rows of a page lie: so many, the last of these times.
    fn learn_density(&mut self, times: &[i64], rows: usize) {
        let gaps = times.windows(2).map(|two| two[0].saturating_sub(two[1]));
        self.longest_gap = gaps.chain([self.longest_gap]).max().unwrap_or_default();
        self.rows += rows;
        let half = (rows / 2).max(1);
        self.end = match times {
            [.., last] if times.len() > half => Some(Density {
                rows: half as f64,
                seconds: times[times.len() - 1 - half].saturating_sub(*last) as f64,
                least_step: 0.0,
            }),
            _ => None,
        };
    }

    /// How its batches lie, as far as that says what follows: none before its first row.
    pub(super) fn density(&self) -> Option<Density> {
        let oldest = self.oldest.as_ref()?.created_at;
        let (from, rows) = match self.start {
            Some(start) => (start, self.rows),
            None => (self.newest?, self.rows - 1),
        };
        let whole = Density {
            rows: rows.max(1) as f64,
            seconds: from.saturating_sub(oldest).max(0) as f64,
            least_step: LONGER_THAN_GAP * self.longest_gap as f64,
        };
        let is_other = |end: &Density| {
            end.seconds > 0.0 && differ(whole.seconds_per_row(), end.seconds_per_row())
        };
        Some(self.end.filter(is_other).unwrap_or(whole))
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

    /// The oldest row of all pages so far.
    pub(super) fn oldest(&self) -> Option<&RowId> {
        self.oldest.as_ref()
    }
}
