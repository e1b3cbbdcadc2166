//! One batch, and the results of one, as a client meets them.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use qwen_batches_sandbox::{
    Fault, IdsOf, Lifecycle, MemberChange, Order, Quirk, Sandbox, SandboxBuilder, Script, Sent, row,
};
use serde_json::{Value, json};

use crate::support::{End, NOW, Response, ask_for, get, read, send};

async fn fetch(sandbox: &Sandbox, path: &str) -> Response {
    let url = format!("{}{path}", sandbox.base_url());
    send(Method::GET, &url, Some("Bearer sk-any")).await
}

async fn content(sandbox: &Sandbox, file: &str) -> Response {
    fetch(sandbox, &format!("/files/{file}/content")).await
}

fn lines(response: &Response) -> Vec<Value> {
    assert_eq!(response.status, 200, "{response:?}");
    let text = str::from_utf8(&response.bytes).expect("UTF-8");
    let lines = text.lines().map(serde_json::from_str);
    lines.collect::<Result<_, _>>().expect("JSON lines")
}

fn numbers(lines: &[Value]) -> Vec<u32> {
    let number = |line: &Value| {
        line["custom_id"]
            .as_str()?
            .strip_prefix("request-")?
            .parse()
            .ok()
    };
    lines
        .iter()
        .map(|line| number(line).expect("a custom id"))
        .collect()
}

/// Six requests, of which the third and the sixth failed: the files `out` and `err`.
fn six(status: &str) -> SandboxBuilder {
    let batch = row("batch_6")
        .created_at(NOW - 60)
        .status(status)
        .request_counts(6, 4, 2)
        .input_file_id("file-batch-in")
        .set("output_file_id", "out")
        .set("error_file_id", "err");
    let old = row("batch_old")
        .created_at(NOW - 31 * 86_400)
        .request_counts(1, 1, 0)
        .set("output_file_id", "old");
    Sandbox::builder().now(NOW).rows([batch, old])
}

async fn with(fault: impl Into<Fault>) -> Sandbox {
    six("completed")
        .always(fault)
        .start()
        .await
        .expect("it starts")
}

#[tokio::test]
async fn a_batch_is_the_row_of_the_list() {
    let sandbox = Sandbox::builder()
        .now(NOW)
        .start()
        .await
        .expect("it starts");
    for row in sandbox.rows().iter().step_by(25) {
        let id = row["id"].as_str().expect("an id");
        let response = fetch(&sandbox, &format!("/batches/{id}")).await;
        assert_eq!((response.status.as_u16(), &response.body), (200, row));
        assert_eq!(
            response.headers["content-type"],
            "application/json;charset=UTF-8"
        );
    }
}

#[tokio::test]
async fn a_batch_moves_on() {
    let life = Lifecycle::completes(3)
        .validating(60)
        .running(60)
        .finalizing(60);
    let batch = row("batch_x").created_at(NOW).lifecycle(life);
    let clock = qwen_batches_sandbox::Clock::PerRequest { seconds: 60 };
    let builder = Sandbox::builder().now(NOW).lifecycles([batch]).clock(clock);
    let sandbox = builder.start().await.expect("it starts");
    let mut last = Value::Null;
    for status in ["validating", "in_progress", "finalizing", "completed"] {
        last = fetch(&sandbox, "/batches/batch_x").await.body;
        assert_eq!(last["status"], status);
    }
    let output = last["output_file_id"].as_str().expect("an output file");
    assert_eq!(numbers(&lines(&content(&sandbox, output).await)), [1, 2, 3]);
}

/// A path below the base URL, and status, code and what the message names.
#[tokio::test]
async fn what_is_not_there_gets_an_error() {
    let sandbox = six("completed").start().await.expect("it starts");
    for (path, status, code, named) in [
        (
            "/batches/nobody",
            404,
            json!("NotFound"),
            "no batch 'nobody'",
        ),
        ("/batches/batch_old", 404, json!("NotFound"), "'batch_old'"),
        ("/batches/", 404, json!("NotFound"), "nothing at"),
        (
            "/batches/batch_6/cancel",
            404,
            json!("NotFound"),
            "nothing at",
        ),
        ("/files/out", 404, json!("NotFound"), "nothing at"),
        ("/files//content", 404, json!("NotFound"), "nothing at"),
        (
            "/files/no%2Fone/content",
            404,
            json!("NotFound"),
            "no file 'no/one'",
        ),
        (
            "/files/file-batch-in/content",
            400,
            Value::Null,
            "'file-batch-in' cannot be",
        ),
    ] {
        let response = fetch(&sandbox, path).await;
        assert_eq!(response.status, status, "{path}");
        assert_eq!(response.body["error"]["code"], code, "{path}");
        assert!(
            response.message().contains(named),
            "{path}: {}",
            response.message()
        );
        assert_eq!(response.body["request_id"], response.request_id());
    }
    let url = format!("{}/files/out/content", sandbox.base_url());
    assert_eq!(send(Method::GET, &url, None).await.status, 401);
    assert_eq!(
        send(Method::DELETE, &url, Some("Bearer k")).await.status,
        405
    );
    // Files outlive the horizon.
    assert_eq!(lines(&content(&sandbox, "old").await).len(), 1);
}

