//! A page that does not decode as a whole, decoded row by row.

use qwen_batches_api::types::Batch;
use serde::Deserialize as _;
use serde_json::Value;

use super::response::Head;
use super::{failure, foreign};
use crate::client::client::Config;
use crate::policy::trace;
use crate::types::dialect::Dialect;
use crate::types::error::Error;
use crate::types::page::{Page, UnreadableRow};
use crate::types::redact::{KeyMask, redact};

/// How much of the rows of a page that cannot be read is kept in its raw form.
const MOST_RAW_BYTES: usize = 1 << 20;

/// Makes a page of the rows that can be read, and keeps the others with what is wrong with them.
///
/// `error` is what the decoder of the whole page said.
pub(super) fn page_row_by_row(
    shared: &Config,
    body: &[u8],
    error: &serde_json::Error,
    head: &Head,
) -> Result<Page, Error> {
    let mask = shared.key_mask();
    let refuse = |reason: &str| Err(failure::not_a_page(head.status, &head.headers, reason));
    let mut value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => {
            // Cut short, or an HTML page of a gateway: another attempt may bring the page.
            let shown = foreign::excerpt(mask, &head.headers, body);
            let reason = format!("{error}{shown}");
            return Err(failure::not_a_page(head.status, &head.headers, &reason).retryable(true));
        }
    };
    if shared.dialect() != Dialect::Qwen
        && let Some(Value::Array(rows)) = value.get_mut("data")
    {
        rows.iter_mut().for_each(name_input);
    }
    let Some(data) = value.get("data") else {
        return Err(
            failure::error_in_success(mask, head.status, &head.headers, body).unwrap_or_else(
                || failure::not_a_page(head.status, &head.headers, "it has no `data`"),
            ),
        );
    };
    let rows = match data {
        Value::Null => &[],
        Value::Array(rows) => rows.as_slice(),
        _ => return refuse("its `data` is not a list"),
    };
    let Some(has_more) = value.get("has_more").and_then(Value::as_bool) else {
        return refuse(&format!(
            "its `has_more` is neither true nor false ({})",
            reason(mask, &error.to_string())
        ));
    };

    let text = |value: &Value, key: &str| value.get(key)?.as_str().map(str::to_owned);
    let last_id = text(&value, "last_id").or_else(|| text(rows.last()?, "id"));
    let mut page = Page {
        rows: Vec::new(),
        next_cursor: last_id.filter(|id| has_more && !id.is_empty()),
        has_more,
        unreadable: Vec::new(),
        left_out: 0,
        request_id: head.request_id(),
        attempts: 1,
    };
    let mut raw_bytes = 0;
    for (index, row) in rows.iter().enumerate() {
        let mut track = serde_path_to_error::Track::new();
        let decoder = serde_path_to_error::Deserializer::new(row, &mut track);
        match Batch::deserialize(decoder) {
            Ok(batch) => page.rows.push(batch),
            Err(error) => page.unreadable.push(UnreadableRow {
                id: text(row, "id").map(|id| foreign::kept(mask, &id)),
                pointer: pointer(index, &track.path()),
                reason: reason(mask, &error.to_string()),
                raw: redacted(mask, row, &mut raw_bytes),
            }),
        }
    }
    set_apart_key_ids(&mut page, mask);
    trace::debug!(
        "{} row(s) of a page could not be read",
        page.unreadable.len()
    );
    Ok(page)
}

/// Azure OpenAI says `"input_file_id": null` of a batch whose input is a blob (documented): then the
/// blob's URL is the input.
fn name_input(row: &mut Value) {
    let blob = row.get("input_blob").filter(|blob| blob.is_string());
    if row.get("input_file_id").is_some_and(Value::is_null)
        && let Some(blob) = blob.cloned()
    {
        row["input_file_id"] = blob;
    }
}

/// A row without secrets; nothing of one that would take the `bytes` of its page too far.
fn redacted(mask: &KeyMask, row: &Value, bytes: &mut usize) -> Value {
    *bytes += row.to_string().len();
    if *bytes > MOST_RAW_BYTES {
        return Value::Null;
    }
    let mut row = row.clone();
    redact(&mut row, &|text| mask.shown(text));
    row
}

/// Takes batches whose id holds the key for rows that cannot be read: an id is shown, stored in
/// checkpoints, and sent as a cursor.
pub(super) fn set_apart_key_ids(page: &mut Page, mask: &KeyMask) {
    if page.next_cursor.as_deref().is_some_and(|id| mask.is_in(id)) {
        page.next_cursor = None;
    }
    if !page.rows.iter().any(|batch| mask.is_in(&batch.id)) {
        return;
    }
    let rows = std::mem::take(&mut page.rows).into_iter();
    let (bad, good): (Vec<Batch>, _) = rows.partition(|batch| mask.is_in(&batch.id));
    page.rows = good;
    page.unreadable
        .extend(bad.iter().map(|batch| UnreadableRow {
            id: Some(mask.mask(&batch.id).into_owned()),
            pointer: "/data".to_owned(),
            reason: "its id repeats the API key".to_owned(),
            raw: Value::Null,
        }));
}

/// What the decoder says, without the value that it quotes: that may be a secret in the wrong
/// place.
fn reason(mask: &KeyMask, said: &str) -> String {
    let said = match (said.find('"'), said.rfind('"')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}...{}", &said[..=start], &said[end..])
        }
        _ => said.to_owned(),
    };
    foreign::clean(mask, &said)
}

/// The place of an error as a JSON pointer from the top of the page.
fn pointer(index: usize, path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;

    path.iter()
        .fold(format!("/data/{index}"), |pointer, segment| match segment {
            Segment::Seq { index } => format!("{pointer}/{index}"),
            Segment::Map { key } => {
                format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Segment::Enum { .. } | Segment::Unknown => pointer,
        })
}
