//! A cursor that leads nowhere is not the end of a list.

use futures::TryStreamExt as _;
use qwen_batches::{BatchFilter, Error};
use qwen_batches_sandbox::Sandbox;

use crate::support::{FakeClock, builder, faulty, take_log};

/// The ids of a list of 25 rows on pages of 4, how many requests that took, and the log.
async fn list(faults: &[&str]) -> (Result<Vec<String>, Error>, Vec<String>, usize, Vec<String>) {
    let sandbox = Sandbox::builder().batches(25).seed(5).now(1_772_323_200);
    let sandbox = sandbox
        .script(faulty(faults))
        .start()
        .await
        .expect("a sandbox");
    let id = |row: &serde_json::Value| row["id"].as_str().expect("an id").to_owned();
    let expected: Vec<String> = sandbox.rows().iter().map(id).collect();
    let builder = builder(sandbox.base_url(), &FakeClock::default());
    let client = builder.build().expect("a client");
    take_log();
    let list = client.list_batches(BatchFilter::new()).page_size(4);
    let found = list.items().map_ok(|batch| batch.id).try_collect().await;
    (found, expected, sandbox.request_count(), take_log())
}

const UNKNOWN_CURSORS: [&str; 3] = [
    r#"{"quirk": {"unknown_cursor": "not_found"}}"#,
    r#"{"quirk": {"unknown_cursor": "empty_page"}}"#,
    r#"{"quirk": {"unknown_cursor": "first_page"}}"#,
];

#[tokio::test]
async fn a_wrong_last_id_loses_no_row() {
    for unknown in UNKNOWN_CURSORS {
        for (last_id, calls, warns) in [
            (r#"{"last_id": {"is": "first_row"}}"#, 7, false),
            (r#"{"last_id": {"is": "unknown"}}"#, 8, true),
            (r#"{"last_id": {"is": "null"}}"#, 7, false),
            (r#"{"last_id": {"is": "absent"}}"#, 7, false),
        ] {
            let (found, expected, requests, log) = list(&[unknown, last_id]).await;
            let found = found.unwrap_or_else(|error| panic!("{unknown} {last_id}: {error}"));
            assert_eq!(found, expected, "{unknown} {last_id}");
            assert_eq!(requests, calls, "{unknown} {last_id}");
            assert_eq!(
                log.len(),
                usize::from(warns),
                "{unknown} {last_id}: {log:?}"
            );
        }
    }
}

/// LiteLLM, asked for a model, encodes the ids of rows but not `last_id`, and fails at a row's id.
#[tokio::test]
async fn ids_of_rows_may_be_no_cursors() {
    let (found, _, requests, _) = list(&[r#"{"encoded_ids": {"of": "rows"}}"#]).await;
    assert_eq!(found.expect("a list").len(), 25);
    assert_eq!(requests, 7);
}

/// Where neither cursor is proven, an empty page is not taken for the end.
#[tokio::test]
async fn an_end_that_nothing_proves_is_an_error() {
    let last = r#"{"last_id": {"is": "unknown"}}"#;
    let empty = r#"{"quirk": {"unknown_cursor": "empty_page"}}"#;
    let encoded = r#"{"encoded_ids": {"of": "rows"}}"#;
    let (found, _, _, _) = list(&[last, empty, encoded]).await;
    let error = found.expect_err("no way on");
    assert_eq!(error.checkpoint().expect("a place").delivered(), 4);
}
