//! Every shape of failure keeps status, code, message and request id, and says what to do.

use std::collections::BTreeSet;
use std::error::Error as _;

use qwen_batches::{BatchFilter, ErrorKind, RetryPolicy};

use crate::support::{FakeClock, KEY, Response, Server, builder, client};

struct Case {
    name: &'static str,
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    kind: ErrorKind,
    retryable: bool,
    code: Option<&'static str>,
    message: Option<&'static str>,
    request_id: Option<&'static str>,
    shows: &'static str,
}

const JSON: (&str, &str) = ("content-type", "application/json;charset=UTF-8");
const ID: (&str, &str) = ("x-request-id", "id-of-header");

const CASES: &[Case] = &[
    Case {
        name: "compatible shape",
        status: 401,
        headers: &[JSON, ID],
        body: r#"{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"},"request_id":"id-of-body"}"#,
        kind: ErrorKind::Auth,
        retryable: false,
        code: Some("invalid_api_key"),
        message: Some("Incorrect API key provided."),
        request_id: Some("id-of-header"),
        shows: "good key of another region",
    },
    Case {
        name: "native shape, id in the body alone",
        status: 401,
        headers: &[JSON],
        body: r#"{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"id-of-body"}"#,
        kind: ErrorKind::Auth,
        retryable: false,
        code: Some("InvalidApiKey"),
        message: Some("Invalid API-key provided."),
        request_id: Some("id-of-body"),
        shows: "InvalidApiKey: Invalid API-key provided. The key",
    },
    Case {
        name: "null code",
        status: 400,
        headers: &[JSON],
        body: r#"{"error":{"message":"Bad limit.","type":"invalid_request_error","param":"","code":null}}"#,
        kind: ErrorKind::Refused,
        retryable: false,
        code: Some("invalid_request_error"),
        message: Some("Bad limit."),
        request_id: None,
        shows: "Bad limit",
    },
    Case {
        name: "arrears",
        status: 400,
        headers: &[JSON],
        body: r#"{"error":{"message":"Access denied.","code":"Arrearage"}}"#,
        kind: ErrorKind::Refused,
        retryable: false,
        code: Some("Arrearage"),
        message: Some("Access denied."),
        request_id: None,
        shows: "pay its bill",
    },
    Case {
        name: "arrears behind a status that is otherwise retried",
        status: 503,
        headers: &[JSON],
        body: r#"{"code":"Arrearage","message":"Access denied."}"#,
        kind: ErrorKind::Refused,
        retryable: false,
        code: Some("Arrearage"),
        message: Some("Access denied."),
        request_id: None,
        shows: "pay its bill",
    },
    Case {
        name: "html page of a gateway",
        status: 502,
        headers: &[("content-type", "text/html"), ID],
        body: "<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad\tGateway</h1>nginx</body></html>",
        kind: ErrorKind::Server,
        retryable: true,
        code: None,
        message: None,
        request_id: Some("id-of-header"),
        shows: " 502 Bad Gateway: nginx (",
    },
    Case {
        name: "empty body",
        status: 503,
        headers: &[],
        body: "",
        kind: ErrorKind::Server,
        retryable: true,
        code: None,
        message: None,
        request_id: None,
        shows: "with an empty body",
    },
    Case {
        name: "too many calls",
        status: 429,
        headers: &[JSON, ("retry-after", "7")],
        body: r#"{"error":{"message":"Slow down.","code":"limit_requests"}}"#,
        kind: ErrorKind::RateLimited,
        retryable: true,
        code: Some("limit_requests"),
        message: Some("Slow down."),
        request_id: None,
        shows: "(try again in 7 s)",
    },
    Case {
        name: "a pause that nobody waits for",
        status: 429,
        headers: &[JSON, ("retry-after", "1860")],
        body: r#"{"error":{"message":"Slow down.","code":"limit_requests"}}"#,
        kind: ErrorKind::RateLimited,
        retryable: true,
        code: Some("limit_requests"),
        message: Some("Slow down."),
        request_id: None,
        shows: "(try again in 31 min)",
    },
    Case {
        name: "no such route",
        status: 404,
        headers: &[],
        body: "not found",
        kind: ErrorKind::Refused,
        retryable: false,
        code: None,
        message: None,
        request_id: None,
        shows: "compatible-mode/v1?",
    },
    Case {
        name: "redirect to another host",
        status: 307,
        headers: &[("location", "https://elsewhere.example/batches")],
        body: "",
        kind: ErrorKind::ContractViolation,
        retryable: false,
        code: None,
        message: None,
        request_id: None,
        shows: "a redirect to https://elsewhere.example/batches",
    },
    Case {
        name: "success without a page",
        status: 204,
        headers: &[],
        body: "",
        kind: ErrorKind::ContractViolation,
        retryable: false,
        code: None,
        message: None,
        request_id: None,
        shows: "204",
    },
    Case {
        name: "success that holds an error",
        status: 200,
        headers: &[JSON, ID],
        body: r#"{"error":{"message":"Quota exceeded.","code":"insufficient_quota"}}"#,
        kind: ErrorKind::Refused,
        retryable: false,
        code: Some("insufficient_quota"),
        message: Some("Quota exceeded."),
        request_id: Some("id-of-header"),
        shows: "with an error in place of a page",
    },
    Case {
        name: "success without data",
        status: 200,
        headers: &[JSON],
        body: r#"{"object":"list","first_id":null,"last_id":null,"has_more":false}"#,
        kind: ErrorKind::ContractViolation,
        retryable: false,
        code: None,
        message: None,
        request_id: None,
        shows: "it has no `data`",
    },
    Case {
        name: "success that is no JSON",
        status: 200,
        headers: &[("content-type", "text/html")],
        body: "<html>login</html>",
        kind: ErrorKind::ContractViolation,
        retryable: true,
        code: None,
        message: None,
        request_id: None,
        shows: "not a page of batches",
    },
    Case {
        name: "data of another type",
        status: 200,
        headers: &[JSON],
        body: r#"{"object":"list","data":{},"first_id":null,"last_id":null,"has_more":false}"#,
        kind: ErrorKind::ContractViolation,
        retryable: false,
        code: None,
        message: None,
        request_id: None,
        shows: "`data` is not a list",
    },
    Case {
        name: "has_more of another type",
        status: 200,
        headers: &[JSON],
        body: r#"{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":"no"}"#,
        kind: ErrorKind::ContractViolation,
        retryable: false,
        code: None,
        message: None,
        request_id: None,
        shows: "`has_more` is neither true nor false",
    },
];