#[tokio::test]
async fn files_agree_with_their_batch() {
    let sandbox = Sandbox::builder()
        .now(NOW)
        .start()
        .await
        .expect("it starts");
    let mut files = 0;
    for row in sandbox.rows() {
        let count = |key: &str| row["request_counts"][key].as_u64().expect("a count");
        if count("total") > 2000 {
            continue;
        }
        let mut seen = BTreeSet::new();
        for (key, count) in [
            ("output_file_id", count("completed")),
            ("error_file_id", count("failed")),
        ] {
            let Some(file) = row[key].as_str() else {
                continue;
            };
            let response = content(&sandbox, file).await;
            assert_eq!(sandbox.content(file).as_deref(), Some(&response.bytes[..]));
            let lines = lines(&response);
            assert_eq!(lines.len() as u64, count, "{key} of {row}");
            for line in &lines {
                let keys: Vec<_> = line.as_object().expect("an object").keys().collect();
                assert_eq!(keys, ["id", "custom_id", "response", "error"]);
                let succeeded = line["response"]["status_code"] == 200;
                assert_eq!(succeeded, key == "output_file_id", "{line}");
                assert_eq!(succeeded, line["error"].is_null(), "{line}");
            }
            let numbers = numbers(&lines);
            assert!(numbers.is_sorted(), "as in the input");
            seen.extend(numbers);
            files += 1;
        }
        let over = !row["output_file_id"].is_null() || !row["error_file_id"].is_null();
        assert!(!over || seen.len() as u64 == count("total"), "{row}");
    }
    assert!(files > 20, "only {files} files");
}

#[tokio::test]
async fn a_file_comes_in_chunks_and_without_a_media_type() {
    let sandbox = six("completed").start().await.expect("it starts");
    let response = content(&sandbox, "out").await;
    let names: Vec<_> = response
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    assert!(
        response.headers["transfer-encoding"] == "chunked",
        "{names:?}"
    );
    for absent in ["content-type", "content-length", "etag", "accept-ranges"] {
        assert!(!names.contains(&absent), "{names:?}");
    }
    assert_eq!(response.bytes.last(), Some(&b'\n'));
    assert_eq!(numbers(&lines(&response)), [1, 2, 4, 5]);
    assert_eq!(numbers(&lines(&content(&sandbox, "err").await)), [3, 6]);
    assert_eq!(content(&sandbox, "out").await.bytes, response.bytes);
}

#[tokio::test]
async fn quirks_file_results_in_another_way() {
    let counts = |response: &Response| response.body["request_counts"].clone();
    let sandbox = with(Quirk::FailedInOutput).await;
    let results = lines(&content(&sandbox, "out").await);
    assert_eq!(numbers(&results), [1, 2, 3, 4, 5, 6]);
    assert_eq!(results[2]["response"]["status_code"], 400);
    assert!(results[2]["response"]["body"]["error"]["message"].is_string());
    assert_eq!(results[2]["error"], Value::Null);
    assert_eq!(content(&sandbox, "err").await.status, 404);
    let batch = fetch(&sandbox, "/batches/batch_6").await;
    assert_eq!(
        counts(&batch),
        json!({ "total": 6, "completed": 6, "failed": 0 })
    );
    assert_eq!(batch.body["error_file_id"], Value::Null);
    assert_eq!(get(&sandbox, "").await.body["data"][0], batch.body);

    for (status, code) in [
        ("expired", "batch_expired"),
        ("cancelled", "batch_cancelled"),
    ] {
        let plain = six(status).start().await.expect("it starts");
        let unrun = lines(&content(&plain, "err").await);
        assert_eq!(unrun[0]["error"]["code"], code);
        assert_eq!(unrun[0]["response"], Value::Null);
        let sandbox = six(status).always(Quirk::FailedInOutput);
        let sandbox = sandbox.start().await.expect("it starts");
        assert_eq!(lines(&content(&sandbox, "out").await).len(), 4);
        assert_eq!(lines(&content(&sandbox, "err").await), unrun);
        let builder = six(status).always(Quirk::OmitsUnrun);
        let sandbox = builder.start().await.expect("it starts");
        assert_eq!(content(&sandbox, "err").await.status, 404);
        let batch = fetch(&sandbox, "/batches/batch_6").await;
        assert_eq!(batch.body["error_file_id"], Value::Null);
        assert_eq!(counts(&batch)["failed"], 2);
    }

    let errors = lines(&content(&with(Quirk::PrefixedErrors).await, "err").await);
    assert!(errors[0]["error"]["error_code"].is_string(), "{errors:?}");
    let sandbox = with(Quirk::NoFinalNewline).await;
    assert_eq!(content(&sandbox, "out").await.bytes.last(), Some(&b'}'));
    assert!(sandbox.requests()[0].faults.is_empty(), "it is no fault");
}

