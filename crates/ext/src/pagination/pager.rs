//! From page to page: which cursor comes next, and when the list ends.

use std::sync::Arc;

use jiff::tz::Offset;
use qwen_batches_api::types::Batch;

use super::cursors::{Cursor, Cursors};
use super::cycle_guard::CycleGuard;
use super::order::Order;
use super::plan::ListPlan;
use super::recent_rows::{RecentRows, keep_distinct};
use super::row_check::{self, Verdict};
use super::server_filters;
use crate::types::checkpoint::{Checkpoint, Next};
use crate::types::error::{Error, ErrorKind};
use crate::types::page::{Page, UnreadableRow};
use crate::types::query::Query;
use crate::types::row_id::RowId;

/// How many pages without a row may follow one another while the service says that there is more,
/// and gives a cursor that moves.
const MAX_EMPTY_PAGES: u32 = 10;

/// How often a page without a row is asked for again if the service says that there is more, and
/// gives no cursor to find it.
const MAX_SECOND_LOOKS: u32 = 3;

/// A page as a pager fetched it.
#[derive(Debug)]
pub(crate) struct FetchedPage {
    pub(crate) page: Page,
    /// The page's rows.
    pub(crate) rows: Arc<[RowId]>,
    /// All rows that the service sent, those included that are not to be delivered.
    pub(crate) sent: Arc<[RowId]>,
    /// What lies behind the page.
    pub(crate) end: Next,
    /// The cursors behind the page.
    pub(crate) behind: Option<(String, Option<Cursor>)>,
    /// The row behind which the list goes on, if that is not the page's last one.
    pub(crate) goes_on_behind: Option<String>,
    /// Whether it seems to be the last one of a window, which is gone through once more.
    pub(crate) ends_window: bool,
    /// Whether a row is too old for the filter, and all behind it are, too.
    pub(crate) is_past_filter: bool,
    /// Whether the list was begun anew, and rows come again: newer ones than a window starts with are
    /// expected then.
    pub(crate) comes_again: bool,
}

impl FetchedPage {
    /// A page of a window with these rows, of which nothing else is known.
    pub(crate) fn of_window(page: Page, rows: Arc<[RowId]>, sent: Arc<[RowId]>, end: Next) -> Self {
        Self {
            page,
            rows,
            sent,
            end,
            behind: None,
            goes_on_behind: None,
            ends_window: false,
            is_past_filter: false,
            comes_again: false,
        }
    }
}

/// Fetches the pages of a list one after the other. It never ends before the service says that the
/// list does, and never goes on for ever.
///
/// It knows how far it has fetched, not how far its reader has read: that is for
/// [`ReaderPosition`](super::reader_position::ReaderPosition).
#[derive(Debug)]
pub(crate) struct Pager {
    pub(super) plan: ListPlan,
    pub(super) cursors: Cursors,
    /// The place behind the last row fetched.
    pub(super) fetched: Checkpoint,
    pub(super) recent: RecentRows,
    pub(super) order: Order,
    /// The place that the list began at.
    from: Checkpoint,
    /// Whether the list was begun anew, and has not reached the place that it goes on from.
    pub(super) catching_up: bool,
    /// Whether nothing has been fetched since the list was resumed.
    pub(super) is_resumed: bool,
    window: Option<Window>,
    /// How many rows had been delivered when the list last went on by time.
    pub(super) tried_by_time_at: Option<u64>,
    pub(super) empty_pages: u32,
    pub(super) cycle: CycleGuard,
    state: State,
}

/// A window of a list: a bound of time finds its first page, and would hide newer rows that come
/// behind older ones.
#[derive(Debug)]
struct Window {
    /// What is asked for behind the first page.
    query: Option<Query>,
    /// The cursor of the first row, until rows have come behind the first page.
    first: Option<String>,
}

