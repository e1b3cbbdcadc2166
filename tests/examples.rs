//! Every example of the contract, through the generated types and through the client.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;

use contract_tests::{Received, client};
use httpmock::MockServer;
use qwen_batches::BatchFilter;
use qwen_batches_api::types::{Batch, BatchPage, ErrorBody};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[test]
fn examples_decode_and_encode_to_themselves() {
    let mut decoded = String::new();
    for (name, text) in examples("valid") {
        let example: Value = serde_json::from_str(&text).expect("JSON");
        let (value, encoded) = if example.get("data").is_some() {
            decode::<BatchPage>(&example)
        } else if example.get("id").is_some() {
            decode::<Batch>(&example)
        } else {
            decode::<ErrorBody>(&example)
        };
        decoded += &format!("--- {name}\n{value}\n\n");
        // The contract does not require the members of an error's detail; those that are null
        // there are left out when they are encoded again.
        assert_eq!(
            without_optional_nulls(encoded),
            without_optional_nulls(example),
            "{name}"
        );
    }
    insta::assert_snapshot!("examples", decoded);
}

/// The example as Rust shows it, and as JSON again.
fn decode<T: DeserializeOwned + Serialize + Debug>(example: &Value) -> (String, Value) {
    let decoded = T::deserialize(example).expect("what the contract describes");
    let shown = format!("{decoded:#?}");
    (shown, serde_json::to_value(decoded).expect("JSON again"))
}

/// The examples of a folder, by their names.
fn examples(folder: &str) -> BTreeMap<String, String> {
    let all = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/examples");
    let paths = fs::read_dir(format!("{all}/{folder}")).expect("the examples");
    let paths = paths.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            let text = fs::read_to_string(&path).expect("a readable example");
            (name.expect("a name in UTF-8").to_owned(), text)
        })
        .collect()
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
    let mut pages = 0;
    for (name, text) in examples(folder) {
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

        assert!(page.unreadable.is_empty(), "{name}: {page:?}");
        let ids: Vec<&str> = page.rows.iter().map(|batch| batch.id.as_str()).collect();
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        let expected: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
        assert_eq!(ids, expected, "{name}");
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
