//! What happens to the batches that are watched, as a stream.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, Stream, StreamExt, TryStreamExt};

use super::event::WatchEvent;
use super::request::WatchBatches;
use super::watcher::Watcher;
use crate::types::error::Error;

impl WatchBatches {
    /// The changes, as polls bring them. The stream is lazy: a poll becomes due when its pause is
    /// over, but it is sent only when the stream is polled.
    pub fn events(self) -> WatchEvents {
        WatchEvents::new(self)
    }
}

/// What happens to the batches that are watched. See [`WatchBatches::events`].
///
/// Items are [`WatchEvent`]s. The stream ends when all batches are done, unless it is to go on
/// [forever](crate::WatchBatches::forever); if there are none, after the first poll.
///
/// A poll that fails is no error but a [`WatchEvent::PollFailed`], and the watch continues, for as long as
/// the reader likes. An error ends it: the filter or a setting is invalid, or the service refuses
/// the key or the request. Before a poll has succeeded, any error that [is not
/// retryable](Error::is_retryable) does, since a wrong base URL stays wrong.
pub struct WatchEvents {
    stream: Pin<Box<dyn Stream<Item = Result<WatchEvent, Error>> + Send>>,
}

impl WatchEvents {
    fn new(request: WatchBatches) -> Self {
        let changes = stream::unfold(Watcher::new(request), |mut watcher| async {
            let change = watcher.next().await?;
            Some((change, watcher))
        });
        Self {
            stream: Box::pin(changes.fuse()),
        }
    }

    /// The next event; None when the watch is over. This needs no trait from another crate;
    /// `futures::StreamExt` has the same.
    ///
    /// # Panics
    ///
    /// Polled outside a Tokio runtime with time and I/O.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, as by `tokio::select!`, it loses nothing: the poll or the pause
    /// under way is kept, and the next one continues with it.
    #[expect(clippy::should_implement_trait, reason = "as `StreamExt` has it")]
    pub fn next(
        &mut self,
    ) -> impl Future<Output = Option<Result<WatchEvent, Error>>> + Send + Unpin {
        StreamExt::next(self)
    }

    /// As [`next`](Self::next), for `?`.
    ///
    /// # Errors
    ///
    /// What ends the watch; see [`Self`].
    pub fn try_next(
        &mut self,
    ) -> impl Future<Output = Result<Option<WatchEvent>, Error>> + Send + Unpin {
        TryStreamExt::try_next(self)
    }
}

impl Stream for WatchEvents {
    type Item = Result<WatchEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for WatchEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WatchEvents").finish_non_exhaustive()
    }
}
