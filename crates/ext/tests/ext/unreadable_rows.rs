//! One row that cannot be read costs no other row, and is not passed over in silence.

use futures::StreamExt as _;
use qwen_batches::{BatchFilter, ErrorKind, UnreadableRows};
use serde_json::json;

use crate::support::{Response, Server, client, page, row};

#[tokio::test]
async fn the_good_rows_are_delivered_and_the_bad_ones_reported() {
    let mut wrong_type = row("batch_3");
    wrong_type["created_at"] = json!("yesterday");
    let mut nested = row("batch_2");
    nested["created_at"] = json!({ "seconds": 7 });
    nested["metadata"] = json!({ "ds_batch_finish_callback": "https://h.example/hidden" });
    nested["input_file_id"] = json!("https://b.example/in.jsonl?Signature=hidden");
    let no_object = json!("batch_1");
    let mut no_time = row("batch_0");
    no_time
        .as_object_mut()
        .and_then(|row| row.shift_remove("created_at"));
    let first = page(
        &[row("batch_4"), wrong_type.clone(), nested, no_object],
        true,
    );
    let first = {
        let mut first = first;
        first["last_id"] = json!("batch_1");
        first
    };
    let last = page(&[no_time, row("batch_a")], false);
    let server = Server::start([Response::json(&first), Response::json(&last)]).await;
    let client = client(&server.base_url());

    let items: Vec<_> = client
        .list_batches(BatchFilter::new())
        .items()
        .collect()
        .await;
    let ids: Vec<&str> = items
        .iter()
        .filter_map(|item| Some(item.as_ref().ok()?.id.as_str()))
        .collect();
    assert_eq!(ids, ["batch_4", "batch_a"]);
    let error = items[items.len() - 1]
        .as_ref()
        .expect_err("the last item is the error");
    assert_eq!(error.kind(), ErrorKind::UnreadableRows);
    let reported: Vec<(Option<&str>, &str)> = error
        .unreadable()
        .iter()
        .map(|row| (row.id.as_deref(), row.pointer.as_str()))
        .collect();
    assert_eq!(
        reported,
        [
            (Some("batch_3"), "/data/1/created_at"),
            (Some("batch_2"), "/data/2/created_at"),
            (None, "/data/3"),
            (Some("batch_0"), "/data/0/created_at"),
        ]
    );
    assert_eq!(error.unreadable()[0].raw, wrong_type);
    assert_eq!(
        error.unreadable()[1].raw["metadata"]["ds_batch_finish_callback"],
        "***"
    );
    assert!(
        !format!("{error} {error:#?}").contains("hidden"),
        "{error:?}"
    );
}

#[tokio::test]
async fn pages_carry_them() {
    let mut bad = row("batch_2");
    bad["id"] = json!(2);
    let server = Server::start([Response::json(&page(&[row("batch_1"), bad], false))]).await;
    let page = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .page()
        .await;
    let page = page.expect("a page");
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.unreadable.len(), 1);
    assert_eq!(page.unreadable[0].id, None);
    assert!(
        page.unreadable[0].reason.contains("a string was expected"),
        "{page:?}"
    );
}

#[tokio::test]
async fn what_becomes_of_them_is_for_the_caller_to_say() {
    let bad = json!({ "id": "batch_2", "created_at": "https://h.example/?hidden" });
    let first = page(&[row("batch_3"), bad, row("batch_1")], true);
    let last = page(&[row("batch_0")], false);
    for (policy, ids, error_at) in [
        (
            UnreadableRows::ErrorAtEnd,
            &["batch_3", "batch_1", "batch_0"][..],
            Some(3),
        ),
        (
            UnreadableRows::Skip,
            &["batch_3", "batch_1", "batch_0"],
            None,
        ),
        (UnreadableRows::Fail, &[], Some(0)),
    ] {
        let server = Server::start([Response::json(&first), Response::json(&last)]).await;
        let list = client(&server.base_url()).list_batches(BatchFilter::new());
        let items: Vec<_> = list.unreadable_rows(policy).items().collect().await;
        let listed: Vec<&str> = items
            .iter()
            .filter_map(|item| Some(item.as_ref().ok()?.id.as_str()))
            .collect();
        assert_eq!(listed, ids, "{policy:?}");
        assert_eq!(
            items.iter().position(Result::is_err),
            error_at,
            "{policy:?}"
        );
        assert!(!format!("{items:?}").contains("hidden"), "{items:?}");
    }
}
