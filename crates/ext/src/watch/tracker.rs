//! What the reader of a watch has had, so that another process can go on from there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use qwen_batches_api::types::{Batch, BatchStatus};
use serde::{Deserialize, Deserializer, Serialize};

use super::event::WatchEvent;
use super::history::History;
use crate::types::batch::BatchExt as _;

/// The version of what is stored.
const VERSION: u32 = 1;

/// Which events of a watch its reader has processed: a watch that
/// [resumes](crate::WatchBatches::resume) from it reports what has happened since, and nothing else.
///
/// [`WatchBatches::tracker`](crate::WatchBatches::tracker) begins one. The reader
/// [records](Self::record) each event when it is done with it, and stores the tracker, with serde.
/// Whatever ends the process, an event that was not stored comes again, with the same
/// [id](WatchEvent::id), unless something newer of its batch has taken its place; that a batch has
/// ended is never replaced.
///
/// It holds one batch for each that is under way, without its secrets, and little of those that are
/// done and still listed. It belongs to one server and one filter.
///
/// ```no_run
/// use futures::TryStreamExt as _;
/// use qwen_batches::{BatchFilter, Client, Tracker};
///
/// # fn deliver(event: &qwen_batches::WatchEvent) {}
/// # async fn example(client: Client) -> Result<(), Box<dyn std::error::Error>> {
/// let watch = client.watch(BatchFilter::new());
/// let mut tracker: Tracker = match std::fs::read("watch.json") {
///     Ok(stored) => serde_json::from_slice(&stored)?,
///     Err(_) => watch.tracker(),
/// };
/// let mut events = watch.resume(tracker.clone()).events();
/// while let Some(event) = events.try_next().await? {
///     deliver(&event);
///     tracker.record(&event);
///     std::fs::write("watch.tmp", serde_json::to_vec(&tracker)?)?;
///     std::fs::rename("watch.tmp", "watch.json")?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tracker {
    #[serde(deserialize_with = "this_version")]
    version: u32,
    /// The base URL of the server.
    pub(super) server: String,
    /// The fingerprint of the filter.
    pub(super) filter: String,
    /// Up to which creation batches are left out that are done when they appear; none until the
    /// first list of the watch has been read.
    pub(super) silent_until: Option<i64>,
    /// When the newest batch was created that a poll has listed whose events were all recorded.
    pub(super) newest: Option<i64>,
    pub(super) batches: BTreeMap<String, Tracked>,
}

/// What the reader knows of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Tracked {
    pub(super) created_at: i64,
    pub(super) status: BatchStatus,
    /// How often it went on after it had ended.
    pub(super) reopened: u32,
    /// Whether its appearance was reported; if not, it was under way when the watch began.
    pub(super) has_appeared: bool,
    /// Whether the last poll has not listed it.
    pub(super) was_missed: bool,
    /// None if its end was reported.
    pub(super) under_way: Option<Box<UnderWay>>,
}

/// A batch whose end is still to be reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct UnderWay {
    pub(super) batch: Batch,
    pub(super) history: History,
    /// Whether it was reported as stuck, and has not moved since.
    pub(super) is_stuck: bool,
}

impl Tracker {
    pub(super) fn new(server: &str, filter: String) -> Self {
        Self {
            version: VERSION,
            server: server.to_owned(),
            filter,
            silent_until: None,
            newest: None,
            batches: BTreeMap::new(),
        }
    }

