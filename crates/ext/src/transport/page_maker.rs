//! A page in the making: rows come in, one after the other, with what is wrong with them.

use qwen_batches_api::shapes;
use qwen_batches_api::types::Batch;
use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::foreign;
use super::repair::{self, Flaw, Reader};
use super::response::Head;
use super::row_scanner::{self, RawMember};
use crate::client::client::Config;
use crate::policy::trace;
use crate::types::dialect::Dialect;
use crate::types::page::{Page, RowFinding, UnreadableRow};
use crate::types::redact::{KeyMask, redact};

/// How much of the rows of a page that cannot be read is kept in its raw form.
const MOST_RAW_BYTES: usize = 1 << 20;

/// From here on, in the year 5138, a time is no number of seconds but one of milliseconds, or of
/// smaller parts.
const NO_SECONDS: i64 = 100_000_000_000;

/// A page in the making.
pub(super) struct PageMaker<'a> {
    page: Page,
    mask: &'a KeyMask,
    dialect: Dialect,
    /// How much is kept of rows that could not be read.
    raw_bytes: usize,
}

impl<'a> PageMaker<'a> {
    pub(super) fn new(
        shared: &'a Config,
        head: Option<&Head>,
        has_more: bool,
        last_id: Option<String>,
    ) -> Self {
        let last_id = last_id.filter(|id| !id.is_empty());
        Self {
            page: Page {
                next_cursor: last_id.clone().filter(|_| has_more),
                last_id,
                has_more,
                request_id: head.and_then(Head::request_id),
                attempts: 1,
                ..Page::empty()
            },
            mask: shared.key_mask(),
            dialect: shared.dialect(),
            raw_bytes: 0,
        }
    }

    /// Adds the rows of a page that decoded as a whole.
    pub(super) fn add_all(&mut self, rows: Vec<Batch>) {
        if rows.iter().all(is_plain) {
            self.page.rows = rows;
            return;
        }
        for (index, row) in rows.into_iter().enumerate() {
            self.add(index, row, Vec::new());
        }
    }

    /// Adds a row, of which the flaws are known but for those that the types let through.
    pub(super) fn add(&mut self, index: usize, mut row: Batch, mut flaws: Vec<Flaw>) {
        if row.id.is_empty() {
            let json = serde_json::to_vec(&row).unwrap_or_default();
            return self.add_unreadable(index, &json, None, "/id", "it is empty");
        }
        for file in [&mut row.output_file_id, &mut row.error_file_id] {
            file.take_if(|id| id.is_empty());
        }
        if row.created_at >= NO_SECONDS {
            while row.created_at >= NO_SECONDS {
                row.created_at /= 1000;
            }
            flaws.push(Flaw {
                pointer: "/created_at".to_owned(),
                reason: "it is in milliseconds, or in smaller parts of a second",
                is_legible: true,
            });
        }
        let has_flaw = |pointer: &str| flaws.iter().any(|flaw| flaw.pointer.starts_with(pointer));
        if row.request_counts.is_none() && !has_flaw("/request_counts") {
            flaws.push(Flaw {
                pointer: "/request_counts".to_owned(),
                reason: "it is missing or null",
                is_legible: false,
            });
        }
        for flaw in flaws {
            self.page.findings.push(RowFinding {
                id: row.id.clone(),
                pointer: format!("/data/{index}{}", flaw.pointer),
                reason: flaw.reason.to_owned(),
                is_legible: flaw.is_legible,
            });
            if !flaw.is_legible {
                let members = self.page.illegible.entry(row.id.clone()).or_default();
                members.push(flaw.pointer.trim_start_matches('/').to_owned());
            }
        }
        self.page.rows.push(row);
    }

    /// Adds what can be read of a row that does not decode.
    pub(super) fn add_by_members(&mut self, index: usize, json: &[u8]) {
        let Some(mut members) = row_scanner::members(json) else {
            return self.add_unreadable(index, json, None, "", "an object was expected");
        };
        if self.dialect != Dialect::Qwen {
            name_input(&mut members);
        }
        let mask = self.mask;
        let shown = |name: &str| foreign::kept(mask, name);
        let mut reader = Reader::new(&shown);
        let row = reader.row(&shapes::BATCH, &members);
        let mut flaws = reader.flaws;
        match row.map(Batch::deserialize) {
            Some(Ok(row)) => self.add(index, row, flaws),
            Some(Err(_)) => {
                let reason = "it is not as the contract describes it";
                self.add_unreadable(index, json, repair::text_of(&members, "id"), "", reason);
            }
            None => {
                let flaw = flaws.pop();
                let (pointer, reason) =
                    flaw.map_or_else(Default::default, |it| (it.pointer, it.reason));
                self.add_unreadable(
                    index,
                    json,
                    repair::text_of(&members, "id"),
                    &pointer,
                    reason,
                );
            }
        }
    }

