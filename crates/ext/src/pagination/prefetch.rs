//! One page ahead of the reader.

use tokio::task::JoinSet;

use crate::pagination::pager::{Fetched, Walk};
use crate::pagination::task;
use crate::types::checkpoint::PageEnd;
use crate::types::error::Error;

/// A walk that fetches the next page, in a task of its own, while the reader works on the last.
///
/// Never more than that page; none after an error, until the reader asks again; and none after
/// this is dropped.
#[derive(Debug)]
pub(crate) struct Prefetch {
    /// The walk, while no task has it.
    walk: Option<Walk>,
    /// At most one.
    task: JoinSet<(Walk, Option<Result<Fetched, Error>>)>,
}

impl Prefetch {
    pub(crate) fn new(walk: Walk) -> Self {
        Self {
            walk: Some(walk),
            task: JoinSet::new(),
        }
    }

    /// As [`Walk::next_page`].
    pub(crate) async fn next_page(&mut self) -> Option<Result<Fetched, Error>> {
        if let Some(walk) = self.walk.take() {
            self.fetch(walk);
        }
        let (walk, page) = match self.task.join_next().await? {
            Ok(result) => result,
            Err(error) => return Some(Err(task::stopped(error))),
        };
        match &page {
            Some(Ok(fetched)) if fetched.end == PageEnd::GoesOn => self.fetch(walk),
            _ => self.walk = Some(walk),
        }
        page
    }

    fn fetch(&mut self, mut walk: Walk) {
        self.task.spawn(async {
            let page = walk.next_page().await;
            (walk, page)
        });
    }
}
