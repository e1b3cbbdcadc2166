//! Every example of the contract, through the generated types and through the client.

use std::fs;

use contract_tests::{Received, client};
use httpmock::MockServer;
use qwen_batches::BatchFilter;
use qwen_batches_api::types::{Batch, BatchPage, ErrorBody};
use serde_json::Value;

#[test]
fn examples_decode_and_encode_to_themselves() {
    insta::glob!("../openapi/examples/valid", "*.json", |path| {
        let text = fs::read_to_string(path).expect("a readable example");
        let example: Value = serde_json::from_str(&text).expect("JSON");
        let encoded = if example.get("data").is_some() {
            let page: BatchPage = serde_json::from_value(example.clone()).expect("a page");
            insta::assert_debug_snapshot!(page);
            serde_json::to_value(page)
        } else if example.get("id").is_some() {
            let batch: Batch = serde_json::from_value(example.clone()).expect("a batch");
            insta::assert_debug_snapshot!(batch);
            serde_json::to_value(batch)
        } else {
            let error: ErrorBody = serde_json::from_value(example.clone()).expect("an error");
            insta::assert_debug_snapshot!(error);
            serde_json::to_value(error)
        };
        let encoded = encoded.expect("JSON again");
        // The contract does not require the members of an error's detail; those that are null
        // there are left out when they are encoded again.
        assert_eq!(
            without_optional_nulls(encoded),
            without_optional_nulls(example)
        );
    });
}

#[tokio::test]
async fn every_valid_page_is_listed() {
    let pages = list_all("valid").await;
    assert!(pages >= 8, "only {pages} examples of a page");
}

#[tokio::test]
async fn every_batch_of_other_servers_is_delivered() {
    let pages = list_all("lenient").await;
    assert!(pages >= 8, "only {pages} pages of other servers");
}

/// Serves each example of a page to the client, demands all of its batches, and counts the pages.
async fn list_all(folder: &str) -> usize {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/examples");
    let mut pages = 0;
    for entry in fs::read_dir(format!("{examples}/{folder}")).expect("the examples") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|it| it != "json") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a readable example");
        let example: Value = serde_json::from_str(&text).expect("JSON");
        let Some(rows) = example.get("data") else {
            continue;
        };
        let server = MockServer::start_async().await;
        Received::serve(&server, &text, |when| when);
        let client = client(&server.url("/v1"));
        let page = client
            .list_batches(BatchFilter::new())
            .page()
            .await
            .expect("a page");

        assert!(page.unreadable.is_empty(), "{}: {page:?}", path.display());
        let ids: Vec<&str> = page.rows.iter().map(|batch| batch.id.as_str()).collect();
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        let expected: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
        assert_eq!(ids, expected, "{}", path.display());
        assert_eq!(
            page.next_cursor.as_deref(),
            example["last_id"].as_str().filter(|_| page.has_more)
        );
        assert!(page.request_id.is_some());
        pages += 1;
    }
    pages
}

fn without_optional_nulls(mut value: Value) -> Value {
    if let Some(Value::Object(detail)) = value.get_mut("error") {
        detail.retain(|_, member| !member.is_null());
    }
    value
}
