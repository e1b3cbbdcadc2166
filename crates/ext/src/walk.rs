//! From page to page: which cursor comes next, and when the list ends.

use crate::call;
use crate::error::{Error, ErrorKind};
use crate::list::{ListBatches, Plan};
use crate::page::Page;

/// How many pages without a row may follow one another while the service says that there is more.
const MAX_EMPTY_PAGES: u32 = 10;

/// A walk through a list. It never ends before the service says that the list does, and never
/// goes on for ever.
#[derive(Debug)]
pub(crate) struct Walk {
    plan: Plan,
    cursor: Option<String>,
    delivered: u64,
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

impl Walk {
    pub(crate) fn new(list: ListBatches) -> Result<Self, Error> {
        let plan = list.validate()?;
        Ok(Self {
            cursor: plan.after.clone(),
            plan,
            delivered: 0,
            empty_pages: 0,
            cycle: CycleGuard::default(),
            state: State::Walking,
        })
    }

    /// The next page; nothing behind the last one. After an error that is not retryable the walk
    /// is over; after one that is, the same page is fetched again.
    pub(crate) async fn next_page(&mut self) -> Option<Result<Page, Error>> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Walking => {}
            State::Failing(error) => return Some(Err(error)),
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
                return Some(Err(error));
            }
        };
        self.delivered += page.rows.len() as u64;
        self.state = match self.advance(&page) {
            Ok(true) => State::Walking,
            Ok(false) => State::Done,
            Err(error) => State::Failing(error.with_request_id(page.request_id.clone())),
        };
        Some(Ok(page))
    }

    /// Fetches the page at the cursor.
    pub(crate) async fn fetch_page(&mut self) -> Result<Page, Error> {
        let remaining = self.remaining().unwrap_or(u64::MAX);
        let limit = u64::from(self.plan.page_size).min(remaining.max(1)) as u32;
        let cursor = self.cursor.as_deref();
        let mut page = call::list_batches(&self.plan.client, &self.plan.query, cursor, limit)
            .await
            .map_err(|error| error.with_cursor(self.cursor.clone()))?;
        self.empty_pages = if page.rows.is_empty() && page.unreadable.is_empty() {
            self.empty_pages + 1
        } else {
            0
        };
        page.rows.retain(|batch| self.plan.filter.covers(batch));
        page.rows
            .truncate(usize::try_from(remaining).unwrap_or(usize::MAX));
        Ok(page)
    }

    fn remaining(&self) -> Option<u64> {
        self.plan
            .max_items
            .map(|most| most.saturating_sub(self.delivered))
    }

    /// Moves the cursor behind `page`; says whether there is a page behind it.
    fn advance(&mut self, page: &Page) -> Result<bool, Error> {
        if !page.has_more || self.remaining() == Some(0) {
            return Ok(false);
        }
        let stuck = |summary: String| {
            Err(Error::new(ErrorKind::Pagination, summary).with_cursor(self.cursor.clone()))
        };
        let here = self.cursor.as_deref().unwrap_or("the start of the list");
        let Some(next) = &page.next_cursor else {
            return stuck(format!(
                "the service says that more batches follow the page after {here}, but gives no \
                 cursor to go on from; the list may be incomplete"
            ));
        };
        if self.empty_pages >= MAX_EMPTY_PAGES {
            return stuck(format!(
                "{MAX_EMPTY_PAGES} empty pages in a row up to cursor {here}, and the service says \
                 that more batches follow; the list may be incomplete"
            ));
        }
        if self.cycle.closes(next) || self.cursor.as_deref() == Some(next) {
            return stuck(format!(
                "the cursor {next} comes again, so the list would never end; it may be incomplete"
            ));
        }
        self.cursor = Some(next.clone());
        Ok(true)
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
