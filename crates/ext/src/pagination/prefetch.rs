//! One page ahead of the reader.

use tokio::task::JoinSet;

use crate::pagination::pager::{FetchedPage, Pager};
use crate::pagination::task;
use crate::types::checkpoint::Next;
use crate::types::error::Error;

/// A walk that fetches the next page, in a task of its own, while the reader works on the last.
///
/// Never more than that page; none after an error, until the reader asks again; and none after
/// this is dropped.
#[derive(Debug)]
pub(crate) struct Prefetch {
    /// The walk, while no task has it.
    walk: Option<Pager>,
    /// At most one.
    task: JoinSet<(Pager, Option<Result<FetchedPage, Error>>)>,
}

impl Prefetch {
    pub(crate) fn new(walk: Pager) -> Self {
        Self {
            walk: Some(walk),
            task: JoinSet::new(),
        }
    }

    /// As [`Pager::next_page`].
    pub(crate) async fn next_page(&mut self) -> Option<Result<FetchedPage, Error>> {
        if let Some(walk) = self.walk.take() {
            self.fetch(walk);
        }
        let (walk, page) = match self.task.join_next().await? {
            Ok(result) => result,
            Err(error) => return Some(Err(task::stopped(error))),
        };
        match &page {
            Some(Ok(fetched)) if fetched.end == Next::GoesOn => self.fetch(walk),
            _ => self.walk = Some(walk),
        }
        page
    }

    fn fetch(&mut self, mut walk: Pager) {
        self.task.spawn(async {
            let page = walk.next_page().await;
            (walk, page)
        });
    }
}
