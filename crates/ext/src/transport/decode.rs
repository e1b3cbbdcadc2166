//! From the body of a response to a page of rows, or to one batch.
//!
//! Nearly every page decodes as a whole. One that does not is cut into rows, and each of them that
//! does not decode is read member by member: what is wrong in one row costs no other.

use qwen_batches_api::types::{Batch, BatchPage};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::page_maker::PageMaker;
use super::response::Head;
use super::row_scanner::{self, RawMember};
use super::{failure, foreign, repair};
use crate::client::client::Config;
use crate::types::batch_response::BatchResponse;
use crate::types::error::Error;
use crate::types::operation::Operation;
use crate::types::page::{Page, UnreadableRow};

/// Makes a page of one that decoded as a whole.
pub(super) fn page(
    shared: &Config,
    decoded: BatchPage,
    head: Option<&Head>,
) -> Result<Page, Error> {
    if let (Some(error), Some(head)) = (decoded.extra.get("error"), head) {
        refuse_error(shared, error, head)?;
    }
    let rows = decoded.data.unwrap_or_default();
    let last_id = decoded.last_id.filter(|id| !id.is_empty());
    let next_cursor = last_id.or_else(|| rows.last().map(|batch| batch.id.clone()));
    let mut maker = PageMaker::new(shared, head, decoded.has_more, next_cursor);
    maker.add_all(rows);
    Ok(maker.finish())
}

/// An error beside the rows of a page: these may not be all.
fn refuse_error(shared: &Config, error: &Value, head: &Head) -> Result<(), Error> {
    let body = match error {
        Value::Object(_) | Value::String(_) => json!({ "error": error }).to_string(),
        _ => return Ok(()),
    };
    let error = error_in_success(shared, Operation::ListBatches, body.as_bytes(), head);
    error.map_or(Ok(()), Err)
}

/// Makes a page of the rows that can be read, and keeps the others with what is wrong with them.
pub(super) fn page_row_by_row(shared: &Config, body: &[u8], head: &Head) -> Result<Page, Error> {
    let body = row_scanner::without_mark(body);
    let parts = PageParts::of(shared, body, head)?;
    let refuse = |reason: &str| Err(refused(Operation::ListBatches, head, reason));
    let no_page = |reason: &str| {
        let error = error_in_success(shared, Operation::ListBatches, body, head);
        error.map_or_else(|| refuse(reason), Err)
    };
    if let Some(Ok(error)) = parts.error.map(repair::parse) {
        refuse_error(shared, &error, head)?;
    }
    let rows = match parts.data {
        None => return no_page("it has no `data`"),
        Some(b"null") => Vec::new(),
        Some(data) => match row_scanner::items(data) {
            Some(rows) => rows,
            None => return refuse("its `data` is not a list"),
        },
    };
    let has_more = match parts.has_more {
        Some(b"true") => true,
        Some(b"false") => false,
        _ => return no_page("its `has_more` is neither true nor false"),
    };
    let last_id = parts.last_id.and_then(repair::text);
    let last_id = last_id.filter(|id| !id.is_empty()).or_else(|| {
        let id = |row: &&[u8]| repair::text_of(&row_scanner::members(row)?, "id");
        rows.iter().rev().find_map(id)
    });
    let mut maker = PageMaker::new(shared, Some(head), has_more, last_id);
    for (index, json) in rows.into_iter().enumerate() {
        match serde_json::from_slice::<Batch>(json) {
            Ok(row) => maker.add(index, row, Vec::new()),
            Err(_) if row_scanner::members(json).is_none() && repair::parse(json).is_err() => {
                // No row with a flaw, but something else in the place of rows.
                let reason = format!("its row {index} is no JSON");
                let error = refused(Operation::ListBatches, head, &reason);
                return Err(error.retryable(true));
            }
            Err(_) => maker.add_by_members(index, json),
        }
    }
    Ok(maker.finish())
}

/// Makes a batch of one that decoded as a whole.
pub(super) fn batch(
    shared: &Config,
    id: &str,
    decoded: Batch,
    head: &Head,
) -> Result<BatchResponse, Error> {
    let mut maker = PageMaker::new(shared, Some(head), false, None);
    maker.add(0, decoded, Vec::new());
    only_row(shared, id, maker.finish(), head)
}

