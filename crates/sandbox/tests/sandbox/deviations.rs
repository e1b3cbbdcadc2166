//! Each deviation bends what it names, and nothing else.

use qwen_batches_sandbox::{Deviation, Sandbox, generate};
use serde_json::{Value, json};

use crate::support::{NOW, Reply, get};

type Shows = fn(&Reply, &Reply) -> bool;

/// A deviation, a query, and what shows it in the reply, given the plain sandbox's reply.
const CASES: &[(Deviation, &str, Shows)] = &[
    (
        Deviation::OverReportsMore,
        "limit=3&input_file_ids=file-batch-1",
        |bent, plain| bent.body["has_more"] == true && plain.body["has_more"] == false,
    ),
    (Deviation::ExtraField, "", |bent, _| {
        each_row(bent, |row| row["model"] == "qwen-plus")
    }),
    (Deviation::MissingKey, "", |bent, _| {
        each_row(bent, |row| row.get("expires_at").is_none())
    }),
    (Deviation::NewStatus, "", |bent, _| {
        bent.body["data"][0]["status"] == "paused"
    }),
    (
        Deviation::EmptyArray,
        "ds_name=nothing+has+this+name",
        |bent, plain| bent.body["data"] == json!([]) && plain.body["data"].is_null(),
    ),
    (Deviation::OldestFirst, "limit=3", |bent, plain| {
        let mut ids = plain.ids();
        ids.reverse();
        bent.ids() == ids
    }),
    (Deviation::NativeErrors, "limit=0", |bent, plain| {
        bent.status == plain.status
            && bent.body["message"] == plain.body["error"]["message"]
            && bent.body["request_id"] == bent.request_id()
    }),
    (Deviation::HtmlErrors, "limit=0", |bent, plain| {
        bent.status == plain.status && bent.headers["content-type"] == "text/html"
    }),
    (Deviation::ErrorsAsSuccess, "limit=0", |bent, _| {
        bent.status == 200 && bent.body["error"]["param"] == "limit"
    }),
    (
        Deviation::LenientParameters,
        "limit=0&status=done&after=nobody&create_after=x",
        |bent, _| each_row(bent, Value::is_object),
    ),
    (
        Deviation::IgnoresFilters,
        "status=failed&create_after=x&ds_name=nobody",
        |bent, _| each_row(bent, Value::is_object),
    ),
    (Deviation::NoRequestId, "", |bent, _| {
        bent.headers.get("x-request-id").is_none()
    }),
    (Deviation::PlainText, "", |bent, _| {
        bent.headers["content-type"] == "text/plain"
    }),
];

fn each_row(reply: &Reply, holds: fn(&Value) -> bool) -> bool {
    reply.body["data"]
        .as_array()
        .is_some_and(|rows| rows.len() == 5 && rows.iter().all(holds))
}

#[tokio::test]
async fn each_bends_what_it_names() {
    let mut rows = generate(5, 7, NOW);
    for row in &mut rows[..3] {
        row["input_file_id"] = "file-batch-1".into();
    }
    let plain = || Sandbox::builder().rows(rows.clone()).now(NOW);
    let start = |builder: qwen_batches_sandbox::SandboxBuilder| async {
        builder.start().await.expect("the sandbox starts")
    };
    for (deviation, query, shows) in CASES {
        let (bent, plain) = (
            start(plain().deviate(*deviation)).await,
            start(plain()).await,
        );
        let (bent, plain) = (get(&bent, query).await, get(&plain, query).await);
        assert!(shows(&bent, &plain), "{deviation:?}: {bent:?}");
        assert!(
            !shows(&plain, &plain),
            "{deviation:?} shows in a plain reply: {plain:?}"
        );
    }
}