    fn add_unreadable(
        &mut self,
        index: usize,
        json: &[u8],
        id: Option<String>,
        pointer: &str,
        reason: &str,
    ) {
        let raw = self.raw(json);
        self.page.unreadable.push(UnreadableRow {
            id: id.map(|id| foreign::kept(self.mask, &id)),
            pointer: format!("/data/{index}{pointer}"),
            reason: reason.to_owned(),
            raw,
        });
    }

    /// A row without secrets and without what is not JSON; nothing of one that would take the page
    /// too far.
    fn raw(&mut self, json: &[u8]) -> Value {
        self.raw_bytes += json.len();
        if self.raw_bytes > MOST_RAW_BYTES {
            return Value::Null;
        }
        let mut row = repair::parse(json).unwrap_or_else(|_| {
            let members = row_scanner::members(json).unwrap_or_default();
            let legible = members.iter().filter_map(|member| {
                Some((
                    repair::text(member.key?)?,
                    repair::parse(member.value).ok()?,
                ))
            });
            Value::Object(legible.collect::<Map<_, _>>())
        });
        redact(&mut row, &|text| self.mask.shown(text));
        row
    }

    pub(super) fn finish(mut self) -> Page {
        self.set_apart_key_ids();
        let page = self.page;
        if !page.unreadable.is_empty() {
            let rows = count(page.unreadable.len(), "row");
            trace::debug!("{rows} of a page could not be read");
        }
        if let Some(first) = page.findings.first() {
            let members = count(page.findings.len(), "member");
            let rows = page
                .findings
                .chunk_by(|one, next| one.id == next.id)
                .count();
            let rows = count(rows, "row");
            let are = if page.findings.len() == 1 {
                "is"
            } else {
                "are"
            };
            trace::warn!(
                "{members} of {rows} {are} not as the contract describes, such as {}: {}",
                first.pointer,
                first.reason
            );
        }
        page
    }

    /// Takes batches whose id holds the key for rows that cannot be read: an id is shown, stored in
    /// checkpoints, and sent as a cursor.
    fn set_apart_key_ids(&mut self) {
        let (page, mask) = (&mut self.page, self.mask);
        if page.last_id.as_deref().is_some_and(|id| mask.is_in(id)) {
            page.last_id = None;
            page.next_cursor = None;
        }
        if !page.rows.iter().any(|batch| mask.is_in(&batch.id)) {
            return;
        }
        let rows = std::mem::take(&mut page.rows).into_iter();
        let (bad, good): (Vec<Batch>, _) = rows.partition(|batch| mask.is_in(&batch.id));
        page.rows = good;
        page.illegible.retain(|id, _| !mask.is_in(id));
        page.keep_own_findings();
        page.unreadable
            .extend(bad.iter().map(|batch| UnreadableRow {
                id: Some(mask.mask(&batch.id).into_owned()),
                pointer: "/data".to_owned(),
                reason: "its id repeats the API key".to_owned(),
                raw: Value::Null,
            }));
    }
}

/// Whether a row that decoded is to be delivered as it is.
fn is_plain(row: &Batch) -> bool {
    let is_empty = |id: &Option<String>| id.as_ref().is_some_and(String::is_empty);
    !row.id.is_empty()
        && row.created_at < NO_SECONDS
        && row.request_counts.is_some()
        && !is_empty(&row.output_file_id)
        && !is_empty(&row.error_file_id)
}

/// Azure OpenAI says `"input_file_id": null` of a batch whose input is a blob (documented): then the
/// blob's URL is the input.
fn name_input(members: &mut [RawMember<'_>]) {
    let place = |name: &str| {
        let is_it =
            |member: &RawMember<'_>| member.key.and_then(repair::text).as_deref() == Some(name);
        members.iter().position(is_it)
    };
    let (input, blob) = (place("input_file_id"), place("input_blob"));
    if let (Some(input), Some(blob)) = (input, blob)
        && members[input].value == b"null"
        && repair::text(members[blob].value).is_some()
    {
        members[input].value = members[blob].value;
    }
}

/// `1 row`, `2 rows`.
fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