#[tokio::test]
async fn errors_keep_what_the_reply_said() {
    for case in CASES {
        let server = Server::start([Response::new(case.status, case.headers, case.body)]).await;
        let client = builder(&server.base_url(), &FakeClock::default())
            .retry(RetryPolicy::off())
            .build()
            .expect("a client");
        let error = client
            .list_batches(BatchFilter::new())
            .page()
            .await
            .expect_err(case.name);
        assert_eq!(error.kind(), case.kind, "{}: {error}", case.name);
        assert_eq!(
            error.is_retryable(),
            case.retryable,
            "{}: {error}",
            case.name
        );
        assert_eq!(error.status(), Some(case.status), "{}: {error}", case.name);
        assert_eq!(error.code(), case.code, "{}: {error}", case.name);
        assert_eq!(error.message(), case.message, "{}: {error}", case.name);
        assert_eq!(
            error.request_id(),
            case.request_id,
            "{}: {error}",
            case.name
        );
        assert_eq!(error.attempts(), 1, "{}: {error}", case.name);
        assert!(
            format!("{error} (").contains(case.shows),
            "{}: {error}",
            case.name
        );
        assert!(!error.to_string().contains('\n'), "{}: {error}", case.name);
        assert!(
            !format!("{error} {error:#?}").contains(KEY),
            "{}: {error:?}",
            case.name
        );
    }
}

#[test]
fn a_kind_has_a_word() {
    let words = CASES.iter().map(|case| case.kind.as_str());
    let words: BTreeSet<&str> = words.collect();
    let expected = [
        "auth",
        "contract_violation",
        "rate_limited",
        "refused",
        "server",
    ];
    assert_eq!(words, expected.into());
    assert_eq!(format!("[{:>6}]", ErrorKind::Auth), "[  auth]");
}

