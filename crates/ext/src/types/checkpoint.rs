//! The place where a list was left, to resume it.

use std::fmt;
use std::hash::Hasher as _;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use qwen_batches_api::types::Batch;
use serde::{Deserialize, Serialize};

use crate::types::checkpoint_text::{CheckpointText, UnreadableCount, VERSION};
use crate::types::filter::BatchFilter;
use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// Of how many unreadable rows the ids are kept.
const KEPT_IDS: usize = 5;

/// The position of a list: its server and filter, its cursor, and how many rows were delivered.
///
/// Streams give it ([`Items::checkpoint`](crate::Items::checkpoint),
/// [`Pages::checkpoint`](crate::Pages::checkpoint)), errors carry it
/// ([`Error::checkpoint`](crate::Error::checkpoint)), and
/// [`Client::resume`](crate::Client::resume) continues there: after the last row delivered, in this
/// process or another. It holds no key and no secret, and belongs to the server whose list it is.
///
/// It can be stored with serde or as a string without spaces: `Display` writes the string and
/// `FromStr` parses it. The string stays under 4 KiB however long the list is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "CheckpointText", try_from = "CheckpointText")]
pub struct Checkpoint {
    /// The base URL of the server.
    server: String,
    filter: StoredFilter,
    /// The page to go on with starts behind this id; at the newest batch if there is none.
    pub(crate) cursor: Option<String>,
    /// Rows delivered so far, in all runs together.
    pub(crate) delivered: u64,
    /// When the last row delivered was created, in Unix seconds, and hashes of the ids of all rows
    /// delivered of that second: by these a list can go on when the cursor is refused.
    pub(crate) last_created_at: Option<i64>,
    pub(crate) last_ids: Vec<u64>,
    /// Whether the list can go on by time: all rows came newest first, and all ids of the last
    /// second are kept.
    pub(crate) by_time: bool,
    /// Whether there is no cursor to go on from: it was too long to be kept, or rows may be missing
    /// before it.
    lost: bool,
    /// Rows that could not be read so far, and the ids of the first few.
    pub(crate) unreadable: UnreadableCount,
    /// Whether the list has ended: there is nothing to go on to.
    pub(crate) ended: bool,
}

/// The filter that a list was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
enum StoredFilter {
    Whole(BatchFilter),
    /// Of a filter that holds a secret, or is too long.
    Fingerprint(String),
}

impl Checkpoint {
    pub(crate) fn start(server: &str, filter: &BatchFilter, cursor: Option<String>) -> Self {
        Self {
            server: server.to_owned(),
            filter: StoredFilter::of(filter),
            cursor,
            delivered: 0,
            last_created_at: None,
            last_ids: Vec::new(),
            by_time: true,
            lost: false,
            unreadable: UnreadableCount::default(),
            ended: false,
        }
    }

    /// How many rows were delivered so far, in all runs together.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// The id after which the list continues; none if it starts with the newest batch.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Whether the list has ended, so that there is nothing to go on to.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The base URL of the server that it belongs to.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The filter of its list. None if that holds a URL with a query, which may be secret, or is
    /// longer than 2 KiB: then [`ListBatches::resume`](crate::ListBatches::resume) needs the same
    /// filter again.
    pub fn filter(&self) -> Option<&BatchFilter> {
        match &self.filter {
            StoredFilter::Whole(filter) => Some(filter),
            StoredFilter::Fingerprint(_) => None,
        }
    }

    /// Whether its list was made with this filter.
    pub(crate) fn has_filter(&self, filter: &BatchFilter) -> bool {
        match &self.filter {
            StoredFilter::Whole(own) => own.fingerprint() == filter.fingerprint(),
            StoredFilter::Fingerprint(own) => *own == filter.fingerprint(),
        }
    }

    /// Rows may be missing: there is no place to go on from.
    pub(crate) fn lose(&mut self) {
        self.cursor = None;
        self.by_time = false;
        self.lost = true;
    }

