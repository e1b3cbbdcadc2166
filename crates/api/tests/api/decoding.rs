//! Responses may grow: what the contract does not list decodes all the same, and is kept.

use qwen_batches_api::types::{BatchPage, BatchStatus, InputFileId};
use qwen_batches_api::wire::CommaSeparated;
use serde_json::{Value, json};

fn page(change: impl FnOnce(&mut Value)) -> Value {
    let mut page = json!({
        "object": "list",
        "data": [{
            "id": "batch_1", "object": "batch", "endpoint": "/v1/chat/completions", "errors": null,
            "input_file_id": "file-batch-1", "completion_window": "24h", "status": "validating",
            "output_file_id": null, "error_file_id": null, "created_at": 1_772_000_000,
            "in_progress_at": null, "expires_at": null, "finalizing_at": null,
            "completed_at": null, "failed_at": null, "expired_at": null, "cancelled_at": null,
            "cancelling_at": null, "request_counts": { "total": 0, "completed": 0, "failed": 0 },
            "metadata": {}
        }],
        "first_id": "batch_1", "last_id": "batch_1", "has_more": false
    });
    change(&mut page);
    page
}

/// Decodes, and encodes to the very same JSON.
fn round_trip(page: &Value) -> BatchPage {
    let decoded: BatchPage = serde_json::from_value(page.clone()).expect("a page");
    assert_eq!(serde_json::to_value(&decoded).expect("JSON"), *page);
    assert_eq!(decoded, decoded.clone());
    decoded
}

#[test]
fn an_unknown_status_prints_as_received() {
    let decoded = round_trip(&page(|page| page["data"][0]["status"] = json!("paused")));
    let status = &decoded.data.expect("rows")[0].status;
    assert!(matches!(status, BatchStatus::Unknown(_)) && !status.is_known());
    assert_eq!(status.to_string(), "paused");
}

#[test]
fn unknown_fields_survive() {
    let decoded = round_trip(&page(|page| {
        page["next"] = json!({ "deep": [1, null] });
        page["data"][0]["model"] = json!("qwen-plus");
        page["data"][0]["request_counts"]["skipped"] = json!(3);
        page["data"][0]["metadata"]["team"] = json!("search");
    }));
    assert_eq!(decoded.data.expect("rows")[0].extra["model"], "qwen-plus");
}

#[test]
fn broken_limits_do_not_cost_the_page() {
    round_trip(&page(|page| {
        page["object"] = json!("page");
        let row = &mut page["data"][0];
        row["object"] = json!("job");
        row["completion_window"] = json!("soon");
        row["request_counts"]["total"] = json!(-1);
        row["metadata"] = json!({ "ds_name": "x".repeat(101), "count": 7 });
        row["errors"] = json!({
            "object": "errors",
            "data": [{ "code": null, "message": null, "param": null, "line": 0 }]
        });
    }));
}

#[test]
fn absent_nullable_keys_read_as_null_but_an_absent_list_is_an_error() {
    let mut sparse = page(|_| {});
    for key in ["first_id", "last_id"] {
        sparse
            .as_object_mut()
            .and_then(|page| page.shift_remove(key));
    }
    sparse["data"][0]
        .as_object_mut()
        .and_then(|row| row.shift_remove("expires_at"));
    let decoded: BatchPage = serde_json::from_value(sparse).expect("a page");
    assert_eq!(decoded.last_id, None);
    assert_eq!(decoded.data.expect("rows")[0].expires_at, None);

    let without_data = json!({ "object": "list", "has_more": false });
    assert!(serde_json::from_value::<BatchPage>(without_data).is_err());
}

#[test]
fn secrets_are_masked_when_shown_and_whole_when_sent() {
    let url = "https://user:hidden@b.example/in.jsonl?Signature=hidden";
    let page = page(|page| {
        page["data"][0]["input_file_id"] = json!(url);
        page["data"][0]["metadata"]["ds_batch_finish_callback"] = json!("https://hidden.example/");
    });
    let decoded = round_trip(&page);
    let shown = format!(
        "{decoded:?} {}",
        decoded.data.as_ref().expect("rows")[0].input_file_id
    );
    assert!(!shown.contains("hidden"), "{shown}");
    assert!(
        shown.contains("https://***@b.example/in.jsonl?***"),
        "{shown}"
    );
}

#[test]
fn lists_refuse_what_would_say_something_else() {
    let list = |items: &[&str]| {
        let items: Vec<InputFileId> = items.iter().copied().map(InputFileId::from).collect();
        CommaSeparated::try_from(items).map(|list| serde_json::to_value(list).expect("JSON"))
    };
    assert_eq!(list(&["a", "b"]).expect("a list"), json!("a,b"));
    for items in [&[][..], &[""], &["a,b"], &["a", ""]] {
        assert!(list(items).is_err(), "{items:?}");
    }
}
