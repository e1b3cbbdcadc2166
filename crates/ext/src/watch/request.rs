//! Following batches until they are done.

use std::time::Duration;

use super::tracker::Tracker;
use crate::client::client::Client;
use crate::types::filter::BatchFilter;

/// A request to follow batches; sent by [`events`](Self::events).
///
/// It polls the list, not each batch: one call serves up to 100 batches. Only batches that the list
/// leaves out, since their status no longer matches, are asked for by their ids, if there are at most
/// ten for each list call that this saves (the service allows ten times as many of these calls);
/// what is not found so is looked for in the list. After each poll it waits
/// for the [`interval`](Self::interval), longer while nothing changes.
///
/// Each event of a batch under way has an [`Estimate`](crate::Estimate): how fast it progresses, whether
/// a pause is still usual, and when it will be done.
///
/// # Which batches
///
/// A batch is followed from the first poll in which the filter lets it through until it is done,
/// even if its status no longer matches: with a filter for `in_progress`, you see the batch
/// complete. Batches that no longer match the filter cost additional calls.
///
/// A batch that is done is remembered by its id alone, and only while polls still list it. Without
/// statuses in the filter, polls go back no further than to the oldest batch that is not done. With
/// statuses in the filter, each poll lists every batch in one of them, so leave out the statuses of
/// finished batches or limit the creation time. A server without filters (see
/// [`Dialect`](crate::Dialect)) lists all of them in each poll.
///
/// ```no_run
/// use qwen_batches::{BatchExt as _, BatchFilter, WatchEvent, Client};
///
/// # async fn example(client: Client) -> Result<(), qwen_batches::Error> {
/// let nightly = BatchFilter::new().name_contains("nightly");
/// let mut changes = client.watch(nightly).events();
/// while let Some(change) = changes.try_next().await? {
///     match change {
///         WatchEvent::Progressed { batch, .. } => println!("{} {:?}", batch.id, batch.progress()),
///         // Once for each batch, even for one that was done before the watch began.
///         WatchEvent::Finished { batch, .. } => println!("{} is {}", batch.id, batch.status),
///         WatchEvent::PollFailed(poll) => eprintln!("{}; again in {:?}", poll.error, poll.pause),
///         _ => {}
///     }
/// }
/// // All of them are done.
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until its changes are asked for"]
pub struct WatchBatches {
    pub(super) client: Client,
    pub(super) filter: BatchFilter,
    pub(super) interval: Duration,
    pub(super) max_interval: Duration,
    pub(super) skip_finished: bool,
    pub(super) forever: bool,
    pub(super) tracker: Option<Tracker>,
}

impl Client {
    /// Follows the batches that `filter` lets through until they are done.
    ///
    /// Nothing is sent until the event stream is polled.
    pub fn watch(&self, filter: BatchFilter) -> WatchBatches {
        WatchBatches::new(self.clone(), filter)
    }
}

impl WatchBatches {
    pub(crate) fn new(client: Client, filter: BatchFilter) -> Self {
        Self {
            client,
            filter,
            interval: Duration::from_secs(60),
            max_interval: Duration::from_secs(300),
            skip_finished: false,
            forever: false,
            tracker: None,
        }
    }

    /// The pause after a poll that brought changes: 60 seconds by default, as the service advises
    /// (documented). Each poll in a row that brings none doubles it, and so does each that fails;
    /// up to a tenth is added at random.
    ///
    /// It must be 10 seconds at least, since the service allows 100 list calls a minute for a whole
    /// account; where the base URL is this machine, 10 milliseconds.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// What the pause grows to at most, but for the tenth at random: 5 minutes by default. Less
    /// than the interval counts as the interval. A pause that the service asks for is kept to, even
    /// if it is longer.
    pub fn max_interval(mut self, interval: Duration) -> Self {
        self.max_interval = interval;
        self
    }

    /// Whether to skip batches that are already done when the watch begins; false by default. If
    /// true, the first poll lists a page of them at most, for how long they took.
    pub fn skip_finished(mut self, skip: bool) -> Self {
        self.skip_finished = skip;
        self
    }

    /// Goes on when all batches are done, for those still to come; false by default.
    pub fn forever(mut self, forever: bool) -> Self {
        self.forever = forever;
        self
    }

    /// A tracker of this watch that has had no event yet, for its first run.
    pub fn tracker(&self) -> Tracker {
        let server = self.client.shared().base_url();
        Tracker::new(server, self.filter.fingerprint())
    }

    /// Resumes from the events that the reader of an earlier watch has recorded, for example in
    /// another process. What happened in between is reported as one change per batch, and each end
    /// is reported. Server and filter must be the same.
    ///
    /// A watch with a tracker that is new holds its events back until its first list has been read,
    /// and begins with [`WatchEvent::Began`](crate::WatchEvent::Began).
    pub fn resume(mut self, tracker: Tracker) -> Self {
        self.tracker = Some(tracker);
        self
    }
}