/// Makes a batch of what can be read of it.
pub(super) fn batch_by_members(
    shared: &Config,
    id: &str,
    body: &[u8],
    head: &Head,
) -> Result<BatchResponse, Error> {
    let body = row_scanner::without_mark(body);
    let mut maker = PageMaker::new(shared, Some(head), false, None);
    match serde_json::from_slice::<Batch>(body) {
        Ok(row) => maker.add(0, row, Vec::new()),
        Err(_) if object(body).is_some() => maker.add_by_members(0, body),
        Err(_) => {
            return Err(not_an_object(
                shared,
                Operation::RetrieveBatch,
                body,
                head,
                "it is no object",
            ));
        }
    }
    let row = only_row(shared, id, maker.finish(), head);
    row.map_err(|error| {
        let said = error_in_success(shared, Operation::RetrieveBatch, body, head);
        said.unwrap_or(error)
    })
}

/// The batch with this id, of a page that was made of it alone.
fn only_row(
    shared: &Config,
    id: &str,
    mut page: Page,
    head: &Head,
) -> Result<BatchResponse, Error> {
    let in_batch = |pointer: &str| pointer.trim_start_matches("/data/0").to_owned();
    let Some(batch) = page.rows.pop() else {
        let row = page.unreadable.pop();
        let row = row.map(|row| UnreadableRow {
            pointer: in_batch(&row.pointer),
            ..row
        });
        let failed = |row| failure::unreadable_batch(head.status, page.request_id, row);
        return Err(row.map_or_else(failure::incomplete, failed));
    };
    if batch.id != id {
        let found = foreign::clean(shared.key_mask(), &batch.id);
        let reason = format!("it is the batch {found}, not {id}");
        return Err(refused(Operation::RetrieveBatch, head, &reason));
    }
    for finding in &mut page.findings {
        finding.pointer = in_batch(&finding.pointer);
    }
    Ok(BatchResponse {
        batch,
        findings: page.findings,
        request_id: page.request_id,
        attempts: page.attempts,
    })
}

fn refused(operation: Operation, head: &Head, reason: &str) -> Error {
    failure::not_as_expected(operation, head.status, &head.headers, reason)
}

fn error_in_success(
    shared: &Config,
    operation: Operation,
    body: &[u8],
    head: &Head,
) -> Option<Error> {
    failure::error_in_success(
        shared.key_mask(),
        operation,
        head.status,
        &head.headers,
        body,
    )
}

/// The members of a body that is an object.
fn object(body: &[u8]) -> Option<Vec<RawMember<'_>>> {
    let members = row_scanner::members(body)?;
    members.iter().all(|it| it.key.is_some()).then_some(members)
}

/// What to say of a body that is no object.
fn not_an_object(
    shared: &Config,
    operation: Operation,
    body: &[u8],
    head: &Head,
    reason: &str,
) -> Error {
    match serde_json::from_slice::<IgnoredAny>(body) {
        Ok(_) => refused(operation, head, reason),
        // Cut short, or an HTML page of a gateway: another attempt may succeed.
        Err(reason) => {
            let shown = foreign::excerpt(shared.key_mask(), &head.headers, body);
            refused(operation, head, &format!("{reason}{shown}")).retryable(true)
        }
    }
}

/// The parts of a page that are read, as they were sent.
#[derive(Default)]
struct PageParts<'a> {
    data: Option<&'a [u8]>,
    has_more: Option<&'a [u8]>,
    last_id: Option<&'a [u8]>,
    error: Option<&'a [u8]>,
}

