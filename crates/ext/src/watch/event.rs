//! The events of a watch.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches_api::types::{Batch, BatchRequestCounts, BatchStatus};

use super::estimate::Estimate;
use crate::types::error::Error;
use crate::types::page::UnreadableRow;

/// What happened to a batch between two polls, or how a poll ended.
///
/// Each batch gives one [`Appeared`](Self::Appeared) first. A poll reports at most one event of a
/// batch after that, but for one that is done or stuck when it appears. Batches come newest first,
/// those that have left the filter's statuses after the others.
#[derive(Debug)]
#[non_exhaustive]
pub enum WatchEvent {
    /// The filter lets a batch through for the first time: it was there when the watch began, or is
    /// new, or has come to one of the filter's statuses.
    #[non_exhaustive]
    Appeared {
        /// The batch as it is now; it may be done already.
        batch: Batch,
        /// Its id, when it was seen, and its estimate.
        info: EventInfo,
    },
    /// A batch has come to another status, and is not done. Its counts may have changed, too.
    #[non_exhaustive]
    StatusChanged {
        /// The batch as it is now.
        batch: Batch,
        /// The status that it had before. If the service reopens a batch that it had reported as
        /// done, this is the final status that it had reported.
        from: BatchStatus,
        /// Its id, when it was seen, and its estimate.
        info: EventInfo,
    },
    /// The number of finished requests in a batch changed. It normally grows, but it can shrink if
    /// the service corrects its counts.
    #[non_exhaustive]
    Progressed {
        /// The batch as it is now.
        batch: Batch,
        /// The counts that it had before; none if they could not be read, or there were none.
        from: Option<BatchRequestCounts>,
        /// Its id, when it was seen, and its estimate.
        info: EventInfo,
    },
    /// A batch is done: completed, failed, expired or cancelled. Completed does not mean that any
    /// request succeeded.
    #[non_exhaustive]
    Finished {
        /// The batch as it is now.
        batch: Batch,
        /// The status that it had before; none if it was done when it appeared.
        from: Option<BatchStatus>,
        /// Its id, when it was seen, and its estimate.
        info: EventInfo,
    },
    /// A running batch has made no progress for so long that it will probably never finish on
    /// its own: see [`Estimate::is_stuck`]. Reported once, and again if it moves and stops again.
    #[non_exhaustive]
    Stuck {
        /// The batch as it is now.
        batch: Batch,
        /// Its id, when it was seen, and its estimate.
        info: EventInfo,
    },
    /// A batch that was not done is not listed any more: it is older than the 30 days that the
    /// service lists. Reported after two polls in a row that have looked for it and read all rows.
    #[non_exhaustive]
    Gone {
        /// The batch as it was last seen.
        batch: Batch,
        /// Its id, when it was seen, and its estimate.
        info: EventInfo,
    },
    /// A batch that was not done has had no row that can be read for ten polls in a row, and is
    /// not followed any more. Should its row become readable, it appears anew.
    #[non_exhaustive]
    Unreadable {
        /// The batch as it was last read.
        batch: Batch,
        /// Its id, when it was seen, and its estimate.
        info: EventInfo,
    },
    /// A watch with a [`Tracker`](crate::Tracker) that is new has read its first list. It comes
    /// before all other events of batches, which are held back until then: from the moment that
    /// it is recorded, no end is missed.
    Began(Beginning),
    /// A poll has succeeded; its events came before.
    Polled(Poll),
    /// A poll has failed, after the client's own retries, and will be made again. What it had read
    /// until then came before.
    PollFailed(FailedPoll),
}

impl WatchEvent {
    /// The batch that it is about; none if it is about a poll.
    pub fn batch(&self) -> Option<&Batch> {
        self.parts().map(|(_, batch, _)| batch)
    }

    /// What has happened, in a word such as `status_changed`; for logs, and for files that programs
    /// read.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Began(_) => "began",
            Self::Polled(_) => "polled",
            Self::PollFailed(_) => "poll_failed",
            _ => self.parts().map_or("", |(name, ..)| name),
        }
    }

    /// The id of the event; none if it is about a poll. See [`EventInfo::id`].
    pub fn id(&self) -> Option<&str> {
        self.parts().map(|(.., info)| info.id.as_str())
    }

    /// When it was seen.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Began(beginning) => beginning.at,
            Self::Polled(poll) => poll.at,
            Self::PollFailed(poll) => poll.at,
            _ => self
                .parts()
                .map_or(Timestamp::UNIX_EPOCH, |(.., info)| info.at),
        }
    }

    /// The estimate of the batch; none if it is done, or if this is about a poll.
    pub fn estimate(&self) -> Option<&Estimate> {
        self.parts()?.2.estimate.as_ref()
    }

    fn parts(&self) -> Option<(&'static str, &Batch, &EventInfo)> {
        let (name, batch, info) = match self {
            Self::Appeared { batch, info } => ("appeared", batch, info),
            Self::StatusChanged { batch, info, .. } => ("status_changed", batch, info),
            Self::Progressed { batch, info, .. } => ("progressed", batch, info),
            Self::Finished { batch, info, .. } => ("finished", batch, info),
            Self::Stuck { batch, info } => ("stuck", batch, info),
            Self::Gone { batch, info } => ("gone", batch, info),
            Self::Unreadable { batch, info } => ("unreadable", batch, info),
            Self::Began(_) | Self::Polled(_) | Self::PollFailed(_) => return None,
        };
        Some((name, batch, info))
    }
}

/// What every event of a batch has.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventInfo {
    /// The id of the event, by which a reader recognises one already seen: the batch's id and
    /// what has happened to it, such as `batch_x/completed` or `batch_x/progressed/120`. It is the
    /// same whichever process sees it. If a batch is reopened and ends again, that second end has
    /// another id.
    pub id: String,
    /// When it was seen.
    pub at: Timestamp,
    /// The estimate of the batch; none if it is done or not listed any more.
    pub estimate: Option<Estimate>,
}

/// The beginning of a watch with a [`Tracker`](crate::Tracker).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Beginning {
    /// When its first list was read.
    pub at: Timestamp,
    /// Up to which creation batches are left out that are done when they appear.
    pub(super) silent_until: i64,
    /// Batches that were left out, as they were done before: id, creation and status.
    pub(super) done: Vec<(String, i64, BatchStatus)>,
    /// Batches that were under way then.
    pub(super) under_way: Vec<Batch>,
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
    /// The estimate of each batch that is watched, not done, and was read in this poll, by its id.
    pub estimates: BTreeMap<String, Estimate>,
    /// When the newest batch was created that was ever listed.
    pub(crate) newest: Option<i64>,
    /// Ids of batches that are done, and not listed any more.
    pub(crate) forgotten: Vec<String>,
    /// Ids of batches that it has not listed; should the next one not do so either, in this process
    /// or in another, they are listed no more.
    pub(crate) missed: BTreeSet<String>,
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