/// The id of the first row of a page as a cursor, if the server's own cursor is that of the last row.
fn first_cursor(first: &str, last: &str, page: &Page) -> Option<String> {
    (page.last_id.as_deref() == Some(last)).then(|| first.to_owned())
}

#[derive(Debug)]
enum State {
    Running,
    /// An error to be given after the rows that came before it.
    Failing(Error),
    Done,
}

impl Pager {
    /// A pager that goes on at `from`.
    pub(crate) fn new(plan: ListPlan, from: Checkpoint) -> Self {
        Self {
            cursors: Cursors::at(from.cursor.clone()),
            state: if from.ended {
                State::Done
            } else {
                State::Running
            },
            order: Order::behind(from.last_created_at, from.by_time),
            is_resumed: from.cursor.is_some(),
            catching_up: false,
            window: None,
            tried_by_time_at: None,
            fetched: from.clone(),
            from,
            recent: RecentRows::default(),
            empty_pages: 0,
            cycle: CycleGuard::default(),
            plan,
        }
    }

    /// A pager of what was created before a second, of a list that starts with `first`. Its first page
    /// is asked for with that bound, the others as the list goes on there. None where the bound cannot
    /// be sent.
    pub(crate) fn before(
        list: &ListPlan,
        second: i64,
        zone: Offset,
        first: Option<&RowId>,
    ) -> Option<Self> {
        let plan = list.before(second, zone)?;
        let start = plan.start();
        let mut pager = Self::new(plan, start);
        pager.window = Some(Window {
            query: Some(list.query.clone()),
            first: None,
        });
        pager.recent.set_first(first.map(|row| row.id.clone()));
        Some(pager)
    }

