//! What a client sees of the faults that keep to HTTP. A fault and what it shows is a line in
//! a table.

use http::Method;
use qwen_batches_sandbox::{
    EmptyCursor, Fault, IdsOf, MemberChange, Order, Sandbox, Script, Selection, WrongId, generate,
};
use serde_json::{Value, json};

use crate::support::{NOW, Response, faulty, get, ids, send};

/// A fault, a query, and what a page holds: ids, `last_id`, `has_more`; `-` where the key or the
/// id is missing.
fn pages() -> Vec<(Fault, &'static str, &'static str)> {
    let empty = |has_more, cursor| Fault::EmptyPage { has_more, cursor };
    let absent = |pointer| Fault::member(pointer, MemberChange::Absent);
    let overlap = |rows| Fault::OverlapRows { rows };
    let cycle = |length| Fault::CycleCursor { length };
    let more = |says| Fault::HasMore { says };
    let order = |is| Fault::Order { is };
    let last = |is| Fault::LastId { is };
    let encoded = |of| Fault::EncodedIds { of };
    let repeat = |every| Fault::RepeatRows { every };
    vec![
        (Fault::StickyCursor, "limit=3", "r1 r2 r3 | r3 true"),
        (
            Fault::StickyCursor,
            "limit=3&after=r3",
            "r1 r2 r3 | r3 true",
        ),
        (
            Fault::StickyCursor,
            "limit=9",
            "r1 r2 r3 r4 r5 r6 r7 r8 r9 | r9 true",
        ),
        (cycle(2), "limit=3", "r1 r2 r3 | r3 true"),
        (cycle(2), "limit=3&after=r3", "r4 r5 r6 | r6 true"),
        (cycle(2), "limit=3&after=r6", "r1 r2 r3 | r3 true"),
        (cycle(3), "limit=3&after=r6", "r7 r8 r9 | r9 true"),
        (cycle(1), "limit=3&after=r3", "r1 r2 r3 | r3 true"),
        (overlap(1), "limit=3", "r1 r2 r3 | r3 true"),
        (overlap(1), "limit=3&after=r3", "r3 r4 r5 | r5 true"),
        (overlap(2), "limit=3&after=r8", "r7 r8 r9 | r9 false"),
        (overlap(3), "limit=3&after=r3", "r1 r2 r3 | r3 true"),
        (overlap(9), "limit=3&after=r3", "r1 r2 r3 | r3 true"),
        (empty(true, EmptyCursor::None), "limit=3", "| null true"),
        (empty(false, EmptyCursor::None), "limit=3", "| null false"),
        (
            empty(true, EmptyCursor::Same),
            "limit=3&after=r3",
            "| r3 true",
        ),
        (empty(true, EmptyCursor::Same), "limit=3", "| null true"),
        (
            empty(true, EmptyCursor::Next),
            "limit=3&after=r3",
            "| r6 true",
        ),
        (more(Some(true)), "after=r9", "| null true"),
        (more(Some(false)), "limit=3", "r1 r2 r3 | r3 false"),
        (more(None), "limit=3", "r1 r2 r3 | r3 -"),
        (absent("/id"), "limit=2", "- - | r2 true"),
        (
            Fault::BadRow {
                at: 2,
                row: json!({ "id": ["x"] }),
            },
            "limit=3",
            "r1 [\"x\"] r3 | r3 true",
        ),
        (
            Fault::BadRow {
                at: 3,
                row: Value::Null,
            },
            "limit=2",
            "r1 r2 | r2 true",
        ),
        (
            Fault::ExpireAtTail { rows: 2 },
            "limit=3&after=r6",
            "r7 | r7 false",
        ),
        (
            Fault::ExpireAtTail { rows: 5 },
            "limit=3&after=r6",
            "| null false",
        ),
        (Fault::ExpireAtTail { rows: 100 }, "limit=3", "| null false"),
        (order(Order::OldestFirst), "limit=3", "r9 r8 r7 | r7 true"),
        (order(Order::OldestFirst), "after=r3", "r2 r1 | r1 false"),
        (
            order(Order::ReversedPages),
            "limit=3&after=r3",
            "r6 r5 r4 | r6 true",
        ),
        (
            order(Order::TwoRuns),
            "limit=6",
            "r1 r3 r5 r7 r9 r2 | r2 true",
        ),
        (order(Order::TwoRuns), "after=r2", "r4 r6 r8 | r8 false"),
        (
            order(Order::SomeLast { every: 4 }),
            "limit=8",
            "r1 r2 r3 r5 r6 r7 r9 r4 | r4 true",
        ),
        (
            order(Order::SomeLast { every: 4 }),
            "after=r4",
            "r8 | r8 false",
        ),
        (
            order(Order::Interleaved),
            "",
            "r1 r8 r3 r6 r5 r4 r7 r2 r9 | r9 false",
        ),
        (
            order(Order::Interleaved),
            "limit=2&after=r6",
            "r5 r4 | r4 true",
        ),
        (last(WrongId::FirstRow), "limit=3", "r1 r2 r3 | r1 true"),
        (
            last(WrongId::Unknown),
            "limit=3",
            "r1 r2 r3 | batch_unknown true",
        ),
        (last(WrongId::Absent), "limit=3", "r1 r2 r3 | - true"),
        (last(WrongId::Null), "limit=3", "r1 r2 r3 | null true"),
        (
            encoded(IdsOf::Page),
            "limit=2",
            "r1 r2 | batch_enc_7232 true",
        ),
        (
            encoded(IdsOf::Page),
            "limit=1&after=batch_enc_7232",
            "r3 | batch_enc_7233 true",
        ),
        (
            encoded(IdsOf::Rows),
            "limit=1&after=r2",
            "batch_enc_7233 | r3 true",
        ),
        (repeat(1), "limit=4", "r1 r1 r2 r2 | r2 true"),
        (repeat(3), "limit=5", "r1 r2 r3 r3 r4 | r4 true"),
        (repeat(1), "limit=4&after=r8", "r9 | r9 false"),
        (
            Fault::AppearAtHead { rows: 2 },
            "limit=3&after=r3",
            "r4 r5 r6 | r6 true",
        ),
    ]
}

