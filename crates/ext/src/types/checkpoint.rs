//! The place where a list was left, to go on from.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::types::page::UnreadableRow;
use crate::types::row_id::RowId;

/// The place where a list was left: which filter, which cursor, how many rows.
///
/// Streams give it ([`Items::checkpoint`](crate::Items::checkpoint),
/// [`Pages::checkpoint`](crate::Pages::checkpoint)), errors carry it
/// ([`Error::checkpoint`](crate::Error::checkpoint)), and
/// [`ListBatches::resume`](crate::ListBatches::resume) goes on there: behind the last row
/// delivered, in this process or another. It holds no key and no secret.
///
/// It is stored by serde, or as one word: `Display` writes it, `FromStr` reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Of the filter that the list was made with.
    pub(crate) fingerprint: String,
    /// The page to go on with starts behind this id; at the newest batch if there is none.
    pub(crate) cursor: Option<String>,
    /// Rows delivered so far, in all runs together.
    pub(crate) delivered: u64,
    /// When the last row delivered was created, in Unix seconds, and the ids of all rows delivered
    /// of that second: by these a list can go on when the cursor is refused.
    pub(crate) last_created_at: Option<i64>,
    pub(crate) last_ids: Vec<String>,
    /// Rows that could not be read so far, without their raw form.
    pub(crate) unreadable: Vec<UnreadableRow>,
    /// Whether the list has ended: there is nothing to go on to.
    pub(crate) ended: bool,
}

impl Checkpoint {
    pub(crate) fn start(fingerprint: String, cursor: Option<String>) -> Self {
        Self {
            fingerprint,
            cursor,
            delivered: 0,
            last_created_at: None,
            last_ids: Vec::new(),
            unreadable: Vec::new(),
            ended: false,
        }
    }

    /// How many rows were delivered so far, in all runs together.
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// The id behind which the list goes on; none if it starts with the newest batch.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Whether the list has ended, so that there is nothing to go on to.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Counts rows as delivered: a list goes on behind the last of them.
    pub(crate) fn deliver(&mut self, rows: &[RowId]) {
        let Some(last) = rows.last() else {
            return;
        };
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
        let ids = rows[earlier..].iter().map(|row| row.id.clone());
        self.last_ids.extend(ids);
        self.cursor = Some(last.id.clone());
        self.delivered = self.delivered.saturating_add(rows.len() as u64);
    }

    /// Keeps the rows of a page that could not be read; a row that is known already is not kept
    /// twice.
    pub(crate) fn keep_unreadable(&mut self, rows: &[UnreadableRow]) {
        for row in rows {
            let known = row.id.is_some() && self.unreadable.iter().any(|known| known.id == row.id);
            if !known {
                self.unreadable.push(row.clone());
            }
        }
    }

    /// Counts a page as read.
    pub(crate) fn finish_page(&mut self, end: Next) {
        self.ended |= end == Next::ListEnds;
    }
}

/// What comes behind a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another page.
    GoesOn,
    /// Nothing, although the list may go on: a cap is reached, or the pages do not add up.
    Stops,
    /// Nothing: the service says that the list ends here.
    ListEnds,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_vec(self).map_err(|_| fmt::Error)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(json))
    }
}

/// A text that is no checkpoint.
#[derive(Debug)]
pub struct ParseCheckpointError {
    source: Option<serde_json::Error>,
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
