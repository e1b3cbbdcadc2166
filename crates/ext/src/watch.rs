//! Following batches until they are done.

mod change;
mod ledger;
mod pace;
mod watcher;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll as TaskPoll};
use std::time::Duration;

use futures::stream::{self, Stream, StreamExt as _};

use crate::client::Client;
use crate::error::Error;
use crate::filter::BatchFilter;
use watcher::Watcher;

pub use change::{Change, FailedPoll, Poll};

/// A request to follow batches; it ends in [`changes`](Self::changes).
///
/// It polls the list, not each batch: one call serves up to 100 batches. After each poll it waits
/// for the [`interval`](Self::interval), longer while nothing changes.
///
/// # Which batches
///
/// A batch is followed from the first poll in which the filter lets it through until it is done,
/// whatever becomes of its status: under a filter of `in_progress` it is seen to complete. What
/// has left the filter costs further calls.
///
/// A batch that is done is remembered by its id alone, and only while polls still list it. Without
/// statuses in the filter, polls go back no further than to the oldest batch that is not done. With
/// statuses, each poll lists all that are in one of them; leave out those of batches that are done,
/// or bound their creation. A server without filters (see [`Dialect`](crate::Dialect)) lists all of
/// them in each poll.
///
/// ```no_run
/// use futures::TryStreamExt as _;
/// use qwen_batches::{BatchExt as _, BatchFilter, Change, Client};
///
/// # async fn example(client: Client) -> Result<(), qwen_batches::Error> {
/// let nightly = BatchFilter::new().name_contains("nightly");
/// let mut changes = client.watch(nightly).changes();
/// while let Some(change) = changes.try_next().await? {
///     match change {
///         Change::Progressed { batch, .. } => println!("{} {:?}", batch.id, batch.progress()),
///         // Once for each batch, even for one that was done before the watch began.
///         Change::Finished { batch, .. } => println!("{} is {}", batch.id, batch.status),
///         Change::PollFailed(poll) => eprintln!("{}; again in {:?}", poll.error, poll.pause),
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
    client: Client,
    filter: BatchFilter,
    interval: Duration,
    max_interval: Duration,
    skip_finished: bool,
    forever: bool,
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

    /// Leaves out batches that are done when the watch begins; false by default. Then the first
    /// poll need not list them.
    pub fn skip_finished(mut self, skip: bool) -> Self {
        self.skip_finished = skip;
        self
    }

    /// Goes on when all batches are done, for those still to come; false by default.
    pub fn forever(mut self, forever: bool) -> Self {
        self.forever = forever;
        self
    }

    /// The changes, as polls bring them. Nothing is sent before the first is asked for, and nothing
    /// while none is: a poll is due when its pause is over, and made when the stream is polled.
    pub fn changes(self) -> Changes {
        Changes::new(self)
    }
}

/// What happens to the batches that are watched. See [`WatchBatches::changes`].
///
/// Items are [`Change`]s. The stream ends when all batches are done, unless it is to go on
/// [forever](WatchBatches::forever); if there are none, after the first poll.
///
/// A poll that fails is no error but a [`Change::PollFailed`], and the watch goes on, for as long as
/// the reader likes. An error ends it: the filter or a setting is invalid, or the service refuses
/// the key or the request. Before a poll has succeeded, any error that [is not
/// retryable](Error::is_retryable) does, since a base URL that is wrong will not mend.
pub struct Changes {
    stream: Pin<Box<dyn Stream<Item = Result<Change, Error>> + Send>>,
}

impl Changes {
    fn new(request: WatchBatches) -> Self {
        let changes = stream::unfold(Watcher::new(request), |mut watcher| async {
            let change = watcher.next().await?;
            Some((change, watcher))
        });
        Self {
            stream: Box::pin(changes.fuse()),
        }
    }
}

impl Stream for Changes {
    type Item = Result<Change, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> TaskPoll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}
