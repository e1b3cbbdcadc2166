//! A request for a list, before it becomes pages.

use std::sync::Arc;

use qwen_batches_api::limits::{LIST_BATCHES_LIMIT_MAX, LIST_BATCHES_LIMIT_MIN};

use crate::client::Client;
use crate::error::Error;
use crate::filter::{BatchFilter, Problem, Query};
use crate::page::Page;
use crate::stream::{Items, Pages};
use crate::walk::Walk;

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
}

impl ListBatches {
    pub(crate) fn new(client: Client, filter: BatchFilter) -> Self {
        Self {
            client,
            filter,
            page_size: LIST_BATCHES_LIMIT_MAX as u32,
            max_items: None,
            after: None,
        }
    }

    /// How many batches to ask for at a time: 1 to 100, 100 by default. As the service limits
    /// calls, not rows, smaller pages only make a list slower.
    pub fn page_size(mut self, rows: u32) -> Self {
        self.page_size = rows;
        self
    }

    /// How many batches to deliver at most.
    pub fn max_items(mut self, rows: u64) -> Self {
        self.max_items = Some(rows);
        self
    }

    /// Starts behind the batch with this id.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after = Some(id.into());
        self
    }

    /// Fetches one page.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, if the call fails, or if the reply cannot be understood.
    pub async fn page(self) -> Result<Page, Error> {
        let mut walk = Walk::new(self)?;
        walk.fetch_page().await
    }

    /// All pages, from the first to the last, each fetched when it is asked for.
    pub fn pages(self) -> Pages {
        Pages::new(self)
    }

    /// All batches, newest first, pages being fetched as they are needed.
    pub fn items(self) -> Items {
        Items::new(self)
    }

    /// Checks everything that was set.
    pub(crate) fn validate(self) -> Result<Plan, Error> {
        let rendered = self.filter.render(self.client.shared().filter_zone);
        let (query, mut problems) = match rendered {
            Ok(query) => (Some(query), Vec::new()),
            Err(problems) => (None, problems),
        };
        let page_sizes = LIST_BATCHES_LIMIT_MIN..=LIST_BATCHES_LIMIT_MAX;
        if !page_sizes.contains(&i64::from(self.page_size)) {
            problems.push(Problem {
                field: "page_size",
                message: format!(
                    "{} is not from {} to {}",
                    self.page_size,
                    page_sizes.start(),
                    page_sizes.end()
                ),
            });
        }
        if self.after.as_deref().is_some_and(|id| id.trim().is_empty()) {
            let message = "empty; leave it out to start with the newest batch".to_owned();
            problems.push(Problem {
                field: "after",
                message,
            });
        }
        match query {
            Some(query) if problems.is_empty() => Ok(Plan {
                client: self.client,
                filter: self.filter,
                query: Arc::new(query),
                page_size: self.page_size,
                max_items: self.max_items,
                after: self.after,
            }),
            _ => Err(Error::invalid_filter(problems)),
        }
    }
}

/// A request for a list that has been checked.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) client: Client,
    pub(crate) filter: BatchFilter,
    pub(crate) query: Arc<Query>,
    pub(crate) page_size: u32,
    pub(crate) max_items: Option<u64>,
    pub(crate) after: Option<String>,
}
