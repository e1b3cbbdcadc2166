//! The client for programs that are not async. Feature `blocking`.
//!
//! It is the [async client](crate::Client) with a thread of its own, on which connections, timers
//! and tasks live; clones share it. Filters, pages, retries, checkpoints and errors are the same.
//!
//! ```no_run
//! use qwen_batches::{BatchFilter, BatchStatus, blocking};
//!
//! # fn main() -> Result<(), qwen_batches::Error> {
//! let client = blocking::Client::from_env()?;
//! let failed = BatchFilter::new().statuses([BatchStatus::Failed]);
//! for batch in client.list_batches(failed).items() {
//!     println!("{}", batch?.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Within an async runtime
//!
//! Nothing here panics there, but each call blocks the thread that it is made on, and with it the
//! tasks of that thread. Take the async client, or `tokio::task::spawn_blocking`.

mod worker;

use std::iter::FusedIterator;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};

use self::worker::Worker;
use crate::client::builder::ClientBuilder;
use crate::pagination::stream::UnreadableRows;
use crate::transport::raw::RawResponse;
use crate::types::batch_response::BatchResponse;
use crate::types::checkpoint::Checkpoint;
use crate::types::error::Error;
use crate::types::filter::BatchFilter;
use crate::types::page::Page;
use crate::types::result_line::ResultLine;
use crate::types::results_checkpoint::ResultsCheckpoint;
use crate::types::results_report::ResultsReport;
use crate::watch::event::WatchEvent;
use crate::watch::tracker::Tracker;
use qwen_batches_api::types::Batch;

/// A client that blocks; see [`crate::Client`].
///
/// Cheap to clone; clones share connections, the rate limit and the thread.
#[derive(Clone, Debug)]
pub struct Client {
    client: crate::Client,
    worker: Arc<Worker>,
}

impl ClientBuilder {
    /// As [`build`](Self::build), for a client that blocks. Feature `blocking`.
    ///
    /// # Errors
    ///
    /// Those of [`build`](Self::build), and [`ErrorKind::Config`](crate::ErrorKind::Config) if the
    /// system has no thread left.
    pub fn build_blocking(self) -> Result<Client, Error> {
        Ok(Client {
            client: self.build()?,
            worker: Arc::new(Worker::start()?),
        })
    }
}

impl Client {
    /// Starts to build a client, which ends in
    /// [`build_blocking`](ClientBuilder::build_blocking).
    pub fn builder() -> ClientBuilder {
        crate::Client::builder()
    }