    /// The next page; nothing behind the last one. After an error that is not retryable the list
    /// is over; after one that is, the same page is fetched again.
    pub(crate) async fn next_page(&mut self) -> Option<Result<FetchedPage, Error>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Running => {}
            State::Failing(error) => return Some(Err(error)),
            State::Done => return None,
        }
        if self.remaining() == Some(0) {
            return None;
        }
        let mut fetched = match self.fetch_page().await {
            Ok(fetched) => fetched,
            Err(error) => {
                if error.is_retryable() {
                    self.state = State::Running;
                }
                return Some(Err(error));
            }
        };
        self.fetched.deliver(&fetched.rows);
        self.leave_bound(&fetched);
        fetched.end = self.advance(&mut fetched).unwrap_or_else(|error| {
            self.state = State::Failing(error.with_request_id(fetched.page.request_id.clone()));
            Next::Stops
        });
        if fetched.end == Next::GoesOn {
            self.state = State::Running;
        }
        Some(Ok(fetched))
    }

    /// The cursors behind a page, and whether they lead through a window once more: where its rows
    /// are all on its first page, from the first of them on, without the bound. Newer rows may come
    /// between, and behind.
    fn behind(&self, page: &mut Page) -> (Option<(String, Option<Cursor>)>, bool) {
        let window = self.window.as_ref().filter(|_| !page.has_more);
        let first = match (window, page.rows.first()) {
            (Some(Window { query: Some(_), .. }), Some(row)) => {
                first_cursor(&row.id, &page.rows[page.rows.len() - 1].id, page)
            }
            (Some(window), None) if window.first.is_some() => window.first.clone(),
            _ => return (self.cursors.behind(page), false),
        };
        page.go_on();
        let first = first.map(|first| (first, None));
        (first.or_else(|| self.cursors.behind(page)), true)
    }

    /// Goes on without the bound of a window behind its first page.
    fn leave_bound(&mut self, fetched: &FetchedPage) {
        let (first, last) = (fetched.sent.first(), fetched.sent.last());
        let (Some(window), Some(first), Some(last)) = (&mut self.window, first, last) else {
            return;
        };
        let is_checked = fetched.ends_window || first.id == last.id;
        let cursor = first_cursor(&first.id, &last.id, &fetched.page).filter(|_| !is_checked);
        match window.query.take() {
            Some(query) => {
                self.plan.query = query;
                window.first = cursor;
            }
            None => window.first = None,
        }
    }

    /// Fetches the page at the cursor.
    pub(crate) async fn fetch_page(&mut self) -> Result<FetchedPage, Error> {
        let mut page = self.page_at_cursor().await?;
        self.is_resumed = false;
        let is_empty = page.rows.is_empty() && page.unreadable.is_empty();
        self.empty_pages = if is_empty { self.empty_pages + 1 } else { 0 };
        let (behind, ends_window) = self.behind(&mut page);
        keep_distinct(&mut page.rows);
        let sent: Arc<[RowId]> = page.rows.iter().map(RowId::of).collect();
        self.start_behind_cursor(&mut page)?;
        // The page is fetched again if that fails: nothing may have changed by then.
        self.learn_filters(&page).await?;
        let is_past_filter = self.take_order(&page);
        page.rows.retain(|row| self.is_new(row));
        if self.tried_by_time_at.is_some() && !self.order.is_newest_first() {
            return Err(self.lost_order(&page));
        }
        self.keep_matching(&mut page);
        self.recent.remember(&sent, &page.unreadable);
        let remaining = usize::try_from(self.remaining().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        page.cap(remaining);
        page.keep_own_findings();
        let rows = if page.rows.len() == sent.len() {
            Arc::clone(&sent)
        } else {
            page.rows.iter().map(RowId::of).collect()
        };
        Ok(FetchedPage {
            page,
            rows,
            sent,
            end: Next::Stops,
            behind,
            goes_on_behind: None,
            ends_window,
            is_past_filter,
            comes_again: self.catching_up,
        })
    }

    /// Whether the row was not fetched before, as far as that is remembered. One of an earlier run
    /// may come late where the server lists rows in an order of its own.
    pub(super) fn is_new(&self, row: &Batch) -> bool {
        let is_delivered = self.fetched.has_delivered(row) || self.from.has_delivered(row);
        self.recent.is_new(row) && !is_delivered
    }

    /// Where the list begins behind a cursor of the caller's: leaves out that row, and what comes
    /// before it, of a first page that overlaps. Where it comes otherwise, the list may not be what
    /// was asked for.
    fn start_behind_cursor(&self, page: &mut Page) -> Result<(), Error> {
        let begins_behind = self.from.cursor.as_ref();
        let begins_behind = begins_behind.filter(|_| self.from.delivered == 0);
        let is_start = |row: &Batch| Some(&row.id) == begins_behind;
        let start = page.rows.iter().position(is_start);
        let Some(at) = start.filter(|at| self.recent.is_new(&page.rows[*at])) else {
            return Ok(());
        };
        let mut pairs = page.rows[..=at].windows(2);
        let newest_first = pairs.all(|pair| pair[0].created_at >= pair[1].created_at);
        if self.recent.is_empty() && newest_first {
            page.rows.drain(..=at);
            return Ok(());
        }
        let summary = format!(
            "the list behind {} holds that batch itself, and so perhaps others that come before it",
            page.rows[at].id
        );
        Err(Error::new(ErrorKind::Pagination, summary).with_request_id(page.request_id.clone()))
    }

    /// Takes note of the order of the new rows. True if one is too old for the filter, and all that
    /// follow are, too.
    fn take_order(&mut self, page: &Page) -> bool {
        let was_newest_first = self.order.is_newest_first();
        let mut too_old = false;
        let mut catching_up = self.catching_up;
        for row in &page.rows {
            // Rows of the second that the list goes on from may have come before.
            catching_up &= Some(row.created_at) > self.fetched.last_created_at;
            if self.is_new(row) {
                if !catching_up {
                    self.order.see(row.created_at);
                }
                too_old |= !self.plan.filter.starts_by(row.created_at);
            }
        }
        if was_newest_first && !self.order.is_newest_first() {
            self.recent.keep_all();
            self.plan.report.warn_once(
                "the server does not list the newest batches first",
                "; the list is read to its end",
            );
        }
        too_old && self.order.is_certain()
    }

    /// Finds out how the server filters, where the rows of the page depend on it.
    async fn learn_filters(&self, page: &Page) -> Result<(), Error> {
        for row in page.rows.iter().filter(|row| self.is_new(row)) {
            while let Verdict::Probe(part) = self.check(page, row) {
                let deadline = self.deadline();
                server_filters::probe(&self.plan.client, part, deadline).await?;
                self.plan.report.count_page();
            }
        }
        Ok(())
    }

    fn check(&self, page: &Page, row: &Batch) -> Verdict {
        let learned = self.plan.client.shared().learned();
        let is_legible = |member: &str| page.is_legible(row, member);
        row_check::check(&self.plan.filter, row, learned, is_legible)
    }

    /// Leaves out rows that the filter does not let through.
    fn keep_matching(&mut self, page: &mut Page) {
        let rows = std::mem::take(&mut page.rows);
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let verdict = self.check(page, &row);
            self.plan.report.count(verdict);
            match verdict {
                Verdict::Matches | Verdict::MatchesByServer => kept.push(row),
                Verdict::LeftOut(_) | Verdict::Probe(_) => page.left_out += 1,
            }
        }
        page.rows = kept;
    }

    pub(super) fn remaining(&self) -> Option<u64> {
        self.plan
            .max_items
            .map(|most| most.saturating_sub(self.fetched.delivered))
    }

    /// What lies behind `page`.
    fn advance(&mut self, fetched: &mut FetchedPage) -> Result<Next, Error> {
        let page = &fetched.page;
        if !page.has_more || fetched.is_past_filter {
            return Ok(Next::ListEnds);
        }
        if self.remaining() == Some(0) {
            return Ok(Next::Stops);
        }
        let reached = |row: &RowId| Some(row.created_at) <= self.fetched.last_created_at;
        self.catching_up &= !fetched.sent.iter().any(reached);
        let stuck = |summary: String| Err(Error::new(ErrorKind::Pagination, summary));
        let here = self
            .cursors
            .current
            .as_deref()
            .unwrap_or("the start of the list");
        let next = fetched.behind.take();
        let moves = next
            .as_ref()
            .is_some_and(|(next, _)| Some(next) != self.cursors.current.as_ref());
        let most = if moves {
            MAX_EMPTY_PAGES
        } else {
            MAX_SECOND_LOOKS
        };
        if self.empty_pages > most {
            return stuck(format!(
                "{} empty pages in a row behind {here}, and the service says that more batches \
                 follow; the list may be incomplete",
                self.empty_pages
            ));
        }
        if self.empty_pages > 0 && !moves {
            return Ok(Next::GoesOn);
        }
        let Some(next) = next else {
            return stuck(format!(
                "the service says that more batches follow the page behind {here}, but gives no \
                 cursor to go on from; the list may be incomplete"
            ));
        };
        if self.cycle.closes(&next.0) || !moves {
            return stuck(format!(
                "the cursor {} comes again, so the list would never end; it may be incomplete",
                next.0
            ));
        }
        let (sent, last) = (&fetched.sent, fetched.sent.last());
        // A page without anything new may lead back.
        let leads_on = !fetched.ends_window && !fetched.rows.is_empty();
        let is_other = leads_on && last.is_some_and(|row| row.id != next.0);
        // Newest first, a page goes on behind its last row, whether that can be read or not.
        let is_newest_first = || sent.is_sorted_by(|row, next| row.created_at >= next.created_at);
        let is_next = |row: &UnreadableRow| row.id.as_ref() == Some(&next.0);
        let is_row = sent.iter().any(|row| row.id == next.0)
            || page.unreadable.iter().any(is_next) && !is_newest_first();
        fetched.goes_on_behind = (is_other && is_row).then(|| next.0.clone());
        self.cursors.move_to(next);
        Ok(Next::GoesOn)
    }
}
