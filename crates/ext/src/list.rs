//! A request for a list, before it becomes pages.

use std::sync::Arc;
use std::time::Duration;

use qwen_batches_api::limits::{LIST_BATCHES_LIMIT_MAX, LIST_BATCHES_LIMIT_MIN};

use crate::client::client::Client;
use crate::pagination::pager::Pager;
use crate::pagination::plan::ListPlan;
use crate::pagination::row_check::CheckReport;
use crate::pagination::stream::{Items, Pages, UnreadableRows};
use crate::types::checkpoint::Checkpoint;
use crate::types::error::Error;
use crate::types::filter::BatchFilter;
use crate::types::filter_time::FilterZone;
use crate::types::invalid_field::InvalidField;
use crate::types::page::Page;
use crate::types::query::Query;

/// More workers than this would use up a minute's calls within three round trips.
const MAX_CONCURRENCY: usize = 32;

/// A request for a list of batches; sent by [`page`](Self::page), [`pages`](Self::pages) or
/// [`items`](Self::items).
///
/// What is set here is checked along with the filter, before anything is sent: a value out of its
/// range is an [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest), the first thing that
/// a stream gives.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for a page"]
pub struct ListBatches {
    client: Client,
    filter: BatchFilter,
    /// Whether a checkpoint was to bring the filter, and does not hold it.
    filter_is_missing: bool,
    page_size: u32,
    max_items: Option<u64>,
    after: Option<String>,
    checkpoint: Option<Checkpoint>,
    unreadable_rows: UnreadableRows,
    deadline: Option<Duration>,
    prefetch: bool,
    concurrency: usize,
}

impl Client {
    /// Lists the batches that `filter` lets through, newest first.
    ///
    /// Nothing is sent until a page is requested.
    pub fn list_batches(&self, filter: BatchFilter) -> ListBatches {
        ListBatches::new(self.clone(), filter)
    }

    /// Resumes a list after the last row that it delivered: its filter is in
    /// the checkpoint, page size and cap may differ.
    ///
    /// A checkpoint of another server is refused before anything is sent, and so is one that does
    /// not hold its filter ([`Checkpoint::filter`]): for that one there is
    /// [`ListBatches::resume`].
    ///
    /// ```no_run
    /// # async fn example(client: qwen_batches::Client, word: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let page = client.resume(word.parse()?).page().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(&self, checkpoint: Checkpoint) -> ListBatches {
        let filter = checkpoint.filter().cloned();
        let mut list = self.list_batches(filter.clone().unwrap_or_default());
        list.filter_is_missing = filter.is_none();
        list.resume(checkpoint)
    }
}

