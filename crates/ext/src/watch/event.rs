//! The events of a watch.

use std::time::Duration;

use jiff::Timestamp;
use qwen_batches_api::types::{Batch, BatchRequestCounts, BatchStatus};

use crate::types::error::Error;
use crate::types::page::UnreadableRow;

/// What happened to a batch between two polls, or how a poll ended.
///
/// Each batch gives one [`Appeared`](Self::Appeared) first. A poll reports at most one event of a
/// batch after that, but for one that is done when it appears. Batches come newest first, those
/// that have left the filter's statuses after the others.
#[derive(Debug)]
#[non_exhaustive]
pub enum WatchEvent {
    /// The filter lets a batch through for the first time: it was there when the watch began, or is
    /// new, or has come to one of the filter's statuses.
    #[non_exhaustive]
    Appeared {
        /// The batch as it is now; it may be done already.
        batch: Batch,
    },
    /// A batch has come to another status, and is not done. Its counts may have changed, too.
    #[non_exhaustive]
    StatusChanged {
        /// The batch as it is now.
        batch: Batch,
        /// The status that it had before. If the service reopens a batch that it had reported as
        /// done, this is the final status that it had reported.
        from: BatchStatus,
    },
    /// The number of finished requests in a batch changed. It normally grows, but it can shrink if
    /// the service corrects its counts.
    #[non_exhaustive]
    Progressed {
        /// The batch as it is now.
        batch: Batch,
        /// The counts that it had before; none if they could not be read, or there were none.
        from: Option<BatchRequestCounts>,
    },
    /// A batch is done: completed, failed, expired or cancelled. Completed does not mean that any
    /// request succeeded.
    #[non_exhaustive]
    Finished {
        /// The batch as it is now.
        batch: Batch,
        /// The status that it had before; none if it was done when it appeared.
        from: Option<BatchStatus>,
    },
    /// A batch that was not done is not listed any more: it is older than the 30 days that the
    /// service lists. Reported after two polls in a row that have looked for it and read all rows.
    #[non_exhaustive]
    Gone {
        /// The batch as it was last seen.
        batch: Batch,
    },
    /// A batch that was not done has had no row that can be read for ten polls in a row, and is
    /// not followed any more. Should its row become readable, it appears anew.
    #[non_exhaustive]
    Unreadable {
        /// The batch as it was last read.
        batch: Batch,
    },
    /// A poll has succeeded; its events came before.
    Polled(Poll),
    /// A poll has failed, after the client's own retries, and will be made again. What it had read
    /// until then came before.
    PollFailed(FailedPoll),
}

impl WatchEvent {
    /// The batch that it is about; none if it is about a poll.
    pub fn batch(&self) -> Option<&Batch> {
        match self {
            Self::Appeared { batch }
            | Self::StatusChanged { batch, .. }
            | Self::Progressed { batch, .. }
            | Self::Finished { batch, .. }
            | Self::Gone { batch }
            | Self::Unreadable { batch } => Some(batch),
            Self::Polled(_) | Self::PollFailed(_) => None,
        }
    }
}

/// A poll that has succeeded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Poll {
    /// When it ended.
    pub at: Timestamp,
    /// How many calls it took, retries included.
    pub calls: u64,
    /// How many changes it brought.
    pub changes: u64,
    /// How many batches are watched and not done.
    pub unfinished: usize,
    /// Rows that could not be read. A batch that is watched stays as it was last seen; no other is
    /// watched before its row can be read.
    pub unreadable: Vec<UnreadableRow>,
    /// The pause until the next poll; none if this was the last.
    pub pause: Option<Duration>,
}

/// A poll that has failed.
#[derive(Debug)]
#[non_exhaustive]
pub struct FailedPoll {
    /// When it failed.
    pub at: Timestamp,
    /// How many calls it took, retries included.
    pub calls: u64,
    /// Why it failed. Its checkpoint is of no use here.
    pub error: Error,
    /// How many polls in a row have failed by now.
    pub failures: u32,
    /// The pause until the next poll.
    pub pause: Duration,
}
