//! Lists as streams.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use qwen_batches_api::types::Batch;

use crate::pagination::concurrent::workers::Concurrent;
use crate::pagination::pager::{FetchedPage, Pager};
use crate::pagination::plan::ListPlan;
use crate::pagination::prefetch::Prefetch;
use crate::pagination::reader_position::ReaderPosition;
use crate::policy::trace;
use crate::policy::until_errors::UntilErrors;
use crate::types::checkpoint::{Checkpoint, Next};
use crate::types::error::Error;
use crate::types::page::{Page, UnreadableRow};

/// The pages of a list. See [`ListBatches::pages`](crate::ListBatches::pages).
///
/// A page is fetched when it is asked for, not before, unless
/// [`prefetch`](crate::ListBatches::prefetch) or [`concurrency`](crate::ListBatches::concurrency) says
/// otherwise. After an error that [is retryable](Error::is_retryable), polling again asks for the
/// same page again; after any other, and after three in a
/// row without a page between them, the stream ends.
pub struct Pages(Fetching);

/// The batches of a list. See [`ListBatches::items`](crate::ListBatches::items).
///
/// A page is fetched when its first batch is asked for, not before, unless
/// [`prefetch`](crate::ListBatches::prefetch) or [`concurrency`](crate::ListBatches::concurrency) says
/// otherwise. After an error that [is retryable](Error::is_retryable), polling again continues at
/// the same place; after any other, and after three in a
/// row without a page between them, the stream ends.
/// [`ListBatches::unreadable_rows`](crate::ListBatches::unreadable_rows) sets what happens to rows
/// that cannot be read.
pub struct Items {
    pages: Fetching,
    policy: UnreadableRows,
    /// What is left of the page that is being given.
    rows: std::vec::IntoIter<Batch>,
    /// What lies behind that page.
    page_end: Option<Next>,
    ended: bool,
}

/// What a stream of batches does with rows that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnreadableRows {
    /// All other rows are delivered; then one error holds those that could not be read.
    #[default]
    ErrorAtEnd,
    /// They are left out, counted in the log alone.
    Skip,
    /// The first one is an error at once, and the stream ends.
    Fail,
}

/// The pages as they are fetched, in the order of the list.
struct Fetching {
    stream: UntilErrors<FetchedPage>,
    /// None if the request was invalid.
    position: Option<ReaderPosition>,
}

enum Source {
    Pager(Pager),
    Prefetch(Prefetch),
    Concurrent(Box<Concurrent>),
}

impl Source {
    async fn next_page(&mut self) -> Option<Result<FetchedPage, Error>> {
        match self {
            Self::Pager(pager) => pager.next_page().await,
            Self::Prefetch(prefetch) => prefetch.next_page().await,
            Self::Concurrent(concurrent) => concurrent.next_page().await,
        }
    }
}

impl Fetching {
    fn new(checked: Result<(ListPlan, Checkpoint), Error>) -> Self {
        let (plan, from) = match checked {
            Ok(checked) => checked,
            Err(error) => {
                return Self {
                    stream: UntilErrors::new(stream::iter([Err(error)])),
                    position: None,
                };
            }
        };
        let position = ReaderPosition::new(from.clone());
        if plan.max_items.is_some_and(|most| most <= from.delivered) {
            return Self {
                stream: UntilErrors::new(stream::empty()),
                position: Some(position),
            };
        }
        let source = if plan.concurrency > 1 && plan.times_are_sent() {
            Source::Concurrent(Box::new(Concurrent::new(plan, from)))
        } else if plan.prefetch || plan.concurrency > 1 {
            Source::Prefetch(Prefetch::new(Pager::new(plan, from)))
        } else {
            Source::Pager(Pager::new(plan, from))
        };
        let pages = stream::unfold(source, |mut source| async {
            let page = source.next_page().await?;
            Some((page, source))
        });
        Self {
            stream: UntilErrors::new(pages),
            position: Some(position),
        }
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        self.position.as_ref().map(ReaderPosition::checkpoint)
    }

    /// The next page, which the reader's place is then at the start of.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<FetchedPage, Error>>> {
        let next = ready!(self.stream.poll_next_unpin(cx));
        Poll::Ready(next.map(|result| match result {
            Ok(fetched) => {
                self.at(|position| position.start_page(&fetched));
                Ok(fetched)
            }
            Err(error) => {
                if error.loses_place() {
                    self.at(ReaderPosition::lose);
                }
                Err(self.locate(error))
            }
        }))
    }

    fn at(&self, act: impl FnOnce(&ReaderPosition)) {
        if let Some(position) = &self.position {
            act(position);
        }
    }

    /// The error, with the place to go on from.
    fn locate(&self, error: Error) -> Error {
        match self.checkpoint() {
            Some(checkpoint) => error.with_checkpoint(checkpoint),
            None => error,
        }
    }
}

impl Pages {
    pub(crate) fn new(checked: Result<(ListPlan, Checkpoint), Error>) -> Self {
        Self(Fetching::new(checked))
    }