impl<'a> PageParts<'a> {
    fn of(shared: &Config, body: &'a [u8], head: &Head) -> Result<Self, Error> {
        let operation = Operation::ListBatches;
        let Some(members) = object(body) else {
            return match serde_json::from_slice::<IgnoredAny>(body) {
                // It is JSON, but no object.
                Ok(_) => Ok(Self::default()),
                Err(_) => Err(not_an_object(shared, operation, body, head, "")),
            };
        };
        let mut parts = Self::default();
        for RawMember { key, value } in members {
            let Some(key) = key.and_then(repair::text) else {
                continue;
            };
            let part = match key.as_str() {
                "data" => &mut parts.data,
                "has_more" => &mut parts.has_more,
                "last_id" => &mut parts.last_id,
                "error" => &mut parts.error,
                _ => continue,
            };
            if part.replace(value).is_some_and(|first| first != value) {
                let reason = format!("its `{key}` comes twice, with different values");
                return Err(refused(operation, head, &reason));
            }
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use crate::client::client::Client;

    fn head() -> Head {
        Head {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
        }
    }

    fn client() -> Client {
        let client = Client::builder().api_key("sk-decode-tests");
        client
            .base_url("http://127.0.0.1:1/v1")
            .build()
            .expect("a client")
    }

    /// Rows as the sandbox has them, a page of each kind of batch.
    fn rows() -> impl Strategy<Value = Vec<String>> {
        let row = (any::<u32>(), "[a-z \"\\\\{}\\[\\],:日]{0,12}", 0..4_usize).prop_map(
            |(time, name, kind)| {
                let statuses = ["validating", "completed", "paused", "failed"];
                let row = qwen_batches_sandbox::row("id").created_at(time.into());
                row.status(statuses[kind]).name(name).build()
            },
        );
        prop::collection::vec(row, 1..5).prop_map(|mut rows| {
            for (index, row) in rows.iter_mut().enumerate() {
                row["id"] = format!("batch_{index}").into();
            }
            rows.iter().map(ToString::to_string).collect()
        })
    }

    fn page_of(rows: &[Vec<u8>]) -> Vec<u8> {
        let rows = rows.join(&b',');
        [
            b"{\"object\":\"list\",\"data\":[",
            &rows[..],
            b"],\"has_more\":false}",
        ]
        .concat()
    }

    /// What a page and its rows come to if one row is changed.
    fn decode_changed(
        rows: &[String],
        changed: usize,
        row: Vec<u8>,
    ) -> (Result<Page, Error>, Vec<Batch>) {
        let mut sent: Vec<Vec<u8>> = rows.iter().map(|row| row.clone().into_bytes()).collect();
        sent[changed] = row;
        let others = rows
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != changed);
        let others = others.map(|(_, row)| serde_json::from_str(row).expect("a batch"));
        let client = client();
        let page = page_row_by_row(client.shared(), &page_of(&sent), &head());
        (page, others.collect())
    }

    /// Whether a byte can move the bounds of strings, objects or lists.
    fn is_structural(byte: u8) -> bool {
        matches!(byte, b'"' | b'\\' | b'{' | b'}' | b'[' | b']')
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Default::default() })]

        #[test]
        fn any_bytes_within_a_row_leave_the_others_as_they_are(
            rows in rows(),
            changed: prop::sample::Index,
            bytes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        ) {
            let changed = changed.index(rows.len());
            let mut row = rows[changed].clone().into_bytes();
            for (at, byte) in bytes {
                let at = at.index(row.len());
                // A comma between rows would be one more.
                let is_outermost = at == 0 || at + 1 == row.len();
                if !is_outermost && !is_structural(row[at]) && !is_structural(byte) {
                    row[at] = byte;
                }
            }
            let (page, others) = decode_changed(&rows, changed, row);
            let page = page.expect("a page");
            prop_assert_eq!(page.rows.len() + page.unreadable.len(), rows.len());
            let found = page.rows.iter().filter(|row| others.contains(row)).count();
            prop_assert!(found >= others.len(), "{page:?}");
        }

        /// Wherever the bounds of a row are hurt, other rows are never changed in silence.
        #[test]
        fn any_byte_within_a_row_leaves_the_others_or_no_page(
            rows in rows(),
            changed: prop::sample::Index,
            at: prop::sample::Index,
            byte: u8,
        ) {
            let changed = changed.index(rows.len());
            let mut row = rows[changed].clone().into_bytes();
            let at = at.index(row.len());
            row[at] = byte;
            match decode_changed(&rows, changed, row) {
                (Ok(page), others) => {
                    for row in others {
                        prop_assert!(page.rows.contains(&row), "{page:?}");
                    }
                }
                (Err(error), _) => prop_assert!(error.is_retryable(), "{error}"),
            }
        }

        #[test]
        fn any_bytes_are_a_page_or_an_error(body: Vec<u8>) {
            let client = client();
            let _ = page_row_by_row(client.shared(), &body, &head());
            let _ = page_row_by_row(client.shared(), &page_of(&[body]), &head());
        }
    }

    #[test]
    fn rows_that_cannot_be_read_take_linear_time() {
        let rows = 100_000;
        let row = b"{\"id\":\"batch_1\",\"created_at\":NaN,\"status\":7}".to_vec();
        let body = page_of(&vec![row; rows]);
        let start = std::time::Instant::now();
        let page = page_row_by_row(client().shared(), &body, &head()).expect("a page");
        assert_eq!(page.unreadable.len(), rows);
        // A second or two; in quadratic time, hours.
        assert!(start.elapsed() < Duration::from_secs(60));
    }
}
