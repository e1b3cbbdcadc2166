//! Which page comes next, and how a list ends: never silently, never not at all.

use qwen_batches::{Batch, BatchFilter, BatchStatus, ErrorKind};
use qwen_batches_sandbox::{Fault, Sandbox, Script};
use serde_json::{Value, json};

use crate::support::{Response, Server, client, page, row};

/// Lists by `script`; gives the ids and what the list ended with.
async fn list(script: Vec<Value>) -> (Vec<String>, Option<qwen_batches::Error>, usize) {
    let server = Server::start(script.iter().map(Response::json)).await;
    let mut items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    let (mut ids, mut end) = (Vec::new(), None);
    while let Some(item) = items.next().await {
        match item {
            Ok(batch) => ids.push(batch.id),
            Err(error) => end = Some(error),
        }
    }
    (ids, end, server.requests().len())
}

fn without(mut page: Value, key: &str) -> Value {
    page.as_object_mut()
        .and_then(|members| members.shift_remove(key));
    page
}

fn with(mut page: Value, key: &str, value: Value) -> Value {
    page[key] = value;
    page
}

#[tokio::test]
async fn the_cursor_is_the_last_id_or_else_that_of_the_last_row() {
    let full = page(&[row("batch_3"), row("batch_2")], true);
    let last = page(&[row("batch_1")], false);
    for first in [
        full.clone(),
        without(full.clone(), "last_id"),
        with(full.clone(), "last_id", Value::Null),
        with(full.clone(), "last_id", json!("")),
        with(full, "last_id", json!(7)),
    ] {
        let first = without(first, "first_id");
        let (ids, end, requests) = list(vec![first, last.clone()]).await;
        assert_eq!(ids, ["batch_3", "batch_2", "batch_1"]);
        assert!(end.is_none(), "{end:?}");
        assert_eq!(requests, 2);
    }
}

#[tokio::test]
async fn a_next_that_is_dropped_loses_nothing() {
    let script = Script::new().on(1, Fault::stall());
    let sandbox = Sandbox::builder().batches(3).script(script).start().await;
    let sandbox = sandbox.expect("a sandbox");
    let mut items = client(sandbox.base_url())
        .list_batches(BatchFilter::new())
        .items();
    tokio::select! {
        item = items.next() => panic!("{item:?}"),
        _ = sandbox.stalled(1) => {}
    }
    assert_eq!(sandbox.release(), 1);
    let batches: Vec<Batch> = items.try_collect().await.expect("a list");
    assert_eq!((batches.len(), sandbox.request_count()), (3, 1));
}

#[tokio::test]
async fn a_page_is_read_by_reference_and_by_value() {
    let server = Server::start([Response::json(&page(&[row("b_2"), row("b_1")], false))]).await;
    let list = client(&server.base_url()).list_batches(BatchFilter::new());
    let page = list.pages().try_next().await.expect("a list");
    let page = page.expect("a page");
    let borrowed: Vec<&Batch> = (&page).into_iter().collect();
    assert_eq!(borrowed.len(), 2);
    assert_eq!(page.into_iter().count(), 2);
}

#[tokio::test]
async fn an_empty_page_is_no_silent_end() {
    let empty = with(page(&[], true), "last_id", json!("batch_2"));
    let last = page(&[row("batch_1")], false);
    let (ids, end, _) = list(vec![
        page(&[row("batch_3")], true),
        empty.clone(),
        last.clone(),
    ])
    .await;
    assert_eq!(ids, ["batch_3", "batch_1"]);
    assert!(end.is_none(), "{end:?}");

    let (ids, end, requests) = list(vec![page(&[row("batch_3")], true), page(&[], true)]).await;
    assert_eq!(ids, ["batch_3"]);
    let end = end.expect("an error");
    assert_eq!(end.kind(), ErrorKind::Pagination);
    assert_eq!(end.cursor(), Some("batch_3"));
    assert!(end.to_string().contains("batch_3"), "{end}");
    // It was given three more looks.
    assert_eq!(requests, 5);

    let more_after_all = vec![page(&[row("batch_3")], true), page(&[], true), last];
    let (ids, end, _) = list(more_after_all).await;
    assert_eq!(ids, ["batch_3", "batch_1"]);
    assert!(end.is_none(), "{end:?}");
}

#[tokio::test]
async fn empty_pages_without_end_are_an_error() {
    let script = (0..100).map(|n| with(page(&[], true), "last_id", json!(format!("batch_{n}"))));
    let (ids, end, requests) = list(script.collect()).await;
    assert_eq!(ids.len(), 0);
    assert_eq!(end.expect("an error").kind(), ErrorKind::Pagination);
    // The first one was asked for again.
    assert_eq!(requests, 12);
}

#[tokio::test]
async fn a_cursor_that_sticks_is_an_error_that_names_it() {
    let (_, end, requests) = list(vec![page(&[row("batch_7")], true)]).await;
    let end = end.expect("an error");
    assert_eq!(end.kind(), ErrorKind::Pagination);
    assert!(end.to_string().contains("batch_7"), "{end}");
    // Behind the cursor once; by time the first row of that second, and behind it; by time a page, and
    // behind the cursor of that page.
    assert_eq!(requests, 6);
}

#[tokio::test]
async fn cursors_that_go_in_a_circle_are_an_error() {
    let circle: Vec<Value> = (0..60)
        .map(|n| page(&[row(&format!("batch_{}", n % 5))], true))
        .collect();
    let (_, end, requests) = list(circle).await;
    assert_eq!(end.expect("an error").kind(), ErrorKind::Pagination);
    assert!(requests <= 16, "{requests}");
}

#[tokio::test]
async fn news_is_listed_like_any_other_row() {
    let mut odd = row("batch_2");
    odd["status"] = json!("paused");
    odd["model"] = json!("qwen-plus");
    odd["metadata"] = json!({ "ds_name": "x".repeat(500), "team": ["a", 1] });
    odd["completion_window"] = json!("forever");
    odd["request_counts"]["total"] = json!(-1);
    let server =
        Server::start([Response::json(&page(&[row("batch_3"), odd.clone()], false))]).await;
    let list = client(&server.base_url()).list_batches(BatchFilter::new());
    let listed = list.page().await.expect("a page");

    assert!(listed.unreadable.is_empty(), "{listed:?}");
    let batch = &listed.rows[1];
    assert_eq!(batch.status.to_string(), "paused");
    assert!(matches!(&batch.status, BatchStatus::Unknown(status) if status.as_str() == "paused"));
    assert_eq!(serde_json::to_value(batch).expect("JSON"), odd);
}

#[tokio::test]
async fn a_stream_that_has_ended_says_so_again() {
    let server = Server::start([Response::json(&page(&[], false))]).await;
    let client = client(&server.base_url());
    let mut pages = client.list_batches(BatchFilter::new()).pages();
    let mut items = client.list_batches(BatchFilter::new()).items();
    assert!(pages.next().await.is_some());
    for _ in 0..3 {
        assert!(pages.next().await.is_none());
        assert!(items.next().await.is_none());
    }
}

#[tokio::test]
async fn an_empty_page_is_an_empty_list() {
    for empty in [page(&[], false), with(page(&[], false), "data", json!([]))] {
        let (ids, end, requests) = list(vec![empty]).await;
        assert!(ids.is_empty() && end.is_none(), "{end:?}");
        assert_eq!(requests, 1);
    }
}