/// The short form of a page that the table has.
fn short(page: &Value) -> String {
    let shown = |value: Option<&Value>| match value {
        None => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let rows = page["data"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut words: Vec<_> = rows.iter().map(|row| shown(row.get("id"))).collect();
    words.push("|".to_owned());
    words.push(shown(page.get("last_id")));
    words.push(shown(page.get("has_more")));
    words.join(" ")
}

#[tokio::test]
async fn each_bends_the_page() {
    for (fault, query, expected) in pages() {
        let sandbox = faulty(1, fault.clone()).await;
        let bent = get(&sandbox, query).await;
        assert_eq!(bent.status, 200);
        assert_eq!(short(&bent.body), expected, "{fault:?} {query}");
    }
}

#[tokio::test]
async fn ids_in_a_form_that_the_server_does_not_take() {
    for (of, after, status) in [
        (IdsOf::Page, "r2", 500),
        (IdsOf::Page, "nobody", 400),
        (IdsOf::Rows, "batch_enc_7232", 500),
        (IdsOf::Both, "r2", 500),
    ] {
        let sandbox = faulty(.., Fault::EncodedIds { of }).await;
        let response = get(&sandbox, &format!("after={after}")).await;
        assert_eq!(response.status, status, "{of:?} {after}");
    }
}

#[tokio::test]
async fn cursors_are_refused() {
    let sandbox = faulty(.., Fault::RefuseCursor).await;
    assert_eq!(get(&sandbox, "limit=3").await.ids(), ["r1", "r2", "r3"]);
    let refused = get(&sandbox, "limit=3&after=r3").await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["error"]["param"], "after");
    let faults: Vec<_> = sandbox.requests().into_iter().map(|r| r.faults).collect();
    assert_eq!(faults, [vec![], vec!["refuse_cursor"]]);
}

/// How a list goes on under a fault that is there at each request: the pages, by their ids.
#[tokio::test]
async fn walks_go_astray() {
    for (fault, expected) in [
        (Fault::StickyCursor, "r1r2r3 r1r2r3 r1r2r3 r1r2r3 r1r2r3"),
        (
            Fault::CycleCursor { length: 2 },
            "r1r2r3 r4r5r6 r1r2r3 r4r5r6 r1r2r3",
        ),
        (
            Fault::OverlapRows { rows: 1 },
            "r1r2r3 r3r4r5 r5r6r7 r7r8r9",
        ),
        (Fault::ExpireAtTail { rows: 1 }, "r1r2r3 r4r5r6 "),
        (
            Fault::RepeatRows { every: 2 },
            "r1r2r2 r3r4r4 r5r6r6 r7r8r8 r9",
        ),
        (
            Fault::LastId {
                is: WrongId::FirstRow,
            },
            "r1r2r3 r2r3r4 r3r4r5 r4r5r6 r5r6r7",
        ),
        (
            Fault::EncodedIds { of: IdsOf::Page },
            "r1r2r3 r4r5r6 r7r8r9",
        ),
        (Fault::AppearAtHead { rows: 1 }, "batch r3r4r5 r6r7r8 r9"),
    ] {
        let sandbox = faulty(.., fault.clone()).await;
        let (mut query, mut listed) = ("limit=3".to_owned(), Vec::new());
        while listed.len() < 5 {
            let page = get(&sandbox, &query).await;
            listed.push(page.ids().concat());
            if page.body["has_more"] == false {
                break;
            }
            let last = page.body["last_id"].as_str().expect("a cursor");
            query = format!("limit=3&after={last}");
        }
        if matches!(fault, Fault::AppearAtHead { .. }) {
            assert!(listed[0].ends_with("r1r2"), "{listed:?}");
            listed[0] = "batch".to_owned();
        }
        assert_eq!(listed.join(" "), expected, "{fault:?}");
    }
}

#[tokio::test]
async fn rows_follow_what_appears_and_expires() {
    let rows = generate(250, 7, NOW);
    let script = Script::new()
        .on(2, Fault::AppearAtHead { rows: 3 })
        .on(3, Fault::ExpireAtTail { rows: 10 })
        .on(4, Fault::AppearAtHead { rows: 1 });
    let builder = Sandbox::builder().now(NOW).seed(7).script(script);
    let sandbox = builder.start().await.expect("it starts");
    assert_eq!(sandbox.rows(), rows);
    for (new, gone) in [(0, 0), (3, 0), (3, 10), (4, 10)] {
        let page = get(&sandbox, "limit=5").await;
        let now = sandbox.rows();
        assert_eq!(page.body["data"], json!(now[..5]));
        assert_eq!(now[new..], rows[..250 - gone]);
        for row in &now[..new] {
            assert_eq!(
                (&row["status"], &row["created_at"]),
                (&json!("validating"), &json!(NOW))
            );
            assert_eq!(row.as_object().expect("a row").len(), 20);
        }
        let mut all = ids(&now);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), now.len());
        assert_eq!(sandbox.initial_rows(), rows);
    }
    // One that has expired still marks the place behind which there is nothing.
    let expired = format!("after={}", rows[245]["id"].as_str().expect("an id"));
    assert!(get(&sandbox, &expired).await.ids().is_empty());
    let newest = format!("limit=1&after={}", ids(&sandbox.rows())[0]);
    assert_eq!(
        get(&sandbox, &newest).await.ids(),
        [ids(&sandbox.rows())[1]]
    );
}

