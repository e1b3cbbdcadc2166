//! A row needs what identifies it and nothing else: what is wrong with any other member costs that
//! member, and is reported.

use qwen_batches::{Batch, BatchExt as _, BatchFilter, BatchStatus, Client, Page, RetryPolicy};
use serde_json::{Value, json};

use crate::support::{FakeClock, Response, Server, builder, client, page, row, take_log};

/// What takes the place of a member that is left out.
const ABSENT: &str = "absent";

/// Lines of these parts: the case, a change of a row as a server may make it, what is read of it (a
/// change of the same row as the contract has it), and what is reported, an `=` before what is
/// legible.
const MEMBERS: &str = include_str!("lenient_rows/members.txt");

/// Lines of these parts: the case, what takes the place of a row's status, what is read as before,
/// and what is reported, a `!` before why the row is lost. `\xFF` is that byte, `[*9` that many
/// lists in one another.
const BYTES: &str = include_str!("lenient_rows/bytes.txt");

#[tokio::test]
async fn a_member_that_cannot_be_read_costs_that_member() {
    check(MEMBERS, |sent| {
        let sent = changed(&serde_json::from_str(sent).expect("JSON"));
        let rows = [row("batch_3"), sent, row("batch_1")];
        page(&rows, false).to_string().into_bytes()
    })
    .await;
}

#[tokio::test]
async fn bad_bytes_cost_their_row_at_most() {
    check(BYTES, |sent| {
        let rows = [row("batch_3"), row("batch_2"), row("batch_1")];
        let body = page(&rows, false).to_string();
        let (status, _) = body.match_indices("\"status\"").nth(1).expect("a status");
        let end = status + body[status..].find(',').expect("more members");
        let sent = bytes(sent);
        [&body.as_bytes()[..status], &sent, &body.as_bytes()[end..]].concat()
    })
    .await;
}

/// Lists a page of three rows for each case, of which the second is as the case has it.
async fn check(cases: &str, body: impl Fn(&str) -> Vec<u8>) {
    let cases: Vec<Vec<&str>> = cases
        .lines()
        .map(|line| line.split(" | ").collect())
        .collect();
    let pages = cases.iter().map(|case| json_bytes(&body(case[1])));
    let server = Server::start(pages).await;
    let client = client(&server.base_url());
    for case in &cases {
        let page = fetch(&client).await;
        let mut rows = vec![batch(&row("batch_3")), batch(&row("batch_1"))];
        if case[2] != "nothing" {
            let read = serde_json::from_str(case[2]).expect("JSON");
            rows.insert(1, batch(&changed(&read)));
        }
        assert_eq!(page.rows, rows, "{}", case[0]);
        assert_eq!(shown(&page), case[3..], "{}", case[0]);
    }
}

/// The bytes of a case.
fn bytes(text: &str) -> Vec<u8> {
    let mut parts = text.split("[*");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|it: char| !it.is_ascii_digit());
        let (depth, rest) = part.split_at(digits.unwrap_or(part.len()));
        let depth = depth.parse().expect("a depth");
        text += &"[".repeat(depth);
        text += &"]".repeat(depth);
        text += rest;
    }
    let mut parts = text.split("\\xFF");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(0xFF);
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