    /// The next page; None at the end of the list. This needs no trait from another crate;
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
    pub fn next(&mut self) -> impl Future<Output = Option<Result<Page, Error>>> + Send + Unpin {
        StreamExt::next(self)
    }

    /// As [`next`](Self::next), for `?`.
    ///
    /// # Errors
    ///
    /// If a page cannot be fetched or understood; see [`Self`] for what the stream does then.
    pub fn try_next(&mut self) -> impl Future<Output = Result<Option<Page>, Error>> + Send + Unpin {
        TryStreamExt::try_next(self)
    }

    /// All pages that are left, in a collection such as a `Vec`.
    ///
    /// # Errors
    ///
    /// The first error of the list: what was read until then is lost, but for its
    /// [`checkpoint`](Error::checkpoint).
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, it loses what it has read.
    pub async fn try_collect<C: Default + Extend<Page>>(self) -> Result<C, Error> {
        TryStreamExt::try_collect(self).await
    }

    /// The place behind the last page that was given; see [`Checkpoint`]. None if the request was
    /// invalid.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.0.checkpoint()
    }
}

impl Stream for Pages {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.0.poll_next(cx));
        Poll::Ready(next.map(|result| {
            let fetched = result?;
            self.0.at(|place| {
                place.keep_unreadable(&fetched.page.unreadable);
                place.finish_page(fetched.end);
            });
            Ok(fetched.page)
        }))
    }
}

impl Items {
    pub(crate) fn new(
        checked: Result<(ListPlan, Checkpoint), Error>,
        unreadable: UnreadableRows,
    ) -> Self {
        Self {
            pages: Fetching::new(checked),
            policy: unreadable,
            rows: Vec::new().into_iter(),
            page_end: None,
            ended: false,
        }
    }

    /// The next batch; None at the end of the list. This needs no trait from another crate;
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
    pub fn next(&mut self) -> impl Future<Output = Option<Result<Batch, Error>>> + Send + Unpin {
        StreamExt::next(self)
    }

    /// As [`next`](Self::next), for `?`.
    ///
    /// # Errors
    ///
    /// If a page cannot be fetched or understood; see [`Self`] for what the stream does then.
    pub fn try_next(
        &mut self,
    ) -> impl Future<Output = Result<Option<Batch>, Error>> + Send + Unpin {
        TryStreamExt::try_next(self)
    }

    /// All batches that are left, in a collection such as a `Vec`.
    ///
    /// # Errors
    ///
    /// The first error of the list: what was read until then is lost, but for its
    /// [`checkpoint`](Error::checkpoint).
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, it loses what it has read.
    pub async fn try_collect<C: Default + Extend<Batch>>(self) -> Result<C, Error> {
        TryStreamExt::try_collect(self).await
    }

    /// The place behind the last batch that was given; see [`Checkpoint`]. None if the request was
    /// invalid.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.pages.checkpoint()
    }

    fn take_unreadable(&mut self, rows: Vec<UnreadableRow>) -> Result<(), Error> {
        match self.policy {
            _ if rows.is_empty() => {}
            UnreadableRows::ErrorAtEnd => self.pages.at(|position| position.keep_unreadable(&rows)),
            UnreadableRows::Skip if rows.len() == 1 => trace::warn!("1 unreadable row is left out"),
            UnreadableRows::Skip => trace::warn!("{} unreadable rows are left out", rows.len()),
            UnreadableRows::Fail => {
                self.ended = true;
                self.rows = Vec::new().into_iter();
                self.page_end = None;
                return Err(self
                    .pages
                    .locate(Error::unreadable_rows(rows.len() as u64, rows)));
            }
        }
        Ok(())
    }
}

impl Stream for Items {
    type Item = Result<Batch, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(batch) = this.rows.next() {
                this.pages.at(ReaderPosition::deliver);
                return Poll::Ready(Some(Ok(batch)));
            }
            if let Some(end) = this.page_end.take() {
                this.pages.at(|position| position.finish_page(end));
            }
            if this.ended {
                return Poll::Ready(None);
            }
            match ready!(this.pages.poll_next(cx)) {
                Some(Ok(fetched)) => {
                    this.page_end = Some(fetched.end);
                    this.rows = fetched.page.rows.into_iter();
                    if let Err(error) = this.take_unreadable(fetched.page.unreadable) {
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => {
                    this.ended = true;
                    let broke_off = this.pages.stream.has_given_up();
                    let position = this.pages.position.as_ref().filter(|_| !broke_off);
                    let (count, rows) =
                        position.map(ReaderPosition::unreadable).unwrap_or_default();
                    if count > 0 {
                        let error = this.pages.locate(Error::unreadable_rows(count, rows));
                        return Poll::Ready(Some(Err(error)));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("checkpoint", &self.checkpoint())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("checkpoint", &self.checkpoint())
            .finish_non_exhaustive()
    }
}