#[tokio::test]
async fn what_appears_is_newer_than_the_future() {
    let rows = [qwen_batches_sandbox::row("future").created_at(NOW + 60)];
    let script = Script::new().on(.., Fault::AppearAtHead { rows: 1 });
    let builder = Sandbox::builder().now(NOW).rows(rows).script(script);
    let sandbox = builder.start().await.expect("it starts");
    let page = get(&sandbox, "").await;
    assert_eq!(page.ids()[1], "future");
    assert_eq!(page.body["data"][0]["created_at"], NOW + 60);
}

type Shows = fn(&Response) -> bool;

/// A fault, the status, the content type, and what else shows it.
fn responses() -> Vec<(Fault, u16, Option<&'static str>, Shows)> {
    const JSON: Option<&str> = Some("application/json;charset=UTF-8");
    let row: Vec<(Fault, u16, Option<&'static str>, Shows)> = vec![
        (Fault::status(429).into(), 429, JSON, |response| {
            response.body["error"]["code"] == "limit_requests"
                && response.body["request_id"] == response.request_id()
        }),
        (Fault::status(503).into(), 503, JSON, |response| {
            response.body["error"]["type"] == "internal_server_error"
        }),
        (Fault::status(418).into(), 418, JSON, |response| {
            response.body["error"]["code"].is_null() && response.message().contains("418")
        }),
        (
            Fault::status(429).header("retry-after", "1").into(),
            429,
            JSON,
            |response| response.headers["retry-after"] == "1",
        ),
        (
            Fault::status(206).header("X-Request-Id", "own").into(),
            206,
            JSON,
            |response| response.request_id() == "own" && response.body["last_id"] == "r2",
        ),
        (
            Fault::status(500).json(json!({ "code": 7 })).into(),
            500,
            JSON,
            |response| response.body == json!({ "code": 7 }),
        ),
        (
            Fault::status(400).text("\"no\"").into(),
            400,
            Some("text/plain"),
            |response| response.body == "no",
        ),
        (
            Fault::status(200)
                .html("<p>")
                .header("content-type", "x/y")
                .into(),
            200,
            Some("x/y"),
            |response| response.body.is_null(),
        ),
        (Fault::status(204).empty().into(), 204, None, |response| {
            !response.headers.contains_key("content-length")
        }),
        (
            Fault::Html { status: 504 },
            504,
            Some("text/html"),
            |response| response.body.is_null() && response.headers["content-length"] != "0",
        ),
        (
            Fault::from(Fault::status(503).empty()),
            503,
            None,
            |response| response.headers["content-length"] == "0",
        ),
        (
            Fault::from(Fault::status(200).empty()),
            200,
            None,
            |response| response.headers["content-length"] == "0",
        ),
        (Fault::ErrorAsSuccess, 200, JSON, |response| {
            response.body["error"]["code"] == "internal_server_error"
        }),
        (
            Fault::redirect("http://elsewhere.invalid/x"),
            307,
            None,
            |response| response.headers["location"] == "http://elsewhere.invalid/x",
        ),
        (
            Fault::page_member("/data", MemberChange::Nested(100)),
            200,
            JSON,
            |response| {
                response.body.pointer(&format!("/data{}", "/0".repeat(99))) == Some(&json!([]))
            },
        ),
        // A thousand is more than the test's own parser takes.
        (
            Fault::page_member("/data", MemberChange::Nested(1000)),
            200,
            JSON,
            |response| response.body.is_null() && response.headers["content-length"] == "2072",
        ),
        (Fault::MalformedJson, 200, JSON, |response| {
            response.body.is_null()
        }),
        (
            Fault::header("content-type", Some("text/html")),
            200,
            Some("text/html"),
            |response| response.body["last_id"] == "r2",
        ),
        (Fault::header("content-type", None), 200, None, |response| {
            response.body["last_id"] == "r2"
        }),
    ];
    row
}