    /// As [`crate::Client::from_env`].
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build_blocking`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().from_env().build_blocking()
    }

    /// The base URL of this client, without a slash at its end.
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// As [`crate::Client::list_batches`].
    pub fn list_batches(&self, filter: BatchFilter) -> ListBatches {
        ListBatches {
            request: self.client.list_batches(filter),
            worker: Arc::clone(&self.worker),
        }
    }

    /// As [`crate::Client::batch`].
    pub fn batch(&self, id: impl Into<String>) -> GetBatch {
        GetBatch {
            request: self.client.batch(id),
            worker: Arc::clone(&self.worker),
        }
    }

    /// As [`crate::Client::file`].
    pub fn file(&self, id: impl Into<String>) -> GetFile {
        GetFile {
            request: self.client.file(id),
            worker: Arc::clone(&self.worker),
        }
    }

    /// As [`crate::Client::results`].
    pub fn results(&self, batch: &Batch) -> Results {
        Results {
            request: self.client.results(batch),
            worker: Arc::clone(&self.worker),
        }
    }

    /// As [`crate::Client::watch`].
    pub fn watch(&self, filter: BatchFilter) -> WatchBatches {
        WatchBatches {
            request: self.client.watch(filter),
            worker: Arc::clone(&self.worker),
        }
    }

    /// As [`crate::Client::raw`].
    ///
    /// # Errors
    ///
    /// If no complete response arrived. A response with any status counts as success.
    pub fn raw<K: AsRef<str>, V: AsRef<str>>(
        &self,
        query: impl IntoIterator<Item = (K, V)>,
    ) -> Result<RawResponse, Error> {
        self.worker.wait(self.client.raw(query))
    }
}

/// A request for a list; see [`crate::ListBatches`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for a page"]
pub struct ListBatches {
    request: crate::ListBatches,
    worker: Arc<Worker>,
}

impl ListBatches {
    fn with(self, set: impl FnOnce(crate::ListBatches) -> crate::ListBatches) -> Self {
        Self {
            request: set(self.request),
            worker: self.worker,
        }
    }

    /// As [`crate::ListBatches::page_size`].
    pub fn page_size(self, rows: u32) -> Self {
        self.with(|request| request.page_size(rows))
    }

    /// As [`crate::ListBatches::max_items`].
    pub fn max_items(self, rows: u64) -> Self {
        self.with(|request| request.max_items(rows))
    }

    /// As [`crate::ListBatches::after`].
    pub fn after(self, id: impl Into<String>) -> Self {
        self.with(|request| request.after(id))
    }

    /// As [`crate::ListBatches::resume`].
    pub fn resume(self, checkpoint: Checkpoint) -> Self {
        self.with(|request| request.resume(checkpoint))
    }

    /// As [`crate::ListBatches::unreadable_rows`].
    pub fn unreadable_rows(self, policy: UnreadableRows) -> Self {
        self.with(|request| request.unreadable_rows(policy))
    }

    /// As [`crate::ListBatches::deadline`].
    pub fn deadline(self, deadline: Duration) -> Self {
        self.with(|request| request.deadline(deadline))
    }

    /// As [`crate::ListBatches::prefetch`].
    pub fn prefetch(self, on: bool) -> Self {
        self.with(|request| request.prefetch(on))
    }

    /// As [`crate::ListBatches::concurrency`].
    pub fn concurrency(self, workers: usize) -> Self {
        self.with(|request| request.concurrency(workers))
    }

    /// Fetches one page.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, if the call fails, or if the response cannot be understood.
    pub fn page(self) -> Result<Page, Error> {
        self.worker.wait(self.request.page())
    }

    /// All pages; see [`crate::ListBatches::pages`].
    pub fn pages(self) -> Pages {
        Pages(Blocking::new(self.request.pages(), self.worker))
    }

    /// All batches; see [`crate::ListBatches::items`].
    pub fn items(self) -> Items {
        Items(Blocking::new(self.request.items(), self.worker))
    }
}

/// A request for one batch; see [`crate::GetBatch`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for the batch"]
pub struct GetBatch {
    request: crate::GetBatch,
    worker: Arc<Worker>,
}

impl GetBatch {
    /// As [`crate::GetBatch::deadline`].
    pub fn deadline(self, deadline: Duration) -> Self {
        Self {
            request: self.request.deadline(deadline),
            worker: self.worker,
        }
    }

    /// Fetches the batch; see [`crate::GetBatch::get`].
    ///
    /// # Errors
    ///
    /// Those of [`crate::GetBatch::get`].
    pub fn get(self) -> Result<Batch, Error> {
        self.worker.wait(self.request.get())
    }

    /// Fetches the batch, along with what is wrong with it; see [`crate::GetBatch::response`].
    ///
    /// # Errors
    ///
    /// Those of [`crate::GetBatch::get`].
    pub fn response(self) -> Result<BatchResponse, Error> {
        self.worker.wait(self.request.response())
    }
}

/// A request for the content of a file; see [`crate::GetFile`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for chunks"]
pub struct GetFile {
    request: crate::GetFile,
    worker: Arc<Worker>,
}

impl GetFile {
    /// As [`crate::GetFile::deadline`].
    pub fn deadline(self, deadline: Duration) -> Self {
        Self {
            request: self.request.deadline(deadline),
            worker: self.worker,
        }
    }

    /// The content; see [`crate::GetFile::chunks`].
    pub fn chunks(self) -> FileChunks {
        FileChunks(Blocking::new(self.request.chunks(), self.worker))
    }
}

/// A request for the results of a batch; see [`crate::Results`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is asked for lines"]
pub struct Results {
    request: crate::Results,
    worker: Arc<Worker>,
}

impl Results {
    fn with(self, set: impl FnOnce(crate::Results) -> crate::Results) -> Self {
        Self {
            request: set(self.request),
            worker: self.worker,
        }
    }

    /// As [`crate::Results::deadline`].
    pub fn deadline(self, deadline: Duration) -> Self {
        self.with(|request| request.deadline(deadline))
    }

    /// As [`crate::Results::resume`].
    pub fn resume(self, checkpoint: ResultsCheckpoint) -> Self {
        self.with(|request| request.resume(checkpoint))
    }

    /// As [`crate::Results::max_line_bytes`].
    pub fn max_line_bytes(self, bytes: usize) -> Self {
        self.with(|request| request.max_line_bytes(bytes))
    }

    /// As [`crate::Results::allow_mismatch`].
    pub fn allow_mismatch(self, allow: bool) -> Self {
        self.with(|request| request.allow_mismatch(allow))
    }

    /// The lines; see [`crate::Results::lines`].
    pub fn lines(self) -> ResultLines {
        ResultLines(Blocking::new(self.request.lines(), self.worker))
    }
}

/// A request to follow batches; see [`crate::WatchBatches`].
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until its changes are asked for"]
pub struct WatchBatches {
    request: crate::WatchBatches,
    worker: Arc<Worker>,
}

impl WatchBatches {
    fn with(self, set: impl FnOnce(crate::WatchBatches) -> crate::WatchBatches) -> Self {
        Self {
            request: set(self.request),
            worker: self.worker,
        }
    }

    /// As [`crate::WatchBatches::interval`].
    pub fn interval(self, interval: Duration) -> Self {
        self.with(|request| request.interval(interval))
    }

    /// As [`crate::WatchBatches::max_interval`].
    pub fn max_interval(self, interval: Duration) -> Self {
        self.with(|request| request.max_interval(interval))
    }

    /// As [`crate::WatchBatches::skip_finished`].
    pub fn skip_finished(self, skip: bool) -> Self {
        self.with(|request| request.skip_finished(skip))
    }

    /// As [`crate::WatchBatches::forever`].
    pub fn forever(self, forever: bool) -> Self {
        self.with(|request| request.forever(forever))
    }

    /// As [`crate::WatchBatches::tracker`].
    pub fn tracker(&self) -> Tracker {
        self.request.tracker()
    }

    /// As [`crate::WatchBatches::resume`].
    pub fn resume(self, tracker: Tracker) -> Self {
        self.with(|request| request.resume(tracker))
    }

    /// The changes, as polls bring them; see [`crate::WatchBatches::events`].
    pub fn events(self) -> WatchEvents {
        WatchEvents(Blocking::new(self.request.events(), self.worker))
    }
}

/// The pages of a list; see [`crate::Pages`].
#[derive(Debug)]
pub struct Pages(Blocking<crate::Pages>);

impl Pages {
    /// The place behind the last page that was given; see [`crate::Pages::checkpoint`].
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.0.stream.checkpoint()
    }
}

/// The batches of a list; see [`crate::Items`].
#[derive(Debug)]
pub struct Items(Blocking<crate::Items>);

impl Items {
    /// The place behind the last batch that was given; see [`crate::Items::checkpoint`].
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.0.stream.checkpoint()
    }
}

/// The content of a file; see [`crate::FileChunks`].
#[derive(Debug)]
pub struct FileChunks(Blocking<crate::FileChunks>);

impl FileChunks {
    /// How many bytes were given so far.
    pub fn position(&self) -> u64 {
        self.0.stream.position()
    }
}

/// The results of a batch; see [`crate::ResultLines`].
#[derive(Debug)]
pub struct ResultLines(Blocking<crate::ResultLines>);

impl ResultLines {
    /// The place behind the last line that was given; see [`crate::ResultLines::checkpoint`].
    pub fn checkpoint(&self) -> Option<ResultsCheckpoint> {
        self.0.stream.checkpoint()
    }

    /// What the lines add up to so far; see [`crate::ResultLines::report`].
    pub fn report(&self) -> Option<ResultsReport> {
        self.0.stream.report()
    }
}

/// What happens to the batches that are watched; see [`crate::WatchEvents`].
#[derive(Debug)]
pub struct WatchEvents(Blocking<crate::WatchEvents>);

/// A stream that is waited for.
#[derive(Debug)]
struct Blocking<S> {
    // Dropped before the thread on which its tasks run.
    stream: S,
    worker: Arc<Worker>,
}

impl<S: Stream + Unpin> Blocking<S> {
    fn new(stream: S, worker: Arc<Worker>) -> Self {
        Self { stream, worker }
    }

    fn next(&mut self) -> Option<S::Item> {
        self.worker.wait(self.stream.next())
    }
}

impl Iterator for Pages {
    type Item = Result<Page, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl Iterator for Items {
    type Item = Result<Batch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl Iterator for FileChunks {
    type Item = Result<Bytes, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl Iterator for ResultLines {
    type Item = Result<ResultLine, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl Iterator for WatchEvents {
    type Item = Result<WatchEvent, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl FusedIterator for Pages {}
impl FusedIterator for Items {}
impl FusedIterator for FileChunks {}
impl FusedIterator for ResultLines {}
impl FusedIterator for WatchEvents {}
