//! Lists as streams.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, Stream, StreamExt as _};
use qwen_batches_api::types::Batch;

use crate::checkpoint::{Checkpoint, PageEnd};
use crate::error::Error;
use crate::list::ListBatches;
use crate::page::{Page, UnreadableRow};
use crate::walk::{Place, Walk};

type BoxStream<T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>;

/// The pages of a list. See [`ListBatches::pages`].
///
/// A page is fetched when it is asked for, not before. After an error that
/// [is retryable](Error::is_retryable), polling again asks for the same page again; after any
/// other, the stream ends.
pub struct Pages {
    stream: BoxStream<Page>,
    place: Option<Place>,
}

/// The batches of a list. See [`ListBatches::items`].
///
/// A page is fetched when its first batch is asked for, not before. After an error that
/// [is retryable](Error::is_retryable), polling again goes on at the same place; after any other,
/// the stream ends. What becomes of rows that cannot be read is for
/// [`ListBatches::unreadable_rows`] to say.
pub struct Items {
    stream: BoxStream<Batch>,
    place: Option<Place>,
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

impl Pages {
    pub(crate) fn new(list: ListBatches) -> Self {
        let (plan, place) = match list.validate() {
            Ok(checked) => checked,
            Err(error) => {
                return Self {
                    stream: failed(error),
                    place: None,
                };
            }
        };
        let mover = place.clone();
        let walk = Walk::new(plan, place.clone());
        let pages = stream::unfold((walk, mover), |(mut walk, mover)| async {
            let page = walk.next_page().await?.map(|(page, end)| {
                let mut place = mover.get();
                page.rows.iter().for_each(|batch| place.deliver(batch));
                place.keep_unreadable(&page.unreadable);
                place.finish_page(&end);
                page
            });
            Some((page, (walk, mover)))
        });
        // Polled again after its end, a stream must say that it has ended.
        Self {
            stream: Box::pin(pages.fuse()),
            place: Some(place),
        }
    }

    /// The place behind the last page that was given; see [`Checkpoint`]. None if the request was
    /// invalid.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.place.as_ref().map(Place::checkpoint)
    }
}

impl Items {
    pub(crate) fn new(list: ListBatches, unreadable: UnreadableRows) -> Self {
        let (plan, place) = match list.validate() {
            Ok(checked) => checked,
            Err(error) => {
                return Self {
                    stream: failed(error),
                    place: None,
                };
            }
        };
        let state = ItemsState {
            walk: Walk::new(plan, place.clone()),
            place: place.clone(),
            policy: unreadable,
            rows: VecDeque::new(),
            page_end: None,
            ended: false,
        };
        let items = stream::unfold(state, |mut state| async {
            let item = state.next().await?;
            Some((item, state))
        });
        Self {
            stream: Box::pin(items.fuse()),
            place: Some(place),
        }
    }

    /// The place behind the last batch that was given; see [`Checkpoint`]. None if the request was
    /// invalid.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.place.as_ref().map(Place::checkpoint)
    }
}

struct ItemsState {
    walk: Walk,
    place: Place,
    policy: UnreadableRows,
    rows: VecDeque<Batch>,
    /// What lies behind the page whose rows are being given.
    page_end: Option<PageEnd>,
    ended: bool,
}

impl ItemsState {
    async fn next(&mut self) -> Option<Result<Batch, Error>> {
        loop {
            if let Some(batch) = self.rows.pop_front() {
                self.place.get().deliver(&batch);
                return Some(Ok(batch));
            }
            if let Some(end) = self.page_end.take() {
                self.place.get().finish_page(&end);
            }
            if self.ended {
                return None;
            }
            match self.walk.next_page().await {
                Some(Ok((page, end))) => {
                    self.page_end = Some(end);
                    self.rows = page.rows.into();
                    if let Err(error) = self.take_unreadable(page.unreadable) {
                        return Some(Err(error));
                    }
                }
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    self.ended = true;
                    let rows = self.place.get().unreadable.clone();
                    if !rows.is_empty() {
                        let error = Error::unreadable_rows(rows);
                        return Some(Err(error.with_checkpoint(self.place.checkpoint())));
                    }
                }
            }
        }
    }

    fn take_unreadable(&mut self, rows: Vec<UnreadableRow>) -> Result<(), Error> {
        match self.policy {
            _ if rows.is_empty() => {}
            UnreadableRows::ErrorAtEnd => self.place.get().keep_unreadable(&rows),
            UnreadableRows::Skip => log::warn!("{} unreadable row(s) left out", rows.len()),
            UnreadableRows::Fail => {
                self.ended = true;
                self.rows.clear();
                self.page_end = None;
                let error = Error::unreadable_rows(rows);
                return Err(error.with_checkpoint(self.place.checkpoint()));
            }
        }
        Ok(())
    }
}

fn failed<T: Send + 'static>(error: Error) -> BoxStream<T> {
    Box::pin(stream::iter([Err(error)]))
}

impl Stream for Pages {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(cx)
    }
}

impl Stream for Items {
    type Item = Result<Batch, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(cx)
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

const _: () = {
    const fn stream_of_anybody<T: Stream + Send + Unpin + 'static>() {}
    stream_of_anybody::<Pages>();
    stream_of_anybody::<Items>();
};
