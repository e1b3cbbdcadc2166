//! From page to page: which cursor comes next, and when the list ends.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches_api::types::Batch;

use crate::call;
use crate::checkpoint::{Checkpoint, PageEnd};
use crate::error::{Error, ErrorKind};
use crate::list::Plan;
use crate::page::Page;
use crate::wall_clock;

/// How many pages without a row may follow one another while the service says that there is more,
/// and gives a cursor that moves.
const MAX_EMPTY_PAGES: u32 = 10;

/// How often a page without a row is asked for again if the service says that there is more, and
/// gives no cursor to find it.
const MAX_SECOND_LOOKS: u32 = 3;

/// Of how many pages the ids are kept, to drop rows that come again.
const REMEMBERED_PAGES: usize = 10;

/// The place where a list is, shared by a stream and whoever asks it for a checkpoint.
#[derive(Clone, Debug)]
pub(crate) struct Place(Arc<Mutex<Checkpoint>>);

impl Place {
    pub(crate) fn new(checkpoint: Checkpoint) -> Self {
        Self(Arc::new(Mutex::new(checkpoint)))
    }

    pub(crate) fn get(&self) -> MutexGuard<'_, Checkpoint> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        self.get().clone()
    }
}

/// A walk through a list. It never ends before the service says that the list does, and never
/// goes on for ever.
///
/// It moves its [`Place`] only when the reader has been given what lies before it: the reader of
/// pages at each page, the reader of rows at each row.
#[derive(Debug)]
pub(crate) struct Walk {
    plan: Plan,
    place: Place,
    cursor: Option<String>,
    fetched: u64,
    recent: RecentIds,
    /// Whether the last row of the last page was one to be delivered.
    last_row_is_new: bool,
    empty_pages: u32,
    cycle: CycleGuard,
    /// When the first page was asked for, on the client's clock.
    start: Option<Duration>,
    state: State,
}

#[derive(Debug)]
enum State {
    Walking,
    /// An error to be given after the rows that came before it.
    Failing(Error),
    Done,
}

impl Walk {
    pub(crate) fn new(plan: Plan, place: Place) -> Self {
        let checkpoint = place.checkpoint();
        let mut recent = RecentIds::default();
        recent.remember(checkpoint.last_ids.iter().map(String::as_str));
        Self {
            cursor: checkpoint.cursor,
            fetched: checkpoint.delivered,
            state: if checkpoint.ended {
                State::Done
            } else {
                State::Walking
            },
            recent,
            last_row_is_new: false,
            empty_pages: 0,
            cycle: CycleGuard::default(),
            start: None,
            plan,
            place,
        }
    }