#[tokio::test]
async fn each_replaces_or_changes_the_response() {
    for (fault, status, content_type, shows) in responses() {
        let sandbox = faulty(1, fault.clone()).await;
        let bent = get(&sandbox, "limit=2").await;
        assert_eq!(bent.status, status, "{fault:?}");
        let label = bent.headers.get("content-type");
        let label = label.map(|label| label.to_str().expect("an ASCII label"));
        assert_eq!(label, content_type, "{fault:?}");
        assert!(bent.headers.contains_key("x-request-id"), "{fault:?}");
        assert!(shows(&bent), "{fault:?}: {bent:?}");
        let honest = get(&sandbox, "limit=2").await;
        assert_eq!(honest.ids(), ["r1", "r2"]);
        let faults: Vec<_> = sandbox.requests().into_iter().map(|r| r.faults).collect();
        assert_eq!(faults, [vec![fault.name()], vec![]]);
    }
}

/// Steps, a query, and the faults that took effect.
#[tokio::test]
async fn faults_of_one_request_take_effect_in_order() {
    let html = || Fault::Html { status: 502 };
    let teapot = || Fault::status(418);
    for (script, query, status, names) in [
        // The rows, the page, the response: whatever the order of the steps.
        (
            Script::new()
                .on(.., Fault::MalformedJson)
                .on(.., Fault::StickyCursor)
                .on(.., Fault::AppearAtHead { rows: 1 }),
            "",
            200,
            "appear_at_head sticky_cursor malformed_json",
        ),
        // The first of two responses, and no page behind it.
        (
            Script::new()
                .on(.., html())
                .on(.., teapot())
                .on(.., Fault::StickyCursor),
            "",
            502,
            "html",
        ),
        (
            Script::new().on(2.., html()).on(.., teapot()),
            "",
            418,
            "response",
        ),
        // A page is bent only where there is one.
        (
            Script::new().on(.., Fault::StickyCursor),
            "limit=0",
            400,
            "",
        ),
        (
            Script::new().on(.., Fault::ErrorAsSuccess),
            "limit=0",
            200,
            "error_as_success",
        ),
        (
            Script::new().on(.., Fault::status(201)),
            "limit=0",
            201,
            "response",
        ),
        (
            Script::new().on(
                ..,
                Fault::BadRow {
                    at: 9,
                    row: json!(1),
                },
            ),
            "limit=8",
            200,
            "",
        ),
        (
            Script::new()
                .on(.., Fault::from(Fault::status(500).empty()))
                .on(.., Fault::MalformedJson),
            "",
            500,
            "response",
        ),
    ] {
        let builder = Sandbox::builder()
            .now(NOW)
            .batches(20)
            .script(script.clone());
        let sandbox = builder.start().await.expect("it starts");
        assert_eq!(get(&sandbox, query).await.status, status, "{script:?}");
        assert_eq!(sandbox.requests()[0].faults.join(" "), names, "{script:?}");
    }
}

#[tokio::test]
async fn every_request_counts_whatever_it_asks_for() {
    let sandbox = faulty(Selection::from(..).every(2), Fault::Html { status: 502 }).await;
    let elsewhere = format!("http://{}/elsewhere", sandbox.address());
    let mut statuses = Vec::new();
    for method in [Method::GET, Method::POST, Method::GET, Method::HEAD] {
        let response = send(method, &elsewhere, None).await;
        statuses.push(response.status.as_u16());
    }
    assert_eq!(statuses, [404, 502, 404, 502]);
}
