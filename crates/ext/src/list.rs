//! A request for a list, before it becomes pages.

use std::time::Duration;

use qwen_batches_api::limits::{LIST_BATCHES_LIMIT_MAX, LIST_BATCHES_LIMIT_MIN};

use crate::checkpoint::Checkpoint;
use crate::client::Client;
use crate::error::Error;
use crate::filter::{BatchFilter, Problem, Query};
use crate::page::Page;
use crate::stream::{Items, Pages, UnreadableRows};
use crate::walk::{Place, Walk};

/// A request for a list of batches; it ends in [`page`](Self::page), [`pages`](Self::pages) or
/// [`items`](Self::items).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for a page"]
pub struct ListBatches {
    client: Client,
    filter: BatchFilter,
    page_size: u32,
    max_items: Option<u64>,
    after: Option<String>,
    checkpoint: Option<Checkpoint>,
    unreadable_rows: UnreadableRows,
    deadline: Option<Duration>,
}

impl ListBatches {
    pub(crate) fn new(client: Client, filter: BatchFilter) -> Self {
        Self {
            client,
            filter,
            page_size: LIST_BATCHES_LIMIT_MAX as u32,
            max_items: None,
            after: None,
            checkpoint: None,
            unreadable_rows: UnreadableRows::default(),
            deadline: None,
        }
    }

    /// How many batches to ask for at a time: 1 to 100, 100 by default. As the service limits
    /// calls, not rows, smaller pages only make a list slower.
    pub fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// How many batches to deliver at most, in all runs together where the list is
    /// [resumed](Self::resume).
    pub fn max_items(mut self, rows: u64) -> Self {
        self.max_items = Some(rows);
        self
    }

    /// Starts behind the batch with this id.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after = Some(id.into());
        self
    }

    /// Goes on where another list was left, behind the last row that it delivered. The filter must
    /// be the same; page size and cap may differ.
    ///
    /// If the service refuses the checkpoint's cursor, the list goes on by time of creation.
    pub fn resume(mut self, checkpoint: Checkpoint) -> Self {
        self.checkpoint = Some(checkpoint);
        self
    }

    /// What [`items`](Self::items) does with rows that cannot be read; pages always carry them.
    pub fn unreadable_rows(mut self, policy: UnreadableRows) -> Self {
        self.unreadable_rows = policy;
        self
    }

    /// How long the whole list may take, from the first page that is asked for; no limit by
    /// default. What the reader does between pages counts. The error at the deadline carries the
    /// place to go on from.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Fetches one page.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, if the call fails, or if the reply cannot be understood.
    pub async fn page(self) -> Result<Page, Error> {
        let (plan, place) = self.validate()?;
        let error_place = place.clone();
        let page = Walk::new(plan, place).fetch_page().await;
        page.map_err(|error| error.with_checkpoint(error_place.checkpoint()))
    }

    /// All pages, from the first to the last, each fetched when it is asked for.
    pub fn pages(self) -> Pages {
        Pages::new(self)
    }

    /// All batches, newest first, pages being fetched as they are needed.
    pub fn items(self) -> Items {
        let unreadable = self.unreadable_rows;
        Items::new(self, unreadable)
    }

    /// Checks everything that was set.
    pub(crate) fn validate(self) -> Result<(Plan, Place), Error> {
        let rendered = self.filter.render(self.client.shared().filter_zone);
        let (query, mut problems) = match rendered {
            Ok(query) => (Some(query), Vec::new()),
            Err(problems) => (None, problems),
        };
        let mut problem = |field, message: String| problems.push(Problem { field, message });

        let page_sizes = LIST_BATCHES_LIMIT_MIN..=LIST_BATCHES_LIMIT_MAX;
        if !page_sizes.contains(&i64::from(self.page_size)) {
            let (least, most) = page_sizes.into_inner();
            problem(
                "page_size",
                format!("{} is not from {least} to {most}", self.page_size),
            );
        }
        if self.after.as_deref().is_some_and(|id| id.trim().is_empty()) {
            let message = "empty; leave it out to start with the newest batch".to_owned();
            problem("after", message);
        }
        let fingerprint = self.filter.fingerprint();
        if let Some(checkpoint) = &self.checkpoint {
            if checkpoint.fingerprint != fingerprint {
                let message = "the checkpoint is that of a list with another filter".to_owned();
                problem("resume", message);
            }
            if self.after.is_some() {
                let message = "a checkpoint says where to go on; leave out `after`".to_owned();
                problem("resume", message);
            }
        }
        let query = query.filter(|_| problems.is_empty());
        let Some(query) = query else {
            return Err(Error::invalid_filter(problems));
        };
        let place = Place::new(
            self.checkpoint
                .unwrap_or_else(|| Checkpoint::start(fingerprint, self.after)),
        );
        let plan = Plan {
            client: self.client,
            filter: self.filter,
            query,
            page_size: self.page_size,
            max_items: self.max_items,
            deadline: self.deadline,
        };
        Ok((plan, place))
    }
}

/// A request for a list that has been checked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) client: Client,
    pub(crate) filter: BatchFilter,
    pub(crate) query: Query,
    pub(crate) page_size: u32,
    pub(crate) max_items: Option<u64>,
    pub(crate) deadline: Option<Duration>,
}
