//! What gets no page, and the shape of the response instead.

use http::{Method, StatusCode};
use qwen_batches_sandbox::{Quirk, Sandbox};
use serde_json::{Value, json};

use crate::support::{NOW, Response, get, send};

async fn sandbox() -> Sandbox {
    let builder = Sandbox::builder().now(NOW).batches(3);
    builder.start().await.expect("the sandbox starts")
}

/// The whole of an error but its message, which is for people.
fn assert_refused(response: &Response, status: u16, param: Option<&str>, code: Option<&str>) {
    let expected = json!({
        "error": {
            "message": response.message(),
            "type": "invalid_request_error",
            "param": param,
            "code": code,
        },
        "request_id": response.request_id(),
    });
    assert_eq!(response.status.as_u16(), status, "{}", response.body);
    assert_eq!(response.body, expected);
    assert_eq!(
        response.headers["content-type"],
        "application/json;charset=UTF-8"
    );
}

/// A query, the parameter at fault, and what the message must name.
const BAD: &[(&str, &str, &str)] = &[
    ("limit=0", "limit", "'0'"),
    ("limit=101", "limit", "'101'"),
    ("limit=-1", "limit", "'-1'"),
    ("limit=%2B5", "limit", "'+5'"),
    ("limit=2.0", "limit", "'2.0'"),
    ("limit=ten", "limit", "'ten'"),
    ("limit=", "limit", "''"),
    ("limit", "limit", "''"),
    (
        "limit=99999999999999999999999",
        "limit",
        "'99999999999999999999999'",
    ),
    ("limit=%D9%A3", "limit", "'٣'"),
    ("after=", "after", "''"),
    ("after=batch_none", "after", "'batch_none'"),
    ("status=", "status", "''"),
    ("status=done", "status", "\"done\""),
    ("status=Completed", "status", "\"Completed\""),
    ("status=completed,", "status", "'completed,'"),
    ("status=completed,%20expired", "status", "\" expired\""),
    ("input_file_ids=", "input_file_ids", "''"),
    ("input_file_ids=a,,b", "input_file_ids", "'a,,b'"),
    (
        "input_file_ids=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21",
        "input_file_ids",
        "21 ids",
    ),
    (
        "input_file_ids=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1",
        "input_file_ids",
        "21 ids",
    ),
    ("create_after=", "create_after", "''"),
    ("create_after=2025-12-29", "create_after", "'2025-12-29'"),
    ("create_after=20251229", "create_after", "'20251229'"),
    (
        "create_after=20251329000000",
        "create_after",
        "'20251329000000'",
    ),
    (
        "create_after=20250229000000",
        "create_after",
        "'20250229000000'",
    ),
    (
        "create_after=20251229240000",
        "create_after",
        "'20251229240000'",
    ),
    (
        "create_after=20251229235960",
        "create_after",
        "'20251229235960'",
    ),
    ("create_before=1767000000", "create_before", "'1767000000'"),
    (
        "create_before=202512290000000",
        "create_before",
        "'202512290000000'",
    ),
    (
        "create_before=2025122900000%2B",
        "create_before",
        "'2025122900000+'",
    ),
    (
        "create_before=%E5%A4%9C%E9%97%B4%E5%A4%9C12345",
        "create_before",
        "'夜间夜12345'",
    ),
    ("ds_name=%FF%FE", "ds_name", "'%FF%FE'"),
    ("limit=5&limit=6", "limit", "'6'"),
    ("ds_name=a&status=failed&ds_name=a", "ds_name", "'a'"),
    ("status=failed&%73tatus=expired", "status", "'expired'"),
];

#[tokio::test]
async fn bad_values_are_named() {
    let sandbox = sandbox().await;
    for (query, param, named) in BAD {
        let response = get(&sandbox, query).await;
        assert_refused(&response, 400, Some(param), None);
        let message = response.message();
        assert!(message.contains(named), "{query}: {message}");
        assert!(message.contains(param), "{query}: {message}");
    }
}

