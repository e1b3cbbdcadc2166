//! Pages: their shape, their order, and walking from one to the next.

use std::collections::HashSet;

use http::StatusCode;
use qwen_batches_sandbox::{Sandbox, row};
use serde_json::{Value, json};

use crate::support::{NOW, get, ids};

async fn generated(count: usize) -> Sandbox {
    let builder = Sandbox::builder().batches(count).seed(7).now(NOW);
    builder.start().await.expect("the sandbox starts")
}

async fn list(sandbox: &Sandbox, query: &str) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    let mut next = query.to_owned();
    loop {
        let response = get(sandbox, &next).await;
        seen.extend(response.ids().into_iter().map(str::to_owned));
        if response.body["has_more"] == false {
            return seen;
        }
        let last = seen.last().expect("a page with more behind it has rows");
        assert_eq!(response.body["last_id"], *last);
        next = format!("{query}&after={last}");
        assert!(seen.len() <= sandbox.rows().len(), "the list does not end");
    }
}

#[tokio::test]
async fn an_empty_page_has_null_data() {
    let sandbox = generated(0).await;
    for query in ["", "limit=1", "input_file_ids=file-batch-none"] {
        let response = get(&sandbox, query).await;
        assert_eq!(response.status, StatusCode::OK);
        let expected = json!({
            "object": "list", "data": null, "first_id": null, "last_id": null, "has_more": false,
        });
        assert_eq!(response.body, expected, "{query}");
    }
}

#[tokio::test]
async fn a_page_names_its_first_and_last() {
    let sandbox = generated(250).await;
    let rows = sandbox.rows();
    let response = get(&sandbox, "").await;
    let expected = json!({
        "object": "list",
        "data": rows[..20],
        "first_id": rows[0]["id"],
        "last_id": rows[19]["id"],
        "has_more": true,
    });
    assert_eq!(response.body, expected);
    assert_eq!(
        response.headers["content-type"],
        "application/json;charset=UTF-8"
    );
}

#[tokio::test]
async fn has_more_is_exact() {
    let sandbox = generated(40).await;
    let rows = sandbox.rows();
    let middle = rows[19]["id"].as_str().expect("a string id");
    for (query, len, has_more) in [
        ("limit=39".to_owned(), 39, true),
        ("limit=40".to_owned(), 40, false),
        ("limit=41".to_owned(), 40, false),
        (format!("after={middle}"), 20, false),
        (format!("after={middle}&limit=19"), 19, true),
    ] {
        let response = get(&sandbox, &query).await;
        assert_eq!(response.ids().len(), len, "{query}");
        assert_eq!(response.body["has_more"], has_more, "{query}");
    }
}

#[tokio::test]
async fn a_walk_lists_every_batch_once() {
    let sandbox = generated(250).await;
    let rows = sandbox.rows();
    assert_eq!(rows.len(), 250);
    for limit in [7, 20, 50, 100] {
        let before = sandbox.request_count();
        assert_eq!(list(&sandbox, &format!("limit={limit}")).await, ids(&rows));
        let pages = sandbox.request_count() - before;
        assert_eq!(pages, 250_usize.div_ceil(limit), "limit={limit}");
    }
}

#[tokio::test]
async fn a_walk_keeps_its_filter() {
    let sandbox = generated(250).await;
    let rows = sandbox.rows();
    let completed: Vec<Value> = rows
        .into_iter()
        .filter(|row| row["status"] == "completed")
        .collect();
    assert!(completed.len() > 100);
    for limit in [1, 29, 100] {
        let listed = list(&sandbox, &format!("status=completed&limit={limit}")).await;
        assert_eq!(listed, ids(&completed), "limit={limit}");
    }
}

#[tokio::test]
async fn newest_first_and_stable_among_equals() {
    let at = |id, created_at| row(id).created_at(created_at);
    let rows = [
        at("old", NOW - 9),
        at("tie-2", NOW - 5),
        at("new", NOW),
        at("tie-1", NOW - 5),
    ];
    let sandbox = Sandbox::builder().now(NOW).rows(rows).start().await;
    let sandbox = sandbox.expect("the sandbox starts");
    let expected = ["new", "tie-2", "tie-1", "old"];
    assert_eq!(ids(&sandbox.rows()), expected);
    assert_eq!(list(&sandbox, "limit=1").await, expected);
}

#[tokio::test]
async fn generated_batches_are_listed_newest_first() {
    let rows = generated(250).await.rows();
    let created: Vec<_> = rows.iter().map(|row| row["created_at"].as_i64()).collect();
    assert!(created.is_sorted_by(|newer, older| newer >= older));
    let distinct: HashSet<_> = created.iter().collect();
    assert!((200..250).contains(&distinct.len()), "{}", distinct.len());
}
