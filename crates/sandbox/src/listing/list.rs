//! The rows, and the page of a query.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use super::error_response::ErrorResponse;
use super::page::Page;
use super::query::ListQuery;
use super::quirk::{Order, UnknownCursor};
use super::rules::Rules;
use crate::data;
use crate::rows::BatchLifecycle;

/// Only batches of the last 30 days are listed.
const HORIZON_SECONDS: i64 = 30 * 24 * 60 * 60;

/// The rows, newest first, and which of them are listed at present.
pub(crate) struct Listing {
    batches: VecDeque<Batch>,
    /// Where the batch of an id is, counted from the one that was first at the start: whatever
    /// appears at the head later has a negative place, and moves no other.
    places: HashMap<Arc<str>, isize>,
    /// How many have appeared at the head since the start.
    appeared: usize,
    /// Those that are still to be created, the last one first.
    pending: Vec<Batch>,
    /// How many are listed, from the head on; the others are past the horizon.
    listed: usize,
    listed_at_start: usize,
    start: i64,
    now: i64,
    /// The content of files that are not made from a row, by id.
    pub(super) files: HashMap<String, Bytes>,
}

/// A batch, and the two of its values that place it in a list.
struct Batch {
    id: Arc<str>,
    created_at: i64,
    state: State,
}

enum State {
    Still(Value),
    Moving(Box<BatchLifecycle>),
}

impl Listing {
    pub(crate) fn new(
        rows: Vec<Value>,
        lifecycles: Vec<BatchLifecycle>,
        files: HashMap<String, Bytes>,
        now: i64,
    ) -> Result<Self, RowError> {
        let mut batches = Vec::with_capacity(rows.len() + lifecycles.len());
        let mut places = HashMap::with_capacity(rows.len() + lifecycles.len());
        let rows = rows.into_iter().map(State::Still);
        let moving = lifecycles.into_iter().map(|it| State::Moving(it.into()));
        for (position, state) in rows.chain(moving).enumerate() {
            let batch = Batch::new(position, state)?;
            if places.insert(Arc::clone(&batch.id), 0).is_some() {
                return Err(RowError::new(
                    position,
                    format!("the id {:?} is taken by an earlier row", batch.id),
                ));
            }
            batches.push(batch);
        }
        batches.sort_by_key(|batch| Reverse(batch.created_at));
        // A row without a lifecycle exists already, whatever its `created_at`.
        let is_pending =
            |batch: &mut Batch| matches!(batch.state, State::Moving(_)) && batch.created_at > now;
        let pending: Vec<Batch> = batches.extract_if(.., is_pending).collect();
        for batch in &pending {
            places.remove(&batch.id);
        }
        for (place, batch) in (0..).zip(&batches) {
            places.insert(Arc::clone(&batch.id), place);
        }
        let mut listing = Self {
            listed: batches.len(),
            batches: batches.into(),
            places,
            appeared: 0,
            pending,
            listed_at_start: 0,
            start: now,
            now,
            files,
        };
        listing.leave_horizon();
        listing.listed_at_start = listing.listed;
        Ok(listing)
    }

    /// Lets it be this time, unless it is later already.
    pub(crate) fn advance(&mut self, now: i64) {
        let now = self.now.max(now);
        self.now = now;
        while let Some(batch) = self.pending.pop_if(|batch| batch.created_at <= now) {
            self.put_at_head(batch);
        }
        self.leave_horizon();
    }

    pub(crate) fn now(&self) -> i64 {
        self.now
    }

    /// What is listed at present.
    pub(crate) fn rows(&self) -> Vec<Value> {
        self.copy(0..self.listed, self.now)
    }

    /// What was listed at the start.
    pub(crate) fn initial_rows(&self) -> Vec<Value> {
        let listed = self.appeared..self.appeared + self.listed_at_start;
        self.copy(listed, self.start)
    }