    /// The next page; nothing behind the last one. After an error that is not retryable the walk
    /// is over; after one that is, the same page is fetched again.
    ///
    /// With a page comes what lies behind it.
    pub(crate) async fn next_page(&mut self) -> Option<Result<(Page, PageEnd), Error>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Walking => {}
            State::Failing(error) => {
                return Some(Err(error.with_checkpoint(self.place.checkpoint())));
            }
            State::Done => return None,
        }
        if self.remaining() == Some(0) {
            return None;
        }
        let page = match self.fetch_page().await {
            Ok(page) => page,
            Err(error) => {
                if error.is_retryable() {
                    self.state = State::Walking;
                }
                return Some(Err(error.with_checkpoint(self.place.checkpoint())));
            }
        };
        self.fetched = self.fetched.saturating_add(page.rows.len() as u64);
        let end = self.advance(&page).unwrap_or_else(|error| {
            self.state = State::Failing(error.with_request_id(page.request_id.clone()));
            PageEnd::Stops
        });
        if let PageEnd::GoesOn { .. } = &end {
            self.state = State::Walking;
        }
        Some(Ok((page, end)))
    }

    /// Fetches the page at the cursor.
    pub(crate) async fn fetch_page(&mut self) -> Result<Page, Error> {
        let mut page = match self.call().await {
            Ok(page) => page,
            Err(refusal) => self.call_by_time(refusal).await?,
        };
        let empty = page.rows.is_empty() && page.unreadable.is_empty();
        self.empty_pages = if empty { self.empty_pages + 1 } else { 0 };

        self.check_order(&page)?;
        let ids: Vec<String> = page.rows.iter().map(|batch| batch.id.clone()).collect();
        page.rows
            .retain(|batch| self.is_new(batch) && self.plan.filter.covers(batch));
        self.last_row_is_new = ids.last().is_some_and(|id| {
            page.rows.last().is_some_and(|batch| batch.id == *id) && page.unreadable.is_empty()
        });
        self.recent.remember(ids.iter().map(String::as_str));
        let remaining = usize::try_from(self.remaining().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        if page.rows.len() > remaining {
            // More than was asked for: the rest is still to come for whoever goes on from here.
            page.rows.truncate(remaining);
            page.has_more = true;
            page.next_cursor = page.rows.last().map(|batch| batch.id.clone());
        }
        Ok(page)
    }

    /// Whether the row was not delivered before, as far as that is remembered.
    fn is_new(&self, batch: &Batch) -> bool {
        let place = self.place.get();
        let of_last_second = place.last_created_at == Some(batch.created_at);
        self.recent.is_new(&batch.id) && !(of_last_second && place.last_ids.contains(&batch.id))
    }

    /// Refuses a page that lies before what has been delivered already: the list is newest first,
    /// so the service has started over, and its rows would be delivered twice.
    fn check_order(&self, page: &Page) -> Result<(), Error> {
        let (Some(cursor), Some(last)) = (&self.cursor, self.place.get().last_created_at) else {
            return Ok(());
        };
        let mut fresh = page
            .rows
            .iter()
            .filter(|batch| self.recent.is_new(&batch.id))
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
        let start = *self.start.get_or_insert(now);
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
        let last = self.place.get().last_created_at;
        let zone = self.plan.client.shared().filter_zone;
        let bound = last
            .filter(|_| self.cursor.is_some() && may_blame_cursor(&refusal))
            .and_then(|last| Timestamp::from_second(last.checked_add(1)?).ok());
        let Some((bound, text)) =
            bound.and_then(|b| Some((b, wall_clock::create_before(b, zone)?)))
        else {
            return Err(refusal);
        };
        log::debug!("the cursor may be refused; going on by time of creation: {refusal}");
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
            .map(|most| most.saturating_sub(self.fetched))
    }

    /// What lies behind `page`.
    fn advance(&mut self, page: &Page) -> Result<PageEnd, Error> {
        if !page.has_more {
            return Ok(PageEnd::ListEnds);
        }
        if self.remaining() == Some(0) {
            return Ok(PageEnd::Stops);
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
            return Ok(PageEnd::GoesOn { from: None });
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
        Ok(PageEnd::GoesOn {
            from: self.cursor.clone().filter(|_| self.last_row_is_new),
        })
    }
}

/// What the service says of a cursor that it does not know is not documented; of an account in
/// arrears it is.
fn may_blame_cursor(refusal: &Error) -> bool {
    matches!(refusal.status(), Some(400 | 404 | 422)) && refusal.code() != Some("Arrearage")
}

/// The ids of the last pages. Rows that come again, since pages overlap, are not delivered twice.
#[derive(Debug, Default)]
struct RecentIds(VecDeque<HashSet<String>>);

impl RecentIds {
    fn is_new(&self, id: &str) -> bool {
        !self.0.iter().any(|page| page.contains(id))
    }

    fn remember<'a>(&mut self, page: impl Iterator<Item = &'a str>) {
        if self.0.len() == REMEMBERED_PAGES {
            self.0.pop_front();
        }
        self.0.push_back(page.map(str::to_owned).collect());
    }
}

/// Finds out in constant space that cursors repeat: each is compared with one that is kept, and
/// the kept one is replaced at steps 1, 2, 4, 8 ... (Brent's algorithm).
#[derive(Debug, Default)]
struct CycleGuard {
    kept: Option<String>,
    steps: u64,
}

impl CycleGuard {
    fn closes(&mut self, cursor: &str) -> bool {
        if self.kept.as_deref() == Some(cursor) {
            return true;
        }
        self.steps += 1;
        if self.steps.is_power_of_two() {
            self.kept = Some(cursor.to_owned());
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cycle_closes_and_no_straight_line_does() {
        for (lead, length) in [(0, 1), (0, 2), (3, 1), (7, 5), (1, 100)] {
            let mut guard = CycleGuard::default();
            let step = (0..).position(|n: usize| {
                let cursor = if n < lead {
                    n
                } else {
                    lead + (n - lead) % length
                };
                guard.closes(&cursor.to_string())
            });
            assert!(
                step.is_some_and(|step| step <= 3 * (lead + length) + 2),
                "{lead} {length}"
            );
        }
        let mut guard = CycleGuard::default();
        assert!((0..5000).all(|cursor| !guard.closes(&cursor.to_string())));
    }
}