/// A fault, and the requests of the lines that are then sent; what is no JSON is 0.
#[tokio::test]
async fn faults_change_lines() {
    let order = |is| Fault::Order { is };
    let long = MemberChange::Long(8_000_000);
    for (fault, expected) in [
        (order(Order::OldestFirst), vec![5, 4, 2, 1]),
        (order(Order::Interleaved), vec![1, 5, 2, 4]),
        (order(Order::TwoRuns), vec![1, 4, 2, 5]),
        (Fault::RepeatRows { every: 2 }, vec![1, 2, 2, 4, 5, 5]),
        (
            Fault::member("/custom_id", MemberChange::InvalidUtf8),
            vec![0; 4],
        ),
        (
            Fault::member("/response", MemberChange::Nested(9)),
            vec![1, 2, 4, 5],
        ),
        (Fault::member("/response/body", long), vec![1, 2, 4, 5]),
        (
            Fault::BadRow {
                at: 3,
                row: json!([7]),
            },
            vec![1, 2, 0, 5],
        ),
    ] {
        let sandbox = with(fault.clone()).await;
        let response = content(&sandbox, "out").await;
        let lines = response.bytes.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !line.is_empty()).map(|line| {
            let line: Value = serde_json::from_slice(line).unwrap_or_default();
            let id = line["custom_id"].as_str().unwrap_or_default();
            id.replace("request-", "").parse().unwrap_or(0)
        });
        assert_eq!(lines.collect::<Vec<_>>(), expected, "{fault:?}");
        assert_eq!(sandbox.requests()[0].faults, [fault.name()]);
    }
}

#[tokio::test]
async fn faults_change_a_batch() {
    let absent = |pointer| Fault::member(pointer, MemberChange::Absent);
    for (fault, shows) in [
        (absent("/status"), "status"),
        (Fault::RequiredMembersOnly, "metadata"),
        (
            Fault::BadRow {
                at: 1,
                row: json!({}),
            },
            "id",
        ),
    ] {
        let sandbox = with(fault.clone()).await;
        let batch = fetch(&sandbox, "/batches/batch_6").await;
        assert_eq!(batch.status, 200);
        assert!(batch.body.get(shows).is_none(), "{fault:?}: {}", batch.body);
        assert_eq!(sandbox.requests()[0].faults, [fault.name()]);
    }
    // An id is found in the form that rows have.
    let sandbox = with(Fault::EncodedIds { of: IdsOf::Rows }).await;
    let listed = get(&sandbox, "").await.ids()[0].to_owned();
    let batch = fetch(&sandbox, &format!("/batches/{listed}")).await;
    assert_eq!(batch.body["id"], *listed);
    // What breaks a list breaks these as well.
    for path in ["/batches/batch_6", "/files/out/content"] {
        let script = Script::new()
            .on(1, Fault::status(429).header("retry-after", "1"))
            .on(2, Fault::Html { status: 502 })
            .on(3, Fault::ErrorAsSuccess)
            .on(4, Fault::header("x-request-id", Some("\t<b>")))
            .on(5, Fault::ByteOrderMark)
            .on(6, Fault::StickyCursor);
        let sandbox = six("completed")
            .script(script)
            .start()
            .await
            .expect("it starts");
        let mut statuses = Vec::new();
        for _ in 0..6 {
            statuses.push(fetch(&sandbox, path).await.status.as_u16());
        }
        assert_eq!(statuses, [429, 502, 200, 200, 200, 200], "{path}");
        let faults: Vec<_> = sandbox
            .requests()
            .iter()
            .map(|it| it.faults.len())
            .collect();
        assert_eq!(faults, [1, 1, 1, 1, 1, 0], "{path}");
    }
}

