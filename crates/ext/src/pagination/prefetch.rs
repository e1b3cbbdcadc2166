//! One page ahead of the reader.

use tokio::task::JoinSet;

use crate::pagination::pager::{FetchedPage, Pager};
use crate::pagination::task;
use crate::types::checkpoint::Next;
use crate::types::error::Error;

/// A pager that fetches the next page, in a task of its own, while the reader works on the last.
///
/// Never more than that page; none after an error, until the reader asks again; and none after
/// this is dropped.
#[derive(Debug)]
pub(crate) struct Prefetch {
    /// The pager, while no task has it.
    pager: Option<Pager>,
    /// At most one.
    task: JoinSet<(Pager, Option<Result<FetchedPage, Error>>)>,
}

impl Prefetch {
    pub(crate) fn new(pager: Pager) -> Self {
        Self {
            pager: Some(pager),
            task: JoinSet::new(),
        }
    }

    /// As [`Pager::next_page`].
    pub(crate) async fn next_page(&mut self) -> Option<Result<FetchedPage, Error>> {
        if let Some(pager) = self.pager.take() {
            self.fetch(pager);
        }
        let (pager, page) = match self.task.join_next().await? {
            Ok(result) => result,
            Err(error) => return Some(Err(task::stopped(error))),
        };
        match &page {
            Some(Ok(fetched)) if fetched.end == Next::GoesOn => self.fetch(pager),
            _ => self.pager = Some(pager),
        }
        page
    }

    fn fetch(&mut self, mut pager: Pager) {
        self.task.spawn(async {
            let page = pager.next_page().await;
            (pager, page)
        });
    }
}
