//! One page of a list.

use std::collections::{HashMap, HashSet};
use std::fmt;

use qwen_batches_api::types::Batch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The batches of this page, newest first.
    ///
    /// There may be fewer than asked for, even none on a page that is not the last: each row is
    /// checked against the whole filter on this side.
    pub rows: Vec<Batch>,
    /// The cursor of the next page, for [`ListBatches::after`](crate::ListBatches::after); none on
    /// the last page.
    pub next_cursor: Option<String>,
    /// The same, of the last page as well.
    pub(crate) last_id: Option<String>,
    /// Whether the service says that there are more batches behind this page.
    pub has_more: bool,
    /// Rows of this page that could not be read.
    pub unreadable: Vec<UnreadableRow>,
    /// What is wrong with rows of this page that were read all the same.
    pub findings: Vec<RowFinding>,
    /// By the id of a row, the members that could not be read, as in [`Self::is_legible`].
    pub(crate) illegible: HashMap<String, Vec<String>>,
    /// How many rows the server sent although the filter does not let them through.
    pub left_out: usize,
    /// The id of the request, to be named when asking the vendor for help.
    pub request_id: Option<String>,
    /// How often the call was made until it succeeded.
    pub attempts: u32,
}

impl Page {
    /// A page that nobody was asked for.
    pub(crate) fn empty() -> Self {
        Self {
            rows: Vec::new(),
            next_cursor: None,
            last_id: None,
            has_more: false,
            unreadable: Vec::new(),
            findings: Vec::new(),
            illegible: HashMap::new(),
            left_out: 0,
            request_id: None,
            attempts: 0,
        }
    }

    /// Whether a member of a row could be read; `metadata/ds_name` is one inside of another.
    pub(crate) fn is_legible(&self, row: &Batch, member: &str) -> bool {
        let is_part_of = |whole: &String| {
            let rest = member.strip_prefix(whole.as_str());
            whole.is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with('/'))
        };
        let illegible = self.illegible.get(&row.id);
        !illegible.is_some_and(|members| members.iter().any(is_part_of))
    }

    /// Drops the findings of rows that are not on this page any more.
    pub(crate) fn keep_own_findings(&mut self) {
        if !self.findings.is_empty() {
            let ids: HashSet<&str> = self.rows.iter().map(|row| row.id.as_str()).collect();
            self.findings
                .retain(|finding| ids.contains(finding.id.as_str()));
        }
    }

    /// Lets more follow: the last page before a bound of time may not be that of the list.
    pub(crate) fn go_on(&mut self) {
        self.has_more = true;
        self.next_cursor.clone_from(&self.last_id);
    }

    /// Keeps this many rows at most. The rest is still to come for whoever continues after them.
    pub(crate) fn cap(&mut self, rows: usize) {
        if self.rows.len() > rows {
            self.rows.truncate(rows);
            self.has_more = true;
            self.next_cursor = self.rows.last().map(|batch| batch.id.clone());
        }
    }
}

impl IntoIterator for Page {
    type Item = Batch;
    type IntoIter = std::vec::IntoIter<Batch>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a> IntoIterator for &'a Page {
    type Item = &'a Batch;
    type IntoIter = std::slice::Iter<'a, Batch>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

/// A member of a row that is not as the contract describes it. The row was read all the same: what
/// could not be read of it is empty, or `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowFinding {
    /// The id of the batch.
    pub id: String,
    /// Where in its page: a JSON pointer, such as `/data/3/request_counts`.
    pub pointer: String,
    /// What is wrong there.
    pub reason: String,
    /// Whether the value could be read all the same, such as a number that was sent as a string.
    pub is_legible: bool,
}

impl fmt::Display for RowFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.id, self.pointer, self.reason)
    }
}

/// A row that is not what the contract promises, and so could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnreadableRow {
    /// The id of the batch, where it is legible.
    pub id: Option<String>,
    /// Where in its page the row goes wrong: a JSON pointer, such as `/data/3/created_at`.
    pub pointer: String,
    /// What is wrong there.
    pub reason: String,
    /// The row as it was received, but for what is secret, which is masked: the key, the query of
    /// every URL, and what the contract marks secret. A checkpoint does not keep it: it is null in a
    /// list that was resumed behind the row. It is null, too, where it would be large (1 MiB in a
    /// page), and where the id of the batch holds the key.
    #[serde(skip)]
    pub raw: Value,
}

impl UnreadableRow {
    /// What a checkpoint knows of a row that an earlier run could not read.
    pub(crate) fn of_earlier_run(id: &str) -> Self {
        Self {
            id: Some(id.to_owned()),
            pointer: String::new(),
            reason: "could not be read in an earlier run".to_owned(),
            raw: Value::Null,
        }
    }

    /// When its batch was created, in Unix seconds, where that is legible.
    pub(crate) fn created_at(&self) -> Option<i64> {
        self.raw.get("created_at")?.as_i64()
    }
}

impl fmt::Display for UnreadableRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id.as_deref().unwrap_or("a row without a legible id");
        match self.pointer.as_str() {
            "" => write!(f, "{id}: {}", self.reason),
            pointer => write!(f, "{id} at {pointer}: {}", self.reason),
        }
    }
}