#[tokio::test]
async fn a_page_is_whole_or_none() {
    let body = page(&[row("batch_2"), row("batch_1")], false).to_string();
    let marked = format!("\u{feff}\u{feff}{body}");
    // A byte that is not UTF-8 forbids to decode the page as a whole.
    let bad = body.replace("validating", "\u{1}").into_bytes();
    let bad: Vec<u8> = bad
        .into_iter()
        .map(|it| if it == 1 { 0xFF } else { it })
        .collect();
    let cut = (0..bad.len()).step_by(7).map(|end| bad[..end].to_vec());
    let tail = |tail: &str| format!("{body}{tail}").into_bytes();
    let with = |from: &str, to: &str| body.replace(from, to).into_bytes();
    let cases: Vec<(Vec<u8>, Option<usize>, bool)> = [
        (marked.into_bytes(), Some(2), false),
        (bad.clone(), Some(2), false),
        (tail("\n \n"), Some(2), false),
        (tail("x"), None, true),
        (tail("}"), None, true),
        (with("\"has_more\":false", "\"has_more\":null"), None, false),
        (
            with("\"has_more\":false", "\"has_more\":false,\"has_more\":true"),
            None,
            false,
        ),
        (
            with("\"has_more\":false", "\"has_more\":false,7"),
            None,
            true,
        ),
        (
            with("\"first_id\":", "\"first_id\":NaN,\"new\":"),
            Some(2),
            false,
        ),
        (
            br#"{"data":null,"error":{"code":"Arrearage","message":"pay"}}"#.to_vec(),
            None,
            false,
        ),
        (
            with("\"has_more\"", "\"error\":null,\"has_more\""),
            Some(2),
            false,
        ),
        // Rows beside an error may not be all.
        (
            with(
                "\"has_more\"",
                "\"error\":{\"message\":\"half\"},\"has_more\"",
            ),
            None,
            false,
        ),
        (
            br#"{"data":null,"error":"no","first_id":NaN,"has_more":false}"#.to_vec(),
            None,
            false,
        ),
        (br#"{"data":{},"has_more":false}"#.to_vec(), None, false),
        (br#"{"data":[NaN],"has_more":false}"#.to_vec(), None, true),
        (b"[]".to_vec(), None, false),
        (b"<html>\xFF</html>".to_vec(), None, true),
    ]
    .into_iter()
    .chain(cut.map(|bytes| (bytes, None, true)))
    .collect();
    let server = Server::start(cases.iter().map(|(bytes, ..)| json_bytes(bytes))).await;
    let client = builder(&server.base_url(), &FakeClock::default())
        .retry(RetryPolicy::off())
        .build()
        .expect("a client");
    for (bytes, rows, retryable) in &cases {
        let shown = bytes.escape_ascii();
        let result = client.list_batches(BatchFilter::new()).page().await;
        match rows {
            Some(rows) => assert_eq!(
                result.map(|page| page.rows.len()).ok(),
                Some(*rows),
                "{shown}"
            ),
            None => {
                let error = result.expect_err("no page can be made of it");
                assert_eq!(error.is_retryable(), *retryable, "{error}: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_known_is_not_made_up() {
    let sent = changed(&json!({ "status": ABSENT, "request_counts": null, "endpoint": null }));
    let server = Server::start([Response::json(&page(&[sent], false))]).await;
    let page = fetch(&client(&server.base_url())).await;
    let batch = &page.rows[0];
    assert_eq!(batch.progress(), None);
    assert_eq!(batch.request_counts, None);
    assert!(!batch.is_terminal());
    assert_eq!(batch.status, BatchStatus::from(""));
    assert_eq!(batch.status.to_string(), "unknown");
    let printed = serde_json::to_value(batch.known()).expect("JSON");
    let printed = printed.as_object().expect("an object");
    for name in ["status", "request_counts", "endpoint"] {
        assert!(!printed.contains_key(name), "{name} in {printed:?}");
    }
    // Null is what the contract has for an unset time, and a list without a row is one.
    assert!(printed["failed_at"].is_null(), "{printed:?}");
    assert_eq!(printed["id"], "batch_2");
}

#[tokio::test]
async fn the_log_counts_them_once_a_page() {
    let first = changed(&json!({ "object": 7, "endpoint": null }));
    let mut second = row("batch_1");
    second["request_counts"] = Value::Null;
    let body = page(&[first, second], false);
    let server = Server::start([Response::json(&body)]).await;
    take_log();
    fetch(&client(&server.base_url())).await;
    let log = take_log();
    let expected = "3 members of 2 rows are not as the contract describes, such as /data/0/object: a \
                    string was expected";
    assert_eq!(log, [expected]);
}

#[tokio::test]
async fn a_row_whose_filtered_member_is_illegible_is_delivered() {
    let filters = [
        BatchFilter::new().statuses([BatchStatus::Failed]),
        BatchFilter::new().name_contains("nightly"),
        BatchFilter::new().input_files(["file-batch-7"]),
    ];
    // What is listed by the filter on the status, the name, and the input.
    for (sent, listed) in [
        (json!({}), [false, false, false]),
        (json!({ "status": 7 }), [true, false, false]),
        (json!({ "metadata": "nightly" }), [false, true, false]),
        (
            json!({ "metadata": { "ds_name": 7 } }),
            [false, true, false],
        ),
        (
            json!({ "metadata": { "ds_description": 7 } }),
            [false, false, false],
        ),
        (json!({ "input_file_id": null }), [false, false, true]),
        (json!({ "endpoint": null }), [false, false, false]),
    ] {
        let server = Server::start([Response::json(&page(&[changed(&sent)], false))]).await;
        for (filter, listed) in filters.iter().zip(listed) {
            let page = client(&server.base_url())
                .list_batches(filter.clone())
                .page()
                .await;
            let page = page.expect("a page");
            assert_eq!(!page.rows.is_empty(), listed, "{sent} {filter:?}");
            assert_eq!(!page.findings.is_empty(), listed, "{sent} {filter:?}");
        }
    }
}

async fn fetch(client: &Client) -> Page {
    let page = client.list_batches(BatchFilter::new()).page().await;
    page.expect("a page")
}

/// The findings of a page; each row but the second is without one.
fn shown(page: &Page) -> Vec<String> {
    let found = page.findings.iter().map(|finding| {
        assert_eq!(finding.id, "batch_2");
        let legible = if finding.is_legible { "=" } else { "" };
        (legible, &finding.pointer, &finding.reason)
    });
    let lost = page.unreadable.iter();
    let lost = lost.map(|row| ("!", &row.pointer, &row.reason));
    let all = found.chain(lost).map(|(mark, pointer, reason)| {
        let pointer = pointer.strip_prefix("/data/1").expect("the second row");
        format!("{mark}{pointer}: {reason}")
    });
    all.collect()
}

/// The second row with these members.
fn changed(members: &Value) -> Value {
    let mut row = row("batch_2");
    for (name, value) in members.as_object().expect("members") {
        if value == ABSENT {
            row.as_object_mut().expect("a row").shift_remove(name);
        } else {
            row[name] = value.clone();
        }
    }
    row
}

fn batch(row: &Value) -> Batch {
    serde_json::from_value(row.clone()).expect("a row as the contract has it")
}

fn json_bytes(body: &[u8]) -> Response {
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    Response::Bytes([head.as_bytes(), body].concat())
}