    /// Puts new batches at the head: created now, or with the newest one if that is later.
    pub(crate) fn appear(&mut self, rows: usize, seed: u64) {
        for _ in 0..rows {
            let newest = self.batches.front().map(|batch| batch.created_at);
            let created_at = newest.map_or(self.now, |newest| newest.max(self.now));
            let row = data::newcomer(seed, self.appeared, created_at);
            let Ok(batch) = Batch::new(0, State::Still(row)) else {
                unreachable!("a generated row has an id and a time");
            };
            self.put_at_head(batch);
        }
    }

    fn put_at_head(&mut self, batch: Batch) {
        self.appeared += 1;
        self.listed += 1;
        self.places
            .insert(Arc::clone(&batch.id), -self.appeared.cast_signed());
        self.batches.push_front(batch);
    }

    fn leave_horizon(&mut self) {
        let horizon = self.now - HORIZON_SECONDS;
        let is_past = |batch: &Batch| batch.created_at < horizon;
        while self.listed > 0 && is_past(&self.batches[self.listed - 1]) {
            self.listed -= 1;
        }
    }

    /// Lets the oldest listed batches leave the horizon; false if there are none. They still
    /// serve as cursors.
    pub(crate) fn expire(&mut self, rows: usize) -> bool {
        let some = self.listed > 0;
        self.listed = self.listed.saturating_sub(rows);
        some
    }

    /// The rows that a query asks for.
    pub(crate) fn page(&self, query: &ListQuery, rules: &Rules) -> Result<Page, ErrorResponse> {
        let mut found = self.matching(query, rules, self.start(query, rules)?);
        let rows: Vec<_> = found.by_ref().take(query.limit).collect();
        let is_full = rows.len() == query.limit;
        let over_reports = rules.over_reports_more && is_full && query.filter.is_set();
        Ok(Page {
            first_id: rows.first().map(|(batch, _)| batch.id.to_string()),
            last_id: rows.last().map(|(batch, _)| batch.id.to_string()),
            has_more: found.next().is_some() || over_reports,
            rows: rows
                .into_iter()
                .map(|(_, row)| rules.filing.row(row.into_owned()))
                .collect(),
        })
    }

    /// The cursors that a client has behind it that has come to the cursor of this query, the
    /// nearest first.
    pub(crate) fn before(
        &self,
        query: &ListQuery,
        rules: &Rules,
    ) -> Result<Vec<String>, ErrorResponse> {
        let start = self.start(query, rules)?;
        let ranks = (0..start).rev();
        let before = ranks.filter_map(|rank| self.match_at(rank, query, rules));
        Ok(before.map(|(batch, _)| batch.id.to_string()).collect())
    }

