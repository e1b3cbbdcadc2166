//! One batch by its id: the same row, the same tolerance and the same care as a row of a list.

use std::time::Duration;

use qwen_batches::{BatchExt as _, BatchFilter, Dialect, Error, ErrorKind, RateLimit, RetryPolicy};
use qwen_batches_sandbox::{Fault, Sandbox, Script};
use serde_json::{Value, json};

use crate::support::{FakeClock, KEY, Response, Server, builder, client, row};

async fn sandbox(script: Script) -> Sandbox {
    let builder = Sandbox::builder().rows([row("batch_1"), row("batch_2")]);
    let builder = builder.now(1_772_000_100).script(script);
    builder.start().await.expect("a sandbox")
}

#[tokio::test]
async fn a_batch_is_the_row_of_the_list() {
    let sandbox = sandbox(Script::new()).await;
    let client = client(sandbox.base_url());
    let batch = client.batch("batch_2").get().await.expect("a batch");
    let list = client.list_batches(BatchFilter::new()).page().await;
    assert!(list.expect("a page").rows.contains(&batch));
    assert_eq!(
        sandbox.requests()[0].path,
        "/compatible-mode/v1/batches/batch_2"
    );
    assert_eq!(sandbox.requests()[0].query, "");
}

/// What a body comes to: the pointers of its findings, or the error.
async fn outcome(body: &str) -> Result<(String, Vec<String>), Error> {
    let response = Response::new(200, &[("content-type", "application/json")], body);
    let server = Server::start([response]).await;
    let clock = FakeClock::default();
    let builder = builder(&server.base_url(), &clock).retry(RetryPolicy::off());
    let client = builder.build().expect("a client");
    let response = client.batch("batch_1").response().await?;
    let findings = response.findings.iter();
    let pointers = findings.map(|it| it.pointer.clone()).collect();
    Ok((response.batch.id, pointers))
}

fn changed(member: &str, value: Value) -> String {
    let mut row = row("batch_1");
    row[member] = value;
    row.to_string()
}

#[tokio::test]
async fn a_batch_is_read_as_far_as_it_can_be() {
    for (body, pointers) in [
        (row("batch_1").to_string(), vec![]),
        (format!("\u{feff}{}", row("batch_1")), vec![]),
        (
            changed("request_counts", Value::Null),
            vec!["/request_counts"],
        ),
        (
            changed("completed_at", json!("soon")),
            vec!["/completed_at"],
        ),
        (
            changed(
                "errors",
                json!({ "object": "list", "data": [{ "line": "x" }] }),
            ),
            vec!["/errors/data/0/line"],
        ),
    ] {
        let (id, found) = outcome(&body).await.expect("a batch");
        assert_eq!(
            (id.as_str(), found),
            ("batch_1", pointers.into_iter().map(str::to_owned).collect()),
            "{body}"
        );
    }
    for (body, shows, retryable) in [
        (
            changed("created_at", json!("soon")),
            "the batch cannot be read: batch_1 at /created_at",
            false,
        ),
        (
            changed("id", json!("batch_2")),
            "not a batch: it is the batch batch_2, not batch_1",
            false,
        ),
        (
            changed("id", json!(KEY)),
            "its id repeats the API key",
            false,
        ),
        (changed("id", json!("")), "at /id: it is empty", false),
        ("[]".to_owned(), "not a batch: it is no object", false),
        (
            "<html>Oops</html>".to_owned(),
            "expected value at line 1 column 1",
            true,
        ),
        (
            row("batch_1").to_string()[..50].to_owned(),
            "bytes of JSON",
            true,
        ),
        (
            json!({ "error": { "code": "gone", "message": "no more" } }).to_string(),
            "an error in place of a batch: gone no more",
            false,
        ),
    ] {
        let error = outcome(&body).await.expect_err(&body);
        assert!(error.to_string().contains(shows), "{body}: {error}");
        assert_eq!(error.is_retryable(), retryable, "{error}");
        assert!(!format!("{error:#} {error:?}").contains(KEY));
    }
}

