//! How a checkpoint is stored: one object of bounded size, with a version.

use serde::{Deserialize, Serialize};

use crate::types::filter::BatchFilter;

/// Grows when what is written now could not be read as before.
pub(super) const VERSION: u32 = 1;

/// As one word of Base64, this is 4 000 characters.
const MOST_BYTES: usize = 3_000;

/// How many ids of the last second are kept: each is 16 hexadecimal digits.
const MOST_IDS: usize = 30;

/// How long an id may be that is kept.
const LONGEST_CURSOR: usize = 512;

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct CheckpointText {
    pub(super) v: u32,
    pub(super) server: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<BatchFilter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cursor: Option<String>,
    pub(super) delivered: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_created_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) last_ids: Vec<String>,
    pub(super) by_time: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) lost: bool,
    #[serde(default, skip_serializing_if = "is_none")]
    pub(super) unreadable: UnreadableCount,
    pub(super) ended: bool,
}

/// How many rows could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnreadableCount {
    pub(crate) count: u64,
    /// Of the first few, where they are legible.
    pub(crate) ids: Vec<String>,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_none(unreadable: &UnreadableCount) -> bool {
    unreadable.count == 0
}

impl CheckpointText {
    /// The same within its bounds: what is missed least goes first.
    pub(super) fn bounded(mut self, fingerprint: impl FnOnce() -> String) -> Self {
        if self.last_ids.len() > MOST_IDS {
            self.last_ids.clear();
            self.by_time = false;
        }
        if self
            .cursor
            .as_ref()
            .is_some_and(|id| id.len() > LONGEST_CURSOR)
        {
            self.cursor = None;
            self.lost = true;
        }
        if self.is_too_long() {
            self.unreadable.ids.clear();
        }
        if self.is_too_long() && self.filter.take().is_some() {
            self.fingerprint = Some(fingerprint());
        }
        self
    }

    fn is_too_long(&self) -> bool {
        serde_json::to_vec(self).is_ok_and(|json| json.len() > MOST_BYTES)
    }
}