impl ListBatches {
    pub(crate) fn new(client: Client, filter: BatchFilter) -> Self {
        Self {
            client,
            filter,
            filter_is_missing: false,
            page_size: LIST_BATCHES_LIMIT_MAX as u32,
            max_items: None,
            after: None,
            checkpoint: None,
            unreadable_rows: UnreadableRows::default(),
            deadline: None,
            prefetch: false,
            concurrency: 1,
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

    /// Starts behind the batch with this id; that batch is not listed. How the service treats an id
    /// that it does not know, or no longer lists, is undocumented.
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after = Some(id.into());
        self
    }

    /// Resumes another list after the last row that it delivered. Server and
    /// filter must be the same; page size and cap may differ. [`Client::resume`] takes the filter
    /// from the checkpoint.
    ///
    /// If the service refuses the checkpoint's cursor, the list continues by time of creation: after
    /// the first batch of that time, as the service lists it. A server that refuses the id of that
    /// batch as well is asked by time alone, with a warning in the log. One that, in addition, does not
    /// list the newest batches first may hide newer ones then, and nothing in its responses shows it.
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

    /// Whether to fetch the next page, in a task of its own, while the reader works on the last
    /// one; off by default, so that nothing is fetched before it is asked for.
    ///
    /// Never more than one page ahead, and never a page that [`max_items`](Self::max_items) makes
    /// superfluous. Dropping the stream ends the task. With more than one worker
    /// ([`concurrency`](Self::concurrency)) this changes nothing.
    pub fn prefetch(mut self, on: bool) -> Self {
        self.prefetch = on;
        self
    }

    /// With how many workers to fetch, 1 to 32; 1 by default.
    ///
    /// With more than one, the list is read as windows of creation time side by side. The stream
    /// gives the same rows in the same order, each once, only sooner; pages may be shorter where
    /// windows meet.
    ///
    /// It takes at most twice the calls of one worker, not counting retries. One exception: if the
    /// first page suggests a list of at least two pages for each worker and at most 32 pages, every
    /// worker opens a window at once, and where the list is shorter after all, these calls come on
    /// top. The list takes at most one round longer than with one worker, a round being the time of
    /// one call. This is what 3 000 batches take in a simulation with 8 workers, in pages of 100, to
    /// the last batch; that none follows it may take a round more. With one worker they take 30 rounds
    /// and 30 calls:
    ///
    /// | created | rounds | calls |
    /// |---|---|---|
    /// | evenly over 29 days | 5 | 33 |
    /// | evenly, 1, 5 or 25 seconds apart | 6 | 34 |
    /// | nine in ten in the newest hour | 6 | 34 |
    /// | nine in ten in one hour three weeks ago | 7 | 34 |
    /// | in office hours of 25 days | 8 | 41 |
    /// | in two clusters, each within a day, three weeks apart | 7 | 37 |
    /// | in bursts of 200 in one second, one a day | 9 | 49 |
    ///
    /// Since the service allows 100 calls a minute, that is worth it for lists of up to some 50
    /// pages; longer ones wait for the [rate limit](crate::RateLimit) in any case.
    ///
    /// The first page is fetched alone. Windows are opened only where it is known in which zone the
    /// server reads times: on Singapore's hosts, the first list of a client finds that out in one
    /// or two calls, while its second page is fetched; on other hosts, one worker fetches all unless
    /// [`filter_zone`](crate::ClientBuilder::filter_zone) states the zone.
    ///
    /// Without time filters ([`Dialect`](crate::Dialect), [`filter_zone`](crate::ClientBuilder::filter_zone))
    /// there are no windows: then this is [`prefetch`](Self::prefetch).
    ///
    /// Each row is checked against the filter, as with one worker, and where two windows meet, their
    /// rows are compared. If they differ, or if a window has newer rows than it was opened for, the
    /// list falls back to sequential fetching from there, and the reason is logged; this can happen
    /// if batches change status while a list filtered by status is being read. If the service turns
    /// out not to list the newest batches first when the reader has already left a window, the list
    /// ends in an [`ErrorKind::Pagination`](crate::ErrorKind::Pagination), whose checkpoint cannot be
    /// resumed, since rows may be missing before it.
    ///
    /// Windows rely on what the service documents: newest first. Only the first page of a window is
    /// asked for by time. All others follow it without that bound, and where the last window has one
    /// page, the list is asked for once more from its first row on: newer batches behind older ones
    /// show there. One order remains that nothing in the responses shows: newer batches that lie
    /// between the rows of the first page of a window that is not the last one, or between those of the
    /// last one's if that has more pages, and nowhere else. With one worker nothing is hidden: read
    /// the list of a server that is known to have no order so.
    ///
    /// At most three pages per worker are buffered or being fetched, plus the page that the reader
    /// is waiting for. When the reader stops, only the calls under way are finished; when the
    /// stream is dropped, they are stopped. The stream must be polled within a Tokio runtime.
    pub fn concurrency(mut self, workers: usize) -> Self {
        self.concurrency = workers;
        self
    }

    /// Fetches one page.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, if the call fails, or if the response cannot be understood.
    ///
    /// # Panics
    ///
    /// Polled outside a Tokio runtime with time and I/O.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future cancels the call; nothing else is lost.
    pub async fn page(self) -> Result<Page, Error> {
        let (plan, from) = self.validate()?;
        if plan.max_items.is_some_and(|most| most <= from.delivered) {
            return Ok(Page::empty());
        }
        let mut pager = Pager::new(plan, from.clone());
        match pager.fetch_page().await {
            Ok(fetched) => Ok(fetched.page),
            Err(error) => Err(error.with_checkpoint(from)),
        }
    }

    /// All pages, from the first to the last, each fetched when it is asked for.
    pub fn pages(self) -> Pages {
        Pages::new(self.validate())
    }

    /// All batches, newest first, pages being fetched as they are needed.
    pub fn items(self) -> Items {
        let unreadable = self.unreadable_rows;
        Items::new(self.validate(), unreadable)
    }

    /// Checks everything that was set, and says where to start.
    fn validate(self) -> Result<(ListPlan, Checkpoint), Error> {
        let config = self.client.shared();
        let rendered = Query::render(&self.filter, config.dialect(), config.filter_zone());
        let (query, mut invalid) = match rendered {
            Ok(query) => (Some(query), Vec::new()),
            Err(invalid) => (None, invalid),
        };
        let mut problem = |field, message: String| invalid.push(InvalidField::new(field, message));

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
        if !(1..=MAX_CONCURRENCY).contains(&self.concurrency) {
            let message = format!("{} is not from 1 to {MAX_CONCURRENCY}", self.concurrency);
            problem("concurrency", message);
        }
        self.check_checkpoint(&mut invalid);
        let query = query.filter(|_| invalid.is_empty());
        let Some(query) = query else {
            return Err(Error::invalid_request(invalid));
        };
        let from = self
            .checkpoint
            .unwrap_or_else(|| Checkpoint::start(config.base_url(), &self.filter, self.after));
        let times_are_sent = config.filter_zone() != FilterZone::Unknown;
        let (url, size) = (config.base_url(), self.page_size);
        let report = CheckReport::new(url, &self.filter, size, times_are_sent);
        let plan = ListPlan {
            client: self.client,
            filter: self.filter,
            query,
            page_size: self.page_size,
            max_items: self.max_items,
            deadline: self.deadline,
            start: Arc::default(),
            report: Arc::new(report),
            prefetch: self.prefetch,
            concurrency: self.concurrency,
        };
        Ok((plan, from))
    }

    /// Whether the list can go on at its checkpoint, if it has one.
    fn check_checkpoint(&self, invalid: &mut Vec<InvalidField>) {
        let Some(checkpoint) = &self.checkpoint else {
            return;
        };
        let mut refuse = |message: String| invalid.push(InvalidField::new("resume", message));
        let server = self.client.shared().base_url();
        if checkpoint.server() != server {
            refuse(format!(
                "the checkpoint belongs to {}, not to {server}",
                checkpoint.server()
            ));
        }
        if self.filter_is_missing {
            let reason = "the checkpoint does not hold its filter, since that has a URL with a \
                          query or is long: give the same filter to list_batches, then resume";
            refuse(reason.to_owned());
        } else if !checkpoint.has_filter(&self.filter) {
            refuse("the checkpoint is that of a list with another filter".to_owned());
        }
        if self.after.is_some() {
            refuse("a checkpoint says where to go on; leave out `after`".to_owned());
        }
        if checkpoint.is_lost() {
            let reason = "the checkpoint does not hold where to go on: the id was too long to be kept, \
                          or rows may be missing before it; start anew";
            refuse(reason.to_owned());
        }
    }
}