    /// Takes note that the reader is done with an event. Each event counts, also those that are not
    /// about a batch. One that is left out comes again in the next watch, unless something newer of
    /// its batch was recorded; leave out all polls after it as well, since they stand for what came
    /// before them.
    pub fn record(&mut self, event: &WatchEvent) {
        match event {
            WatchEvent::Began(start) => {
                self.silent_until = Some(start.silent_until);
                for (id, created_at, status) in &start.done {
                    let done = Tracked::done(*created_at, status.clone());
                    self.batches.insert(id.clone(), done);
                }
                for batch in &start.under_way {
                    self.see(batch, start.at).has_appeared = false;
                }
            }
            WatchEvent::Polled(poll) => {
                self.newest = self.newest.max(poll.newest);
                for id in &poll.forgotten {
                    self.batches.remove(id);
                }
                for (id, tracked) in &mut self.batches {
                    tracked.was_missed = poll.missed.contains(id);
                }
            }
            WatchEvent::PollFailed(_) => {}
            WatchEvent::Gone { batch, .. } | WatchEvent::Unreadable { batch, .. } => {
                self.batches.remove(&batch.id);
            }
            WatchEvent::Appeared { batch, info }
            | WatchEvent::StatusChanged { batch, info, .. }
            | WatchEvent::Progressed { batch, info, .. } => {
                self.see(batch, info.at).has_appeared = true;
            }
            WatchEvent::Stuck { batch, info } => {
                if let Some(it) = &mut self.see(batch, info.at).under_way {
                    it.is_stuck = true;
                }
            }
            WatchEvent::Finished { batch, info, .. } => {
                self.see(batch, info.at).under_way = None;
            }
        }
    }

    /// The batches whose end is still to be reported, as they were reported last and without
    /// secrets; newest first.
    pub fn under_way(&self) -> Vec<&Batch> {
        let tracked = self.batches.values();
        let mut batches: Vec<&Batch> = tracked
            .filter_map(|tracked| Some(&tracked.under_way.as_ref()?.batch))
            .collect();
        batches.sort_by(|one, other| (other.created_at, &other.id).cmp(&(one.created_at, &one.id)));
        batches
    }

    /// Whether the end of the batch with this id was reported, or lay before the watch. Batches that
    /// are not listed any more are forgotten.
    pub fn is_done(&self, id: &str) -> bool {
        let tracked = self.batches.get(id);
        tracked.is_some_and(|tracked| tracked.under_way.is_none())
    }

    fn see(&mut self, batch: &Batch, at: Timestamp) -> &mut Tracked {
        let tracked = self.batches.entry(batch.id.clone());
        tracked
            .and_modify(|tracked| tracked.see(batch, at))
            .or_insert_with(|| Tracked {
                under_way: Some(Box::new(UnderWay::new(batch, at))),
                ..Tracked::done(batch.created_at, batch.status.clone())
            })
    }
}

impl Tracked {
    fn done(created_at: i64, status: BatchStatus) -> Self {
        Self {
            created_at,
            status,
            reopened: 0,
            has_appeared: true,
            was_missed: false,
            under_way: None,
        }
    }

    fn see(&mut self, batch: &Batch, at: Timestamp) {
        self.status = batch.status.clone();
        match &mut self.under_way {
            Some(it) => {
                it.history.see(batch, at);
                it.batch = without_secrets(batch);
                it.is_stuck = false;
            }
            None if batch.is_terminal() => {}
            None => {
                self.reopened += 1;
                self.under_way = Some(Box::new(UnderWay::new(batch, at)));
            }
        }
    }
}

impl UnderWay {
    fn new(batch: &Batch, at: Timestamp) -> Self {
        Self {
            batch: without_secrets(batch),
            history: History::new(batch, at),
            is_stuck: false,
        }
    }
}

/// What is stored may be read by others.
fn without_secrets(batch: &Batch) -> Batch {
    let value = batch.redacted().into_value();
    serde_json::from_value(value).unwrap_or_else(|_| {
        // It can always be read; if it could not, nothing of it would be kept but its name.
        let mut bare = batch.clone();
        bare.input_file_id = String::new().into();
        bare.metadata = None;
        bare.errors = None;
        bare.extra.clear();
        bare
    })
}

fn this_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        other => Err(serde::de::Error::custom(format!(
            "the tracker is of version {other}; this program reads version {VERSION}"
        ))),
    }
}