#[tokio::test]
async fn foreign_text_is_cut() {
    let server = Server::start([Response::new(400, &[], &"x".repeat(100_000))]).await;
    let error = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect_err("an error response");
    assert!(error.to_string().len() < 500, "{error}");
}

#[tokio::test]
async fn a_reply_above_the_cap_is_not_read_to_its_end() {
    let body = format!(
        r#"{{"object":"list","data":[],"x":"{}"}}"#,
        "x".repeat(5000)
    );
    let server = Server::start([Response::new(200, &[JSON], &body)]).await;
    let client = builder(&server.base_url(), &FakeClock::default()).max_response_bytes(4096);
    let client = client.build().expect("a client");
    let error = client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(
        error.to_string().contains("larger than 4096 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let host = free.local_addr().expect("an address");
    drop(free);
    let base_url = format!("http://{host}/v1");
    let client = builder(&base_url, &FakeClock::default()).retry(RetryPolicy::off());
    let client = client.build().expect("a client");
    let list = client.list_batches(BatchFilter::new().input_files(["https://o.example/?hidden"]));
    let error = list.page().await.expect_err("no server");
    assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
    assert!(error.is_retryable() && error.status().is_none(), "{error}");
    assert!(!format!("{error:#?}").contains("hidden"), "{error:?}");
    let expected = format!("no connection to {host}: connection refused");
    assert_eq!(error.to_string(), expected);
    assert!(chain(&error).len() > 1);
    assert_eq!(format!("{error:#}"), expected);
}

/// What an error and its causes say; none of them what the one before it has said.
pub(crate) fn chain(error: &qwen_batches::Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        let repeats = texts.iter().any(|earlier| earlier.contains(&text));
        assert!(!repeats, "{text:?} is in {texts:?}");
        texts.push(text);
        cause = error.source();
    }
    texts
}

#[tokio::test]
async fn raw_replies_are_given_as_they_are() {
    let server = Server::start([Response::new(418, &[ID], "short and stout")]).await;
    let response = client(&server.base_url())
        .raw([("limit", "0"), ("a b", "ü&")])
        .await;
    let response = response.expect("a response");
    assert_eq!(response.status.as_u16(), 418);
    assert_eq!(response.headers["x-request-id"], "id-of-header");
    assert_eq!(&response.body[..], b"short and stout");
    let request = &server.requests()[0];
    assert!(request.starts_with("GET /compatible-mode/v1/batches?limit=0&a+b=%C3%BC%26 HTTP/1.1"));
    assert!(
        request.contains(&format!("authorization: Bearer {KEY}")),
        "{request}"
    );

    let none: [(&str, &str); 0] = [];
    client(&server.base_url())
        .raw(none)
        .await
        .expect("a response");
    assert!(server.requests()[1].starts_with("GET /compatible-mode/v1/batches HTTP/1.1"));
}

#[tokio::test]
async fn a_service_that_repeats_the_key_is_not_repeated() {
    let echo = format!("your key {KEY} is wrong");
    let compatible =
        format!(r#"{{"error":{{"message":"{echo}","code":"{KEY}"}},"request_id":"{KEY}"}}"#);
    let no_page = format!(r#"{{"object":"list","data":"{KEY}","has_more":false}}"#);
    let bad_row = format!(
        r#"{{"object":"list","data":[{{"id":"{KEY}","created_at":"{KEY}"}}],"has_more":false}}"#
    );
    let headers: &[(&str, &str)] = &[("x-request-id", KEY), ("location", KEY)];
    for (status, body) in [
        (401, compatible.as_str()),
        (200, &compatible),
        (502, &echo),
        (302, ""),
        (200, &echo),
        (200, &no_page),
        (200, &bad_row),
    ] {
        let server = Server::start([Response::new(status, headers, body)]).await;
        let client = builder(&server.base_url(), &FakeClock::default()).retry(RetryPolicy::off());
        let client = client.build().expect("a client");
        let page = client.list_batches(BatchFilter::new()).page().await;
        let shown = match &page {
            Ok(page) => format!("{:?} {:?}", page.unreadable, page.request_id),
            Err(error) => format!("{error} {error:#?}"),
        };
        assert!(
            shown.contains("***") && !shown.contains(KEY),
            "{status} {body}: {shown}"
        );
    }
}