    /// Whether nothing is known of where to go on.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost && !(self.by_time && self.last_created_at.is_some())
    }

    /// Whether a row of the last second was delivered.
    pub(crate) fn has_delivered(&self, row: &Batch) -> bool {
        self.last_created_at == Some(row.created_at) && self.last_ids.contains(&hash(&row.id))
    }

    /// Counts rows as delivered: a list continues after the last of them.
    pub(crate) fn deliver(&mut self, rows: &[RowId]) {
        let Some(last) = rows.last() else {
            return;
        };
        let before = self.last_created_at.into_iter();
        let times = before.chain(rows.iter().map(|row| row.created_at));
        self.by_time &= times.is_sorted_by(|newer, older| newer >= older);
        let of_last_second = rows
            .iter()
            .rev()
            .take_while(|row| row.created_at == last.created_at)
            .count();
        let earlier = rows.len() - of_last_second;
        if earlier > 0 || self.last_created_at != Some(last.created_at) {
            self.last_created_at = Some(last.created_at);
            self.last_ids.clear();
        }
        let ids = rows[earlier..].iter().map(|row| hash(&row.id));
        self.last_ids.extend(ids);
        self.cursor = Some(last.id.clone());
        self.lost = false;
        self.delivered = self.delivered.saturating_add(rows.len() as u64);
    }

    /// Counts rows that could not be read.
    pub(crate) fn count_unreadable<'a>(
        &mut self,
        rows: impl IntoIterator<Item = &'a UnreadableRow>,
    ) {
        for row in rows {
            self.unreadable.count += 1;
            if let Some(id) = &row.id
                && self.unreadable.ids.len() < KEPT_IDS
            {
                self.unreadable.ids.push(id.chars().take(64).collect());
            }
        }
    }

    /// Counts a page as read, behind which the list goes on behind another row than its last one, or
    /// not.
    pub(crate) fn finish_page(&mut self, end: Next, goes_on_behind: Option<String>) {
        self.ended |= end == Next::ListEnds;
        if end == Next::GoesOn && goes_on_behind.is_some() {
            self.cursor = goes_on_behind;
        }
    }
}

impl StoredFilter {
    fn of(filter: &BatchFilter) -> Self {
        const LONGEST: usize = 2 << 10;

        let fits = serde_json::to_vec(filter).is_ok_and(|json| json.len() <= LONGEST);
        if fits && !filter.may_hold_secret() {
            Self::Whole(filter.clone())
        } else {
            Self::Fingerprint(filter.fingerprint())
        }
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish()
}

/// What comes behind a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another page.
    GoesOn,
    /// Nothing, although the list may go on: a cap is reached, or the pages do not add up.
    Stops,
    /// Nothing: the list ends here.
    ListEnds,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(json))
    }
}

/// A string that is not a checkpoint.
#[derive(Debug)]
pub struct ParseCheckpointError {
    source: Option<serde_json::Error>,
}

impl ParseCheckpointError {
    pub(crate) fn new(source: Option<serde_json::Error>) -> Self {
        Self { source }
    }
}

impl fmt::Display for ParseCheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a checkpoint: was it copied whole?")
    }
}

impl std::error::Error for ParseCheckpointError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

impl FromStr for Checkpoint {
    type Err = ParseCheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let json = URL_SAFE_NO_PAD
            .decode(text.trim())
            .map_err(|_| ParseCheckpointError { source: None })?;
        serde_json::from_slice(&json).map_err(|source| ParseCheckpointError {
            source: Some(source),
        })
    }
}

impl From<Checkpoint> for CheckpointText {
    fn from(checkpoint: Checkpoint) -> Self {
        let (filter, fingerprint) = match checkpoint.filter {
            StoredFilter::Whole(filter) => (Some(filter), None),
            StoredFilter::Fingerprint(fingerprint) => (None, Some(fingerprint)),
        };
        let whole = filter.clone().unwrap_or_default();
        let ids = checkpoint.last_ids.iter();
        let text = Self {
            v: VERSION,
            server: checkpoint.server,
            filter,
            fingerprint,
            cursor: checkpoint.cursor,
            delivered: checkpoint.delivered,
            last_created_at: checkpoint.last_created_at,
            last_ids: ids.map(|id| format!("{id:016x}")).collect(),
            by_time: checkpoint.by_time,
            lost: checkpoint.lost,
            unreadable: checkpoint.unreadable,
            ended: checkpoint.ended,
        };
        text.bounded(|| whole.fingerprint())
    }
}

impl TryFrom<CheckpointText> for Checkpoint {
    type Error = String;

    fn try_from(text: CheckpointText) -> Result<Self, Self::Error> {
        if text.v != VERSION {
            return Err(format!(
                "the checkpoint has version {}, this program reads version {VERSION}",
                text.v
            ));
        }
        // Others may have written it: what is kept of it is what would be written again.
        let whole = text.filter.clone().unwrap_or_default();
        let text = text.bounded(|| whole.fingerprint());
        let filter = match (text.filter, text.fingerprint) {
            (Some(filter), _) => StoredFilter::Whole(filter),
            (None, Some(fingerprint)) => StoredFilter::Fingerprint(fingerprint),
            (None, None) => return Err("the checkpoint has no filter".to_owned()),
        };
        let ids = text.last_ids.iter().map(|id| u64::from_str_radix(id, 16));
        Ok(Self {
            server: text.server,
            filter,
            cursor: text.cursor,
            delivered: text.delivered,
            last_created_at: text.last_created_at,
            last_ids: ids
                .collect::<Result<_, _>>()
                .map_err(|_| "an id of the checkpoint is not a number".to_owned())?,
            by_time: text.by_time,
            lost: text.lost,
            unreadable: text.unreadable,
            ended: text.ended,
        })
    }
}
