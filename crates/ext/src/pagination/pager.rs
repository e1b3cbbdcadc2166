//! From page to page: which cursor comes next, and when the list ends.

use std::sync::Arc;

use jiff::Timestamp;

use super::cursors::Cursors;
use super::cycle_guard::CycleGuard;
use super::order::Order;
use super::plan::ListPlan;
use super::recent_rows::{RecentRows, keep_distinct};
use super::row_check::{self, Verdict};
use super::server_filters;
use crate::policy::trace;
use crate::transport::call;
use crate::types::checkpoint::{Checkpoint, Next};
use crate::types::error::{Error, ErrorKind};
use crate::types::filter_time;
use crate::types::page::Page;
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
    pub(crate) behind: Option<(String, Option<String>)>,
    /// Whether a row is too old for the filter, and all behind it are, too.
    pub(crate) is_past_filter: bool,
}

/// Fetches the pages of a list one after the other. It never ends before the service says that the
/// list does, and never goes on for ever.
///
/// It knows how far it has fetched, not how far its reader has read: that is for
/// [`ReaderPosition`](super::reader_position::ReaderPosition).
#[derive(Debug)]
pub(crate) struct Pager {
    plan: ListPlan,
    cursors: Cursors,
    /// The place behind the last row fetched.
    fetched: Checkpoint,
    recent: RecentRows,
    order: Order,
    /// Whether the list was begun anew, and has not reached the place that it goes on from.
    catching_up: bool,
    /// Whether nothing has been fetched since the list was resumed.
    is_resumed: bool,
    empty_pages: u32,
    cycle: CycleGuard,
    state: State,
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
            fetched: from,
            recent: RecentRows::default(),
            empty_pages: 0,
            cycle: CycleGuard::default(),
            plan,
        }
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
        fetched.end = self.advance(&mut fetched).unwrap_or_else(|error| {
            self.state = State::Failing(error.with_request_id(fetched.page.request_id.clone()));
            Next::Stops
        });
        if fetched.end == Next::GoesOn {
            self.state = State::Running;
        }
        Some(Ok(fetched))
    }

    /// Fetches the page at the cursor.
    pub(crate) async fn fetch_page(&mut self) -> Result<FetchedPage, Error> {
        let mut page = self.page_at_cursor().await?;
        self.is_resumed = false;
        let is_empty = page.rows.is_empty() && page.unreadable.is_empty();
        self.empty_pages = if is_empty { self.empty_pages + 1 } else { 0 };
        let behind = self.cursors.behind(&page);
        keep_distinct(&mut page.rows);
        let sent: Arc<[RowId]> = page.rows.iter().map(RowId::of).collect();
        let is_past_filter = self.take_order(&page);
        self.learn_filters(&page).await?;
        self.keep_matching(&mut page);
        self.recent.remember(Arc::clone(&sent));
        let remaining = usize::try_from(self.remaining().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        page.cap(remaining);
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
            is_past_filter,
        })
    }

    /// Whether the row was not fetched before, as far as that is remembered.
    fn is_new(&self, row: &qwen_batches_api::types::Batch) -> bool {
        self.recent.is_new(row) && !self.fetched.has_delivered(&RowId::of(row))
    }

    /// Takes note of the order of the new rows. True if one is too old for the filter, and all that
    /// follow are, too.
    fn take_order(&mut self, page: &Page) -> bool {
        let was_newest_first = self.order.is_newest_first();
        let mut too_old = false;
        for row in page.rows.iter().filter(|row| self.recent.is_new(row)) {
            // Rows of the second that the list goes on from may have come before.
            if !self.catching_up || Some(row.created_at) <= self.fetched.last_created_at {
                self.order.see(row.created_at);
            }
            too_old |= !self.plan.filter.starts_by(row.created_at);
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
        for row in &page.rows {
            while let Verdict::Probe(part) = self.judge(page, row) {
                let left = self.time_left();
                server_filters::probe(&self.plan.client, part, left).await?;
                self.plan.report.count_page();
            }
        }
        Ok(())
    }

    fn judge(&self, page: &Page, row: &qwen_batches_api::types::Batch) -> Verdict {
        let learned = self.plan.client.shared().learned();
        let is_legible = |member: &str| page.is_legible(row, member);
        row_check::judge(&self.plan.filter, row, learned, is_legible)
    }

    /// Leaves out rows that came before, or that the filter does not let through.
    fn keep_matching(&mut self, page: &mut Page) {
        let rows = std::mem::take(&mut page.rows);
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            if !self.is_new(&row) {
                continue;
            }
            let verdict = self.judge(page, &row);
            self.plan.report.count(verdict);
            match verdict {
                Verdict::Matches | Verdict::MatchesByServer => kept.push(row),
                Verdict::LeftOut(_) | Verdict::Probe(_) => page.left_out += 1,
            }
        }
        page.rows = kept;
    }

    /// The page at the cursor, or at another one for the same place.
    async fn page_at_cursor(&mut self) -> Result<Page, Error> {
        let first = self.call().await;
        if first.as_ref().is_ok_and(|page| self.leads_on(page)) {
            self.cursors.confirm();
            return first;
        }
        let Some(other) = self.cursors.other.clone() else {
            return self.or_by_time(first).await;
        };
        self.plan.report.warn_once(
            "`last_id` is not the id of the last row",
            ", and one of the two leads nowhere; the list goes on behind the other",
        );
        let second = self.call_behind(Some(&other)).await;
        if second.as_ref().is_ok_and(|page| self.leads_on(page)) {
            self.cursors.swap();
            return second;
        }
        match (first, second) {
            (Ok(page), Ok(_)) => Ok(page),
            (Ok(page), Err(_)) if self.cursors.is_proven() => Ok(page),
            (Err(error), _) | (_, Err(error)) if error.is_retryable() => Err(error),
            (Ok(_), Err(refusal)) => Err(self.leads_nowhere(&other, &refusal)),
            (Err(refusal), second) => self.or_by_time(second.or(Err(refusal))).await,
        }
    }

    fn leads_nowhere(&self, other: &str, refusal: &Error) -> Error {
        let here = self.cursors.current.as_deref().unwrap_or_default();
        let summary = format!(
            "the page behind `last_id`, {here}, is empty, and {other}, the id of the last row, is \
             refused ({refusal}); the list may be incomplete"
        );
        Error::new(ErrorKind::Pagination, summary)
    }

    /// Whether a page behind a cursor has anything new, and is not one from the start of the list.
    fn leads_on(&self, page: &Page) -> bool {
        let mut new = page.rows.iter().filter(|row| self.is_new(row)).peekable();
        let has_new = new.peek().is_some() || !page.unreadable.is_empty();
        has_new && !self.starts_over(page)
    }

    /// Whether a page behind a cursor is one from the start of the list: newer than all that has
    /// been fetched, although batches come newest first.
    fn starts_over(&self, page: &Page) -> bool {
        let (Some(_), Some(last)) = (&self.cursors.current, self.fetched.last_created_at) else {
            return false;
        };
        if self.catching_up || page.rows.is_empty() {
            return false;
        }
        let mut new = page.rows.iter().filter(|row| self.is_new(row)).peekable();
        if new.peek().is_none() {
            return page
                .rows
                .first()
                .is_some_and(|row| self.recent.is_first(row));
        }
        let ordered = self.order.is_newest_first() && self.plan.client.shared().is_ordered();
        ordered && new.all(|row| row.created_at > last)
    }

    async fn call(&mut self) -> Result<Page, Error> {
        let cursor = self.cursors.current.clone();
        self.call_behind(cursor.as_deref()).await
    }

    /// One call, in the zone in which the server reads times.
    async fn call_behind(&mut self, cursor: Option<&str>) -> Result<Page, Error> {
        let page = self.send(cursor).await?;
        let client = self.plan.client.clone();
        if !server_filters::may_read_utc(&client, &self.plan, &page) {
            return Ok(page);
        }
        let mut in_utc = self.plan.in_utc();
        std::mem::swap(&mut self.plan, &mut in_utc);
        match self.send(cursor).await {
            Ok(page) if !server_filters::has_newer(&self.plan, &page) => {
                server_filters::learn_utc(&client);
                Ok(page)
            }
            second => {
                self.plan = in_utc;
                second?;
                server_filters::learn_times_ignored(&client);
                self.plan.forget_times();
                Ok(page)
            }
        }
    }

    async fn send(&self, cursor: Option<&str>) -> Result<Page, Error> {
        let size = u64::from(self.plan.page_size);
        let limit = match self.remaining() {
            // Pages that are filtered here hold less than asked for.
            Some(remaining) if !self.plan.report.has_left_out() => size.min(remaining.max(1)),
            _ => size,
        };
        let plan = &self.plan;
        plan.report.count_page();
        let left = self.time_left();
        // On the heap: it would be part of each of the futures around it, several times.
        Box::pin(call::list_batches(
            &plan.client,
            &plan.query,
            cursor,
            limit as u32,
            left,
        ))
        .await
    }

    /// What is left of the list's deadline.
    fn time_left(&self) -> Option<std::time::Duration> {
        let now = self.plan.client.shared().runtime.elapsed();
        let start = *self.plan.start.get_or_init(|| now);
        let spent = now.saturating_sub(start);
        let deadline = self.plan.deadline?;
        Some(deadline.saturating_sub(spent))
    }

    /// After a cursor that the service refuses (its batch may have left the 30 days that are
    /// listed), or that leads to the start of the list, the list goes on by time: with what was
    /// created in the second of the last row delivered, or before. If that is refused as well, the
    /// cursor was not to blame.
    async fn or_by_time(&mut self, first: Result<Page, Error>) -> Result<Page, Error> {
        let failure = match &first {
            Ok(page) if self.starts_over(page) => self.started_over(page),
            Ok(_) => return first,
            Err(refusal) if self.may_blame_cursor(refusal) => return self.by_time(first).await,
            Err(_) => return first,
        };
        Err(failure)
    }

    async fn by_time(&mut self, first: Result<Page, Error>) -> Result<Page, Error> {
        let last = self
            .fetched
            .last_created_at
            .filter(|_| self.fetched.by_time);
        let bound = last.and_then(|last| Timestamp::from_second(last.checked_add(1)?).ok());
        let Some(bound) = bound.filter(|_| self.cursors.current.is_some()) else {
            return first;
        };
        if let Err(refusal) = &first {
            trace::debug!("the cursor may be refused; going on by time of creation: {refusal}");
        }
        let before = (self.plan.clone(), std::mem::take(&mut self.cursors));
        let zone = self.plan.client.shared().filter_zone().of_create_before();
        if let Some(zone) = zone.filter(|_| self.plan.times_are_sent()) {
            self.plan.query.create_before = filter_time::create_before(bound, zone);
        }
        self.plan.filter.narrow_before(bound);
        self.catching_up = true;
        match self.call().await {
            Err(error) if !error.is_retryable() => {
                (self.plan, self.cursors) = before;
                self.catching_up = false;
                first
            }
            Err(error) => {
                (self.plan, self.cursors) = before;
                self.catching_up = false;
                Err(error)
            }
            page => page,
        }
    }

    fn started_over(&self, page: &Page) -> Error {
        let cursor = self.cursors.current.as_deref().unwrap_or_default();
        let summary = format!(
            "the page behind the cursor {cursor} is newer than the rows before it: the service has \
             started over; the list may be incomplete"
        );
        Error::new(ErrorKind::Pagination, summary).with_request_id(page.request_id.clone())
    }

    /// What the service says of a cursor that it does not know is undocumented; of an account in
    /// arrears it is not. Some servers fail at it (500): then a list that was resumed goes on by
    /// time.
    fn may_blame_cursor(&self, refusal: &Error) -> bool {
        match refusal.status() {
            Some(400 | 404 | 422) => refusal.code() != Some("Arrearage"),
            Some(500) => self.is_resumed,
            _ => false,
        }
    }

    fn remaining(&self) -> Option<u64> {
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
        self.cursors.move_to(next);
        Ok(Next::GoesOn)
    }
}
