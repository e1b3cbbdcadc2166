//! From page to page: which cursor comes next, and when the list ends.

use std::sync::Arc;

use jiff::Timestamp;
use qwen_batches_api::types::Batch;

use super::cycle_guard::CycleGuard;
use super::recent_rows::RecentRows;
use crate::pagination::plan::ListPlan;
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

/// A page as a walk fetched it.
#[derive(Debug)]
pub(crate) struct FetchedPage {
    pub(crate) page: Page,
    /// The page's rows.
    pub(crate) rows: Arc<[RowId]>,
    /// All rows that the service sent, those included that are not to be delivered.
    pub(crate) sent: Arc<[RowId]>,
    /// What lies behind the page.
    pub(crate) end: Next,
}

/// A walk through a list. It never ends before the service says that the list does, and never
/// goes on for ever.
///
/// It knows how far it has fetched, not how far its reader has read: that is for
/// [`ReaderPosition`](crate::pagination::reader_position::ReaderPosition).
#[derive(Debug)]
pub(crate) struct Pager {
    plan: ListPlan,
    cursor: Option<String>,
    /// The place behind the last row fetched.
    fetched: Checkpoint,
    recent: RecentRows,
    empty_pages: u32,
    cycle: CycleGuard,
    state: State,
}

#[derive(Debug)]
enum State {
    Walking,
    /// An error to be given after the rows that came before it.
    Failing(Error),
    Done,
}

impl Pager {
    /// A walk that goes on at `from`.
    pub(crate) fn new(plan: ListPlan, from: Checkpoint) -> Self {
        let mut recent = RecentRows::default();
        if let Some(created_at) = from.last_created_at {
            let row = |id: &String| RowId {
                id: id.clone(),
                created_at,
            };
            recent.remember(from.last_ids.iter().map(row).collect());
        }
        Self {
            cursor: from.cursor.clone(),
            state: if from.ended {
                State::Done
            } else {
                State::Walking
            },
            fetched: from,
            recent,
            empty_pages: 0,
            cycle: CycleGuard::default(),
            plan,
        }
    }