    /// The row of this id as it is now, if it is listed.
    pub(super) fn listed_row(&self, id: &str) -> Option<Cow<'_, Value>> {
        let index = self.appeared.wrapping_add_signed(*self.places.get(id)?);
        (index < self.listed).then(|| self.batches[index].row(self.now))
    }

    /// Every row as it is now, past the horizon as well.
    pub(super) fn all_rows(&self) -> impl Iterator<Item = Cow<'_, Value>> {
        self.batches.iter().map(|batch| batch.row(self.now))
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    /// Where the page of a query begins in the order of the rules.
    fn start(&self, query: &ListQuery, rules: &Rules) -> Result<usize, ErrorResponse> {
        let Some(id) = &query.after else {
            return Ok(0);
        };
        if let Some(place) = self.places.get(id.as_str()) {
            // No place is further before the start than batches have appeared.
            let index = self.appeared.wrapping_add_signed(*place);
            let rank = match rules.order {
                Order::NewestFirst | Order::ReversedPages => Some(index),
                _ => (0..self.batches.len()).find(|rank| self.nth(*rank, rules.order) == index),
            };
            return Ok(rank.unwrap_or(index) + 1);
        }
        match rules.unknown_cursor {
            UnknownCursor::FirstPage => Ok(0),
            _ if rules.lenient_parameters => Ok(0),
            UnknownCursor::EmptyPage => Ok(self.batches.len()),
            UnknownCursor::BadRequest => Err(ErrorResponse::unknown_cursor(id)),
            UnknownCursor::NotFound => Err(ErrorResponse::no_batch(id)),
        }
    }

    /// The index of the batch that comes at this rank. Whatever appears at the head changes the
    /// order of no other two, but where rows are interleaved.
    fn nth(&self, rank: usize, order: Order) -> usize {
        let count = self.batches.len();
        // The batches with even and with odd places.
        let even = self.appeared % 2;
        let evens = (count + 1 - even) / 2;
        let odds = count - evens;
        match order {
            Order::SomeLast { every } if every > 1 => self.nth_with_some_last(rank, every),
            Order::SomeLast { .. } => rank,
            Order::NewestFirst | Order::ReversedPages => rank,
            Order::OldestFirst => count - 1 - rank,
            Order::TwoRuns if rank < evens => even + 2 * rank,
            Order::TwoRuns => (1 - even) + 2 * (rank - evens),
            Order::Interleaved if rank.is_multiple_of(2) && rank / 2 < evens => even + rank,
            Order::Interleaved => (1 - even) + 2 * (odds - 1 - rank / 2),
        }
    }

    fn nth_with_some_last(&self, rank: usize, every: usize) -> usize {
        // Places are counted from a multiple of `every` on, however many batches have appeared.
        let skipped = (every - self.appeared % every) % every;
        let last = (self.batches.len() + skipped) / every;
        let others = self.batches.len() - last;
        let place = match rank.checked_sub(others) {
            None => rank + skipped + (rank + skipped) / (every - 1),
            Some(rank) => every * (rank + 1) - 1,
        };
        place - skipped
    }

    /// The listed batches from a rank on that a filter lets through.
    fn matching(
        &self,
        query: &ListQuery,
        rules: &Rules,
        start: usize,
    ) -> impl Iterator<Item = (&Batch, Cow<'_, Value>)> {
        let end = match rules.order {
            Order::NewestFirst | Order::ReversedPages => self.listed,
            _ => self.batches.len(),
        };
        (start..end).filter_map(move |rank| self.match_at(rank, query, rules))
    }

    fn match_at(
        &self,
        rank: usize,
        query: &ListQuery,
        rules: &Rules,
    ) -> Option<(&Batch, Cow<'_, Value>)> {
        let index = self.nth(rank, rules.order);
        if index >= self.listed {
            return None;
        }
        let batch = self.batches.get(index)?;
        let row = batch.row(self.now);
        let filter = &query.filter;
        let matches = filter.matches(&row, batch.created_at, rules.bounds, rules.names);
        matches.then_some((batch, row))
    }

    fn copy(&self, range: Range<usize>, now: i64) -> Vec<Value> {
        self.batches
            .range(range)
            .map(|batch| batch.row(now).into_owned())
            .collect()
    }
}

impl Batch {
    fn new(position: usize, state: State) -> Result<Self, RowError> {
        let row = state.row(0);
        let Some(id) = row.get("id").and_then(Value::as_str) else {
            return Err(RowError::new(position, "it has no string `id`"));
        };
        let Some(created_at) = row.get("created_at").and_then(Value::as_i64) else {
            return Err(RowError::new(
                position,
                "it has no integer `created_at` in Unix seconds",
            ));
        };
        Ok(Self {
            id: id.into(),
            created_at,
            state,
        })
    }

    fn row(&self, now: i64) -> Cow<'_, Value> {
        self.state.row(now)
    }
}

impl State {
    fn row(&self, now: i64) -> Cow<'_, Value> {
        match self {
            Self::Still(row) => Cow::Borrowed(row),
            Self::Moving(lifecycle) => Cow::Owned(lifecycle.at(now)),
        }
    }
}

/// Why a row cannot be placed in a list.
pub(crate) struct RowError {
    pub(crate) position: usize,
    pub(crate) problem: String,
}

impl RowError {
    fn new(position: usize, problem: impl Into<String>) -> Self {
        Self {
            position,
            problem: problem.into(),
        }
    }
}
