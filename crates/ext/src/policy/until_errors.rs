//! A stream that goes on after errors, and not for ever.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::{BoxStream, Stream, StreamExt as _};

use crate::types::error::Error;

/// After so many errors in a row a stream ends, so that a reader who ignores them does, too.
const MOST_ERRORS: u32 = 3;

/// Ends after an error that is not retryable, and after several errors with nothing between them.
pub(crate) struct UntilErrors<T> {
    stream: BoxStream<'static, Result<T, Error>>,
    /// Errors in a row.
    errors: u32,
    ended: bool,
}

impl<T> UntilErrors<T> {
    pub(crate) fn new(stream: impl Stream<Item = Result<T, Error>> + Send + 'static) -> Self {
        Self {
            stream: stream.boxed(),
            errors: 0,
            ended: false,
        }
    }

    /// Whether it has ended at several errors in a row.
    pub(crate) fn has_given_up(&self) -> bool {
        self.errors == MOST_ERRORS
    }
}

impl<T> Stream for UntilErrors<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let next = ready!(self.stream.poll_next_unpin(cx));
        match &next {
            Some(Ok(_)) => self.errors = 0,
            Some(Err(error)) => {
                self.errors += 1;
                self.ended = self.has_given_up() || !error.is_retryable();
            }
            None => self.ended = true,
        }
        Poll::Ready(next)
    }
}