    /// The next page; nothing behind the last one. After an error that is not retryable the walk
    /// is over; after one that is, the same page is fetched again.
    pub(crate) async fn next_page(&mut self) -> Option<Result<FetchedPage, Error>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Walking => {}
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
                    self.state = State::Walking;
                }
                return Some(Err(error));
            }
        };
        self.fetched.deliver(&fetched.rows);
        fetched.end = self.advance(&fetched).unwrap_or_else(|error| {
            self.state = State::Failing(error.with_request_id(fetched.page.request_id.clone()));
            Next::Stops
        });
        if fetched.end == Next::GoesOn {
            self.state = State::Walking;
        }
        Some(Ok(fetched))
    }

    /// Fetches the page at the cursor.
    pub(crate) async fn fetch_page(&mut self) -> Result<FetchedPage, Error> {
        let mut page = match self.call().await {
            Ok(page) => page,
            Err(refusal) => self.call_by_time(refusal).await?,
        };
        let empty = page.rows.is_empty() && page.unreadable.is_empty();
        self.empty_pages = if empty { self.empty_pages + 1 } else { 0 };

        self.check_order(&page)?;
        let sent: Arc<[RowId]> = page.rows.iter().map(RowId::of).collect();
        page.rows
            .retain(|batch| self.is_new(batch) && self.plan.filter.covers(batch));
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
        })
    }

    /// Whether the row was not fetched before, as far as that is remembered.
    fn is_new(&self, batch: &Batch) -> bool {
        let of_last_second = self.fetched.last_created_at == Some(batch.created_at);
        self.recent.is_new(batch) && !(of_last_second && self.fetched.last_ids.contains(&batch.id))
    }

    /// Refuses a page that lies before what has been fetched already: the list is newest first,
    /// so the service has started over, and its rows would be delivered twice.
    fn check_order(&self, page: &Page) -> Result<(), Error> {
        let (Some(cursor), Some(last)) = (&self.cursor, self.fetched.last_created_at) else {
            return Ok(());
        };
        if !self.plan.client.shared().dialect.is_ordered() {
            return Ok(());
        }
        let mut fresh = page
            .rows
            .iter()
            .filter(|batch| self.recent.is_new(batch))
            .peekable();
        if fresh.peek().is_some() && fresh.all(|batch| batch.created_at > last) {
            let summary = format!(
                "the page behind the cursor {cursor} is newer than the rows before it: the service \
                 has started over; the list may be incomplete"
            );
            let error = Error::new(ErrorKind::Pagination, summary);
            return Err(error.with_request_id(page.request_id.clone()));
        }
        Ok(())
    }

    async fn call(&mut self) -> Result<Page, Error> {
        let remaining = self.remaining().unwrap_or(u64::MAX);
        let limit = u64::from(self.plan.page_size).min(remaining.max(1)) as u32;
        let client = &self.plan.client;
        let now = client.shared().runtime.elapsed();
        let start = *self.plan.start.get_or_init(|| now);
        let spent = now.saturating_sub(start);
        let left = self
            .plan
            .deadline
            .map(|deadline| deadline.saturating_sub(spent));
        let cursor = self.cursor.as_deref();
        call::list_batches(client, &self.plan.query, cursor, limit, left).await
    }

    /// After a cursor that the service refuses (its batch may have left the 30 days that are
    /// listed), the list goes on by time: with what was created in the second of the last row
    /// delivered, or before. If that is refused as well, the cursor was not to blame.
    async fn call_by_time(&mut self, refusal: Error) -> Result<Page, Error> {
        let last = self.fetched.last_created_at;
        let (dialect, zone) = {
            let shared = self.plan.client.shared();
            (shared.dialect, shared.filter_zone)
        };
        let bound = last
            .filter(|_| dialect.has_filters())
            .filter(|_| self.cursor.is_some() && may_blame_cursor(&refusal))
            .and_then(|last| Timestamp::from_second(last.checked_add(1)?).ok());
        let Some((bound, text)) =
            bound.and_then(|b| Some((b, filter_time::create_before(b, zone)?)))
        else {
            return Err(refusal);
        };
        trace::debug!("the cursor may be refused; going on by time of creation: {refusal}");
        let create_before = self.plan.query.create_before.replace(text);
        let cursor = self.cursor.take();
        match self.call().await {
            Err(error) if !error.is_retryable() => {
                self.plan.query.create_before = create_before;
                self.cursor = cursor;
                Err(refusal)
            }
            result => {
                self.plan.filter.narrow_before(bound);
                result
            }
        }
    }

    fn remaining(&self) -> Option<u64> {
        self.plan
            .max_items
            .map(|most| most.saturating_sub(self.fetched.delivered))
    }

    /// What lies behind `page`.
    fn advance(&mut self, fetched: &FetchedPage) -> Result<Next, Error> {
        let page = &fetched.page;
        if !page.has_more {
            return Ok(Next::ListEnds);
        }
        if self.remaining() == Some(0) {
            return Ok(Next::Stops);
        }
        let stuck = |summary: String| Err(Error::new(ErrorKind::Pagination, summary));
        let here = self.cursor.as_deref().unwrap_or("the start of the list");
        let moves = page.next_cursor.is_some() && page.next_cursor != self.cursor;
        if self.empty_pages
            > if moves {
                MAX_EMPTY_PAGES
            } else {
                MAX_SECOND_LOOKS
            }
        {
            return stuck(format!(
                "{} empty pages in a row behind {here}, and the service says that more batches \
                 follow; the list may be incomplete",
                self.empty_pages
            ));
        }
        if self.empty_pages > 0 && !moves {
            return Ok(Next::GoesOn);
        }
        let Some(next) = &page.next_cursor else {
            return stuck(format!(
                "the service says that more batches follow the page behind {here}, but gives no \
                 cursor to go on from; the list may be incomplete"
            ));
        };
        if self.cycle.closes(next) || self.cursor.as_deref() == Some(next) {
            return stuck(format!(
                "the cursor {next} comes again, so the list would never end; it may be incomplete"
            ));
        }
        self.cursor = Some(next.clone());
        Ok(Next::GoesOn)
    }
}

/// What the service says of a cursor that it does not know is not documented; of an account in
/// arrears it is.
fn may_blame_cursor(refusal: &Error) -> bool {
    matches!(refusal.status(), Some(400 | 404 | 422)) && refusal.code() != Some("Arrearage")
}
