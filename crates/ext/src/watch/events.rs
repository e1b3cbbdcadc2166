//! What happens to the batches that are watched, as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, Stream, StreamExt as _};

use super::event::Change;
use super::request::WatchBatches;
use super::watcher::Watcher;
use crate::types::error::Error;

impl WatchBatches {
    /// The changes, as polls bring them. Nothing is sent before the first is asked for, and nothing
    /// while none is: a poll is due when its pause is over, and made when the stream is polled.
    pub fn changes(self) -> Changes {
        Changes::new(self)
    }
}

/// What happens to the batches that are watched. See [`WatchBatches::changes`].
///
/// Items are [`Change`]s. The stream ends when all batches are done, unless it is to go on
/// [forever](crate::WatchBatches::forever); if there are none, after the first poll.
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

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}