#[tokio::test]
async fn a_file_breaks_off_at_any_byte() {
    let whole = six("completed")
        .start()
        .await
        .expect("it starts")
        .content("out")
        .expect("a file");
    let size = format!("{:x}\r\n", whole.len());
    for after in [0, 1, 700, whole.len() - 1, whole.len(), usize::MAX] {
        for (fault, end) in [
            (Fault::cut_body(after), End::Closed),
            (
                Fault::Reset {
                    after: Sent::Body(after),
                },
                End::Reset,
            ),
        ] {
            let sandbox = six("completed")
                .script(Script::new().on(1, fault))
                .start()
                .await;
            let sandbox = sandbox.expect("it starts");
            let seen = read(ask_for(&sandbox, "/files/out/content").await).await;
            assert_eq!((seen.promised(), seen.end), (None, end));
            let sent = [size.as_bytes(), &whole[..after.min(whole.len())]].concat();
            assert_eq!(seen.body, sent, "{after}");
            assert_eq!(content(&sandbox, "out").await.bytes, whole);
        }
    }
    for fault in [
        Fault::SlowBytes {
            chunk: 100,
            pause_ms: Some(0),
        },
        Fault::Stall {
            after: Sent::Body(100),
            for_ms: Some(0),
        },
    ] {
        assert_eq!(content(&with(fault).await, "out").await.bytes, whole);
    }
}

/// With these headers: status, `content-range`, and the body.
async fn part(sandbox: &Sandbox, headers: &[(&str, &str)]) -> (u16, String, Bytes) {
    let uri = format!("{}/files/out/content", sandbox.base_url());
    let mut request = Request::builder()
        .uri(uri)
        .header("authorization", "Bearer k");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let response = client
        .request(request.body(Empty::new()).expect("a request"))
        .await;
    let (head, body) = response.expect("a response").into_parts();
    let range = head
        .headers
        .get("content-range")
        .and_then(|it| it.to_str().ok());
    let body = body.collect().await.expect("a body").to_bytes();
    (
        head.status.as_u16(),
        range.unwrap_or_default().to_owned(),
        body,
    )
}

#[tokio::test]
async fn a_part_is_sent_on_demand() {
    let changed = Fault::Member {
        rows: 1.into(),
        pointer: "/response/body".to_owned(),
        becomes: MemberChange::Null,
    };
    let builder = six("completed").always(Quirk::Ranges);
    let sandbox = builder
        .script(Script::new().on(10, changed))
        .start()
        .await
        .expect("it starts");
    let first = content(&sandbox, "out").await;
    let (whole, etag) = (first.bytes, first.headers["etag"].to_str().expect("ASCII"));
    assert!(etag.starts_with('"'), "strong: {etag}");
    assert_eq!(first.headers["accept-ranges"], "bytes");
    let length = whole.len();
    for (headers, status, range) in [
        (vec![("range", "bytes=100-")], 206, 100..length),
        (
            vec![("range", "bytes=100-"), ("if-range", etag)],
            206,
            100..length,
        ),
        (
            vec![("range", "bytes=100-"), ("if-range", "\"x\"")],
            200,
            0..length,
        ),
        (vec![("range", "bytes=5-9")], 206, 5..10),
        (vec![("range", "bytes=5-99999999")], 206, 5..length),
        (vec![("range", "bytes=99999999-")], 416, 0..0),
        (vec![("range", "lines=5-9")], 200, 0..length),
        (vec![("if-range", etag)], 200, 0..length),
    ] {
        let seen = part(&sandbox, &headers).await;
        let named = match status {
            206 => format!("bytes {}-{}/{length}", range.start, range.end - 1),
            416 => format!("bytes */{length}"),
            _ => String::new(),
        };
        assert_eq!(seen, (status, named, whole.slice(range)), "{headers:?}");
    }
    // A file that has changed is another file.
    let (status, _, other) = part(&sandbox, &[("range", "bytes=100-"), ("if-range", etag)]).await;
    assert!(status == 200 && other != whole, "{status}");
    // As recorded, there is none of this.
    let plain = six("completed").start().await.expect("it starts");
    assert_eq!(
        part(&plain, &[("range", "bytes=100-")]).await,
        (200, String::new(), whole)
    );
}

#[tokio::test]
async fn a_file_by_hand_is_sent_to_the_byte() {
    let bytes = *b"\xff\n\n{\r\n";
    let builder = six("completed")
        .file("out", bytes)
        .always(Quirk::NoFinalNewline);
    let sandbox = builder.start().await.expect("it starts");
    assert_eq!(content(&sandbox, "out").await.bytes[..], bytes);
    assert_eq!(sandbox.content("out"), Some(bytes.to_vec()));
    assert_eq!(sandbox.content("file-batch-in"), None);
}
