//! Lists as streams.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, Stream, StreamExt as _};
use qwen_batches_api::types::Batch;

use crate::error::Error;
use crate::list::ListBatches;
use crate::page::{Page, UnreadableRow};
use crate::walk::Walk;

type BoxStream<T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>;

/// The pages of a list. See [`ListBatches::pages`].
///
/// A page is fetched when it is asked for, not before. After an error that
/// [is retryable](Error::is_retryable), polling again asks for the same page again; after any
/// other, the stream ends.
pub struct Pages(BoxStream<Page>);

/// The batches of a list. See [`ListBatches::items`].
///
/// A page is fetched when its first batch is asked for, not before. After an error that
/// [is retryable](Error::is_retryable), polling again goes on at the same place; after any other,
/// the stream ends. Rows that cannot be read do not stop it: they come in one error at its end.
pub struct Items(BoxStream<Batch>);

impl Pages {
    pub(crate) fn new(list: ListBatches) -> Self {
        Self(Box::pin(pages(list).fuse()))
    }
}

impl Items {
    pub(crate) fn new(list: ListBatches) -> Self {
        let state = ItemsState {
            pages: Pages::new(list),
            rows: VecDeque::new(),
            unreadable: Vec::new(),
        };
        let items = stream::unfold(state, |mut state| async move {
            let item = state.next().await?;
            Some((item, state))
        });
        // Polled again after its end, a stream must say that it has ended.
        Self(Box::pin(items.fuse()))
    }
}

fn pages(list: ListBatches) -> impl Stream<Item = Result<Page, Error>> {
    enum State {
        Unchecked(Box<ListBatches>),
        Walking(Box<Walk>),
        Done,
    }
    stream::unfold(State::Unchecked(Box::new(list)), |state| async {
        let mut walk = match state {
            State::Unchecked(list) => match Walk::new(*list) {
                Ok(walk) => Box::new(walk),
                Err(error) => return Some((Err(error), State::Done)),
            },
            State::Walking(walk) => walk,
            State::Done => return None,
        };
        let page = walk.next_page().await?;
        Some((page, State::Walking(walk)))
    })
}

struct ItemsState {
    pages: Pages,
    rows: VecDeque<Batch>,
    unreadable: Vec<UnreadableRow>,
}

impl ItemsState {
    async fn next(&mut self) -> Option<Result<Batch, Error>> {
        loop {
            if let Some(batch) = self.rows.pop_front() {
                return Some(Ok(batch));
            }
            match self.pages.next().await {
                Some(Ok(page)) => {
                    self.rows = page.rows.into();
                    self.unreadable.extend(page.unreadable);
                }
                Some(Err(error)) => return Some(Err(error)),
                None if self.unreadable.is_empty() => return None,
                None => {
                    let rows = std::mem::take(&mut self.unreadable);
                    return Some(Err(Error::unreadable_rows(rows)));
                }
            }
        }
    }
}

impl Stream for Pages {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl Stream for Items {
    type Item = Result<Batch, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").finish_non_exhaustive()
    }
}

const _: () = {
    const fn stream_of_anybody<T: Stream + Send + Unpin + 'static>() {}
    stream_of_anybody::<Pages>();
    stream_of_anybody::<Items>();
};
