//! Results as a stream.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, Stream, StreamExt, TryStreamExt};

use super::progress::Progress;
use super::reader::Reader;
use crate::policy::until_errors::UntilErrors;
use crate::types::error::Error;
use crate::types::result_line::ResultLine;
use crate::types::results_checkpoint::ResultsCheckpoint;
use crate::types::results_report::ResultsReport;

/// The results of a batch, one [`ResultLine`] for each request. See
/// [`Results::lines`](crate::Results::lines).
///
/// Each request comes once, with its own outcome. A line that cannot be read costs no other, nor does a
/// file that the service refuses to give, as after it was deleted. When all lines were read and they do
/// not add up to what the batch says it has, one error at the end says so, of the kind [`IncompleteResults`](crate::ErrorKind::IncompleteResults), with a
/// [report](Error::results_report).
///
/// A connection that breaks off is followed by another, as the client's
/// [`RetryPolicy`](crate::RetryPolicy) says. After an error that [is retryable](Error::is_retryable),
/// polling again continues at the same place; after any other, and after three in a row without a
/// line between them, the stream ends.
pub struct ResultLines {
    stream: UntilErrors<ResultLine>,
    /// None if the request was invalid.
    progress: Option<Progress>,
}

impl ResultLines {
    pub(super) fn new(checked: Result<(Reader, Progress), Error>) -> Self {
        let (stream, progress) = match checked {
            Ok((reader, progress)) => {
                let lines = stream::unfold(reader, |mut reader| async {
                    let line = reader.next().await?;
                    Some((line, reader))
                });
                (UntilErrors::new(lines), Some(progress))
            }
            Err(error) => (UntilErrors::new(stream::iter([Err(error)])), None),
        };
        Self { stream, progress }
    }

    /// The next line; None at the end. This needs no trait from another crate;
    /// `futures::StreamExt` has the same.
    ///
    /// # Panics
    ///
    /// Polled outside a Tokio runtime with time and I/O.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, as by `tokio::select!`, it loses nothing: the call under way is
    /// kept, and the next one continues with it.
    #[expect(clippy::should_implement_trait, reason = "as `StreamExt` has it")]
    pub fn next(
        &mut self,
    ) -> impl Future<Output = Option<Result<ResultLine, Error>>> + Send + Unpin {
        StreamExt::next(self)
    }

    /// As [`next`](Self::next), for `?`.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or at the end if its lines do not add up; see [`Self`].
    pub fn try_next(
        &mut self,
    ) -> impl Future<Output = Result<Option<ResultLine>, Error>> + Send + Unpin {
        TryStreamExt::try_next(self)
    }

    /// All lines that are left, in a collection such as a `Vec`: all of the files at once in memory.
    ///
    /// # Errors
    ///
    /// The first error: what was read until then is lost.
    pub async fn try_collect<C: Default + Extend<ResultLine>>(self) -> Result<C, Error> {
        TryStreamExt::try_collect(self).await
    }

    /// The place behind the last line that was given. None if the request was invalid.
    pub fn checkpoint(&self) -> Option<ResultsCheckpoint> {
        self.progress.as_ref().map(Progress::checkpoint)
    }

    /// What the lines add up to so far. None if the request was invalid.
    pub fn report(&self) -> Option<ResultsReport> {
        self.progress.as_ref().map(Progress::report)
    }
}

impl Stream for ResultLines {
    type Item = Result<ResultLine, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.stream.poll_next_unpin(cx);
        let checkpoint = || self.checkpoint();
        next.map_err(|error| error.with_results_checkpoint(checkpoint()))
    }
}

impl fmt::Debug for ResultLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultLines")
            .field("checkpoint", &self.checkpoint())
            .finish_non_exhaustive()
    }
}