#[tokio::test]
async fn an_id_is_one_segment_of_a_path_or_nothing_is_sent() {
    let server = Server::start([Response::json(&row("a/../b?c#d%2F\\"))]).await;
    let client = client(&server.base_url());
    for id in ["", " ", ".", "..", KEY] {
        let error = client.batch(id).get().await.expect_err(id);
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id}: {error}");
        assert_eq!(error.problems()[0].field, "id");
        assert!(!error.to_string().contains(KEY), "{error}");
    }
    assert_eq!(server.requests().len(), 0);
    client
        .batch("a/../b?c#d%2F\\")
        .get()
        .await
        .expect("a batch");
    let line = "GET /compatible-mode/v1/batches/a%2F..%2Fb%3Fc%23d%252F%5C HTTP/1.1";
    assert!(
        server.requests()[0].starts_with(line),
        "{:?}",
        server.requests()
    );
}

#[tokio::test]
async fn a_404_says_what_the_service_knows() {
    let sandbox = sandbox(Script::new()).await;
    let error = client(sandbox.base_url()).batch("batch_3").get().await;
    let error = error.expect_err("a 404");
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Refused, Some(404))
    );
    assert!(
        error
            .to_string()
            .contains("only batches of the last 30 days"),
        "{error}"
    );
    // Of other servers nothing is known.
    let clock = FakeClock::default();
    let server = Server::start([Response::new(404, &[], "")]).await;
    let builder = builder(&server.base_url(), &clock).dialect(Dialect::OpenAi);
    let openai = builder.build().expect("a client");
    let error = openai.batch("batch_3").get().await.expect_err("a 404");
    assert!(!error.to_string().contains("30 days"), "{error}");
}

#[tokio::test]
async fn azure_gets_its_key_and_its_version() {
    let server = Server::start([Response::json(&row("batch_1"))]).await;
    let builder = builder(&server.base_url(), &FakeClock::default()).dialect(Dialect::AzureOpenAi);
    let client = builder.api_version("2024-10-21").build().expect("a client");
    client.batch("batch_1").get().await.expect("a batch");
    let head = &server.requests()[0];
    let line = "GET /compatible-mode/v1/batches/batch_1?api-version=2024-10-21 HTTP/1.1";
    assert!(head.starts_with(line), "{head}");
    assert!(head.contains(&format!("\r\napi-key: {KEY}\r\n")), "{head}");
}

#[tokio::test]
async fn a_failed_call_is_made_again_within_its_deadline() {
    let sandbox = sandbox(Script::new().on(1..=2, Fault::status(503))).await;
    let (reports, calls) = std::sync::mpsc::channel();
    let client = builder(sandbox.base_url(), &FakeClock::default())
        .on_call(move |call| _ = reports.send((call.operation, call.attempts)))
        .build()
        .expect("a client");
    let response = client.batch("batch_1").response().await.expect("a batch");
    assert_eq!((response.attempts, sandbox.requests().len()), (3, 3));
    assert_eq!(calls.try_recv(), Ok(("retrieve_batch", 3)));
    assert!(response.request_id.is_some());
    assert!(!response.batch.is_terminal());

    let server = Server::start([Response::new(503, &[], "")]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock)
        .build()
        .expect("a client");
    let request = client.batch("batch_1").deadline(Duration::from_millis(300));
    let error = request.get().await.expect_err("a deadline");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded, "{error}");
    assert!(
        error
            .to_string()
            .contains("no batch within the call's deadline of 300ms"),
        "{error}"
    );
}

/// 1 000 single batches do not wait, the 1 001st does; lists have a minute of their own.
#[tokio::test]
async fn each_kind_of_call_has_its_own_limit() {
    let clock = FakeClock::default();
    let sandbox = sandbox(Script::new()).await;
    let limit = RateLimit::per_minute(2).batches_per_minute(5);
    let builder = builder(sandbox.base_url(), &clock).rate_limit(limit);
    let client = builder.build().expect("a client");
    let waits = || clock.pauses().len();
    for _ in 0..5 {
        client
            .clone()
            .batch("batch_1")
            .get()
            .await
            .expect("a batch");
    }
    for _ in 0..2 {
        let page = client.list_batches(BatchFilter::new()).page().await;
        page.expect("a page");
    }
    assert_eq!(waits(), 0);
    client.batch("batch_1").get().await.expect("a batch");
    assert_eq!(clock.pauses(), [Duration::from_secs(60)]);
    assert_eq!(
        RateLimit::default(),
        RateLimit::per_minute(100).batches_per_minute(1000)
    );
}