#[tokio::test]
async fn a_time_beyond_the_calendar_of_utc_is_refused() {
    let sandbox = Sandbox::builder()
        .always(Quirk::ZoneOffsetHours(-12))
        .start()
        .await;
    let sandbox = sandbox.expect("the sandbox starts");
    let response = get(&sandbox, "create_before=99991231235959").await;
    assert_refused(&response, 400, Some("create_before"), None);
}

#[tokio::test]
async fn a_long_value_is_cut() {
    let sandbox = sandbox().await;
    let response = get(&sandbox, &format!("after={}", "%E5%A4%9C".repeat(500))).await;
    assert_refused(&response, 400, Some("after"), None);
    assert!(response.message().contains("夜...'"));
    assert!(response.message().chars().count() < 200);
}

#[tokio::test]
async fn keys_are_checked() {
    let any = sandbox().await;
    let one = Sandbox::builder().api_key("sk-right").start().await;
    let one = one.expect("the sandbox starts");
    for (authorization, any_key, one_key) in [
        (Some("Bearer sk-right"), 200, 200),
        (Some("bearer sk-right"), 200, 200),
        (Some("Bearer sk-wrong"), 200, 401),
        (Some("Bearer sk-righ"), 200, 401),
        (Some("Bearer  "), 401, 401),
        (Some("Bearer"), 401, 401),
        (Some("sk-right"), 401, 401),
        (Some("Basic sk-right"), 401, 401),
        (None, 401, 401),
    ] {
        for (sandbox, expected) in [(&any, any_key), (&one, one_key)] {
            // Refused before the parameters are looked at.
            let limit = if expected == 401 { 0 } else { 1 };
            let url = format!("{}/batches?limit={limit}", sandbox.base_url());
            let response = send(Method::GET, &url, authorization).await;
            assert_eq!(response.status.as_u16(), expected, "{authorization:?}");
            if expected == 401 {
                assert_refused(&response, 401, None, Some("invalid_api_key"));
                assert!(!response.message().contains("sk-"));
            }
        }
    }
}

#[tokio::test]
async fn other_paths_are_not_found() {
    let sandbox = sandbox().await;
    for path in [
        "/",
        "/batches",
        "/v1/batches",
        "/api/v1/batches",
        "/compatible-mode/v1",
        "/compatible-mode/v1/",
        "/compatible-mode/v1/batches/",
        "/compatible-mode/v1/batches/batch_x/cancel",
        "/compatible-mode/v1/Batches",
        "/compatible-mode/v1//batches",
        "/compatible-mode/v1/files",
    ] {
        let url = format!("http://{}{path}", sandbox.address());
        let response = send(Method::GET, &url, None).await;
        assert_refused(&response, 404, None, Some("NotFound"));
        assert!(response.message().contains(path), "{path}");
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let sandbox = sandbox().await;
    let url = format!("{}/batches", sandbox.base_url());
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let response = send(method.clone(), &url, Some("Bearer sk-any")).await;
        assert_refused(&response, 405, None, Some("method_not_allowed"));
        assert_eq!(response.headers["allow"], "GET");
        assert!(response.message().contains(method.as_str()));
    }
    let response = send(Method::HEAD, &url, Some("Bearer sk-any")).await;
    assert_eq!(response.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.body, Value::Null);
    assert_uuid(response.request_id());
}

#[tokio::test]
async fn every_reply_has_an_id_of_its_own() {
    let sandbox = sandbox().await;
    let mut ids = Vec::new();
    for query in ["", "status=failed", "limit=0", "after=batch_none"] {
        let response = get(&sandbox, query).await;
        assert_uuid(response.request_id());
        ids.push(response.request_id().to_owned());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

fn assert_uuid(id: &str) {
    let lengths: Vec<_> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
    let hex = |c: char| c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c);
    assert!(id.chars().all(hex), "{id}");
}
