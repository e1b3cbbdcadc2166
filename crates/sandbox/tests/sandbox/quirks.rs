//! Each quirk changes what it names, and nothing else.

use qwen_batches_sandbox::{Bounds, NameMatch, Quirk, Sandbox, SandboxBuilder, UnknownCursor, row};
use serde_json::json;

use crate::support::{NOW, Response, get};

type Shows = fn(&Response) -> bool;

/// A quirk, a query, and what shows it, as it does not without the quirk.
const CASES: &[(Quirk, &str, Shows)] = &[
    (
        Quirk::OverReportsMore,
        "limit=2&status=failed",
        |response| response.body["has_more"] == true,
    ),
    (Quirk::EmptyArray, "ds_name=none", |response| {
        response.body["data"] == json!([])
    }),
    (Quirk::NativeErrors, "limit=0", |response| {
        response.status == 400
            && response.body["message"].is_string()
            && response.body["request_id"] == response.request_id()
    }),
    (Quirk::HtmlErrors, "limit=0", |response| {
        response.status == 400 && response.headers["content-type"] == "text/html"
    }),
    (Quirk::ErrorsAsSuccess, "limit=0", |response| {
        response.status == 200 && response.body["error"]["param"] == "limit"
    }),
    (
        Quirk::LenientParameters,
        "limit=0&status=done&after=nobody&create_after=x",
        |response| response.ids() == ["a", "b", "c"],
    ),
    // 2025-12-29T09:20:00Z less an hour, as UTC writes it.
    (
        Quirk::ZoneOffsetHours(0),
        "create_after=20251229082000",
        |response| response.ids() == ["a", "b"],
    ),
    // The second of `b`.
    (
        Quirk::Bounds(Bounds::Exclusive),
        "create_after=20251229171940",
        |response| response.ids() == ["a"],
    ),
    (
        Quirk::Names(NameMatch::IgnoresCase),
        "ds_name=NIGHT",
        |response| response.ids() == ["a", "c"],
    ),
    (Quirk::Names(NameMatch::Fuzzy), "ds_name=nh", |response| {
        response.ids() == ["a", "b", "c"]
    }),
    (
        Quirk::UnknownCursor(UnknownCursor::NotFound),
        "after=nobody",
        |response| response.status == 404 && response.body["error"]["param"] == "after",
    ),
    (
        Quirk::UnknownCursor(UnknownCursor::EmptyPage),
        "after=nobody",
        |response| response.ids().is_empty(),
    ),
    (
        Quirk::UnknownCursor(UnknownCursor::FirstPage),
        "after=nobody&limit=1",
        |response| response.ids() == ["a"],
    ),
];

fn three() -> SandboxBuilder {
    let rows = [
        row("a").created_at(NOW - 10).name("nightly"),
        row("b")
            .created_at(NOW - 20)
            .name("Not here")
            .status("failed"),
        row("c")
            .created_at(NOW - 7200)
            .name("a night")
            .status("failed"),
    ];
    Sandbox::builder().now(NOW).rows(rows)
}

#[tokio::test]
async fn each_changes_what_it_names() {
    let plain = three().start().await.expect("it starts");
    for (quirk, query, shows) in CASES {
        let sandbox = three().always(*quirk).start().await.expect("it starts");
        let response = get(&sandbox, query).await;
        assert!(shows(&response), "{quirk:?}: {response:?}");
        assert!(sandbox.requests()[0].faults.is_empty(), "it is no fault");
        let usual = get(&plain, query).await;
        let same = usual.status == response.status && usual.body == response.body;
        assert!(!same, "{quirk:?} does nothing: {usual:?}");
    }
}
