//! A service that sends the key back, in every encoding by every place of a response: what a program
//! can show of it holds no key.

use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use contract_tests::NOW;
use qwen_batches::{BatchExt, BatchFilter, Checkpoint, Client, Error, RateLimit, RetryPolicy};
use qwen_batches_sandbox::{Fault, Sandbox, Script, ScriptedBody, row};
use serde_json::{Value, json};

use super::{LOGS, keep_logs};

const KEY: &str = "sk-AbCd/Ef==_Gh+Ij&Kl-0123456789";

/// Each name of an encoding, with the key in it.
fn encodings() -> Vec<(String, String)> {
    let each = |write: fn(u8) -> String| KEY.bytes().map(write).collect::<String>();
    let json = each(|byte| format!("\\u{byte:04x}"));
    let percent = each(|byte| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    let named = KEY.replace('&', "&amp;").replace('/', "&sol;");
    let named = named
        .replace('=', "&equals;")
        .replace('_', "&lowbar;")
        .replace('+', "&plus;");
    let hex = each(|byte| format!("{byte:02x}"));
    let mut all = vec![
        ("raw", KEY.to_owned()),
        ("upper case", KEY.to_uppercase()),
        ("lower case", KEY.to_lowercase()),
        (
            "JSON, as a serialiser may",
            KEY.replace('/', "\\/").replace('=', "\\u003d"),
        ),
        ("JSON in JSON", json.replace('\\', "\\\\")),
        ("JSON, all characters", json),
        ("percent twice", percent.replace('%', "%25")),
        ("percent", percent),
        (
            "percent, all characters",
            each(|byte| format!("%{byte:02x}")),
        ),
        ("HTML names", named),
        ("HTML decimal", each(|byte| format!("&#{byte};"))),
        ("HTML hexadecimal", each(|byte| format!("&#x{byte:X};"))),
        ("hexadecimal", hex.to_uppercase()),
        ("hexadecimal, lower case", hex),
    ];
    for before in ["", "a", "ab", "Bearer "] {
        let text = format!("{before}{KEY}");
        all.push(("Base64", STANDARD.encode(&text)));
        all.push(("Base64 without padding", STANDARD_NO_PAD.encode(&text)));
        all.push(("Base64 of URLs", URL_SAFE.encode(&text)));
    }
    let all = all.into_iter().enumerate();
    all.map(|(n, (name, echo))| (format!("{n} {name}"), echo))
        .collect()
}

/// Each name of a place, with a fault that puts the text there.
fn places(echo: &str) -> Vec<(&'static str, Fault)> {
    let error =
        json!({ "error": { "message": echo, "code": echo, "type": echo }, "request_id": echo });
    let header = |status, name| Fault::from(Fault::status(status).header(name, echo).empty());
    let bad_row =
        json!({ "id": echo, "created_at": echo, (echo): { (echo): echo }, "status": [echo] });
    let flawed_row = json!({
        "id": "batch_0",
        "created_at": NOW,
        "status": [echo],
        "endpoint": { (echo): echo },
        "metadata": echo,
        "errors": { "data": [{ "message": { (echo): echo } }, echo] },
        "request_counts": { "completed": echo },
        (echo): 1,
    });
    let mut good_row = row("batch_0").created_at(NOW).name(echo).build();
    good_row["id"] = echo.into();
    // Lines of results; the whole of the first is the key.
    let lines = [
        json!({ "custom_id": echo, "error": null }),
        json!({ "custom_id": "a", "response": { "status_code": 400, "request_id": echo, "body": echo } }),
        json!({ "custom_id": "b", "error": echo }),
        json!({ "custom_id": "c", "error": { "code": echo, "message": echo } }),
        json!({ "custom_id": "d", "response": { "status_code": 400, "body": error } }),
        json!({ "custom_id": "e", "response": { "status_code": 200, "body": echo } }),
    ];
    let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
    let page = |data: Value, has_more: Value| json!({ "object": "list", "data": data, "first_id": echo, "last_id": echo, "has_more": has_more });
    vec![
        ("lines of results", text(200, "", &lines.join("\n"))),
        ("error", text(401, "application/json", &error.to_string())),
        // Whatever a decoder makes of it.
        (
            "bytes of an error",
            text(401, "application/json", &spliced(echo)),
        ),
        (
            "error in success",
            text(200, "application/json", &error.to_string()),
        ),
        (
            "error as a string",
            text(
                400,
                "application/json",
                &json!({ "error": echo }).to_string(),
            ),
        ),
        (
            "flat error",
            text(429, "application/json", &error["error"].to_string()),
        ),
        ("plain text", text(502, "text/plain", &format!("no {echo}"))),
        (
            "HTML",
            text(502, "text/html", &format!("<p>no <b>{echo}</b></p>")),
        ),
        (
            "text in place of a page",
            text(200, "text/plain", &format!("no {echo}")),
        ),
        ("location", header(302, "location")),
        ("request id", header(500, "x-request-id")),
        ("type of the content", header(400, "content-type")),
        (
            "request id of a page",
            Fault::Header {
                name: "x-request-id".to_owned(),
                value: Some(echo.to_owned()),
            },
        ),
        (
            "has_more",
            text(
                200,
                "application/json",
                &page(json!([]), echo.into()).to_string(),
            ),
        ),
        (
            "data",
            text(
                200,
                "application/json",
                &page(echo.into(), true.into()).to_string(),
            ),
        ),
        (
            "last id",
            text(
                200,
                "application/json",
                &page(json!([]), true.into()).to_string(),
            ),
        ),
        (
            "row with flaws",
            Fault::BadRow {
                at: 1,
                row: flawed_row,
            },
        ),
        (
            "row that cannot be read",
            Fault::BadRow {
                at: 1,
                row: bad_row,
            },
        ),
        (
            "id of a row",
            Fault::BadRow {
                at: 2,
                row: good_row.clone(),
            },
        ),
        (
            "id of the only row",
            text(
                200,
                "application/json",
                &page(json!([good_row]), true.into()).to_string(),
            ),
        ),
    ]
}

fn text(status: u16, label: &str, body: &str) -> Fault {
    let body = ScriptedBody::Text(body.to_owned());
    Fault::from(
        Fault::status(status)
            .header("content-type", label)
            .body(body),
    )
}

/// An error whose text is not escaped by us.
fn spliced(echo: &str) -> String {
    format!("{{\"error\":{{\"message\":\"no {echo}\",\"code\":\"{echo}\"}}}}")
}

/// Everything that a program can show of an error.
fn shown(error: &Error) -> String {
    let parts = (
        error.message(),
        error.code(),
        error.request_id(),
        error.unreadable(),
    );
    let mut text = format!(
        "{error} {error:#} {error:?} {error:#?} {parts:?} {:?}",
        error.cursor()
    );
    text.push_str(&error.checkpoint().map(checkpoint).unwrap_or_default());
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    text
}

/// A checkpoint as it is shown, and what is in its word.
fn checkpoint(place: &Checkpoint) -> String {
    let json = serde_json::to_string(place).expect("JSON");
    format!(" {place:?} {place} {json}")
}

/// The key and what was sent in its place, neither whole nor in long parts.
fn assert_hidden(text: &str, echo: &str, case: &str) {
    let text = text.to_lowercase();
    // The ends of Base64 belong to other text as well.
    let middle = echo[4..echo.len() - 5].to_lowercase();
    let escaped = middle.replace('\\', "\\\\");
    for (whole, length) in [(&*KEY.to_lowercase(), 12), (&*middle, 22), (&*escaped, 22)] {
        for part in whole.as_bytes().windows(length) {
            let part = String::from_utf8_lossy(part);
            assert!(!text.contains(&*part), "{case}: {part} is shown: {text}");
        }
    }
}

fn client(base_url: &str, retries: &Arc<Mutex<String>>) -> Client {
    let retries = Arc::clone(retries);
    let client = Client::builder()
        .api_key(KEY)
        .base_url(base_url)
        .rate_limit(RateLimit::off())
        .retry(RetryPolicy::off())
        .on_retry(move |retry| {
            let mut retries = retries.lock().unwrap_or_else(PoisonError::into_inner);
            retries.push_str(&format!("{retry:?} {}", retry.error));
        })
        .build();
    client.expect("a client")
}

#[tokio::test]
async fn no_encoding_of_the_key_is_shown_from_any_place() {
    keep_logs();
    for (encoding, echo) in encodings() {
        for (place, fault) in places(&echo) {
            let case = format!("{encoding}, {place}");
            let rows = (0..3).map(|n| {
                let row = row(format!("batch_{n}")).created_at(NOW - 60 - n);
                row.status("completed")
                    .request_counts(1, 1, 0)
                    .set("output_file_id", format!("out_{n}"))
            });
            let script = Script::new().on(1.., fault);
            let sandbox = Sandbox::builder()
                .rows(rows)
                .now(NOW)
                .script(script)
                .start();
            let sandbox = sandbox.await.expect("a sandbox");
            let retries = Arc::default();
            let client = client(sandbox.base_url(), &retries);
            let list = client.list_batches(BatchFilter::new());
            let mut text = format!("{client:?} {list:?}");
            let mut pages = list.pages();
            // An error that may not last leaves a list alive.
            for _ in 0..2 {
                match pages.next().await {
                    Some(Ok(page)) => {
                        let redacted: Vec<_> = page.rows.iter().map(BatchExt::redacted).collect();
                        let of_page = (
                            &page.findings,
                            &page.unreadable,
                            &page.next_cursor,
                            &page.request_id,
                        );
                        // The key is in what was sent, and for a program to take out.
                        text.push_str(&client.without_key(&format!(" {redacted:?}")));
                        text.push_str(&format!(" {of_page:?}"));
                    }
                    Some(Err(error)) => text.push_str(&shown(&error)),
                    None => {}
                }
            }
            text.push_str(&format!(" {pages:?}"));
            text.push_str(
                &pages
                    .checkpoint()
                    .as_ref()
                    .map(checkpoint)
                    .unwrap_or_default(),
            );
            match client.batch("batch_0").response().await {
                Ok(found) => {
                    let redacted = format!(" {:?}", found.batch.redacted());
                    text.push_str(&client.without_key(&redacted));
                    text.push_str(&format!(" {:?} {:?}", found.findings, found.request_id));
                }
                Err(error) => text.push_str(&shown(&error)),
            }
            let batch = serde_json::from_value(sandbox.initial_rows()[0].clone());
            let mut lines = client.results(&batch.expect("a batch")).lines();
            while let Some(line) = lines.next().await {
                match line {
                    // Its body is raw, and a program's own.
                    Ok(line) => text.push_str(&format!(" {line:?}")),
                    Err(error) => text.push_str(&shown(&error)),
                }
            }
            text.push_str(&format!(" {lines:?} {:?}", lines.report()));
            let mut chunks = client.file("out_0").chunks();
            while let Some(chunk) = chunks.next().await {
                text.push_str(&chunk.map_or_else(|error| shown(&error), |_| String::new()));
            }
            text.push_str(&format!(" {chunks:?}"));
            let raw = client.raw([("limit", "1")]).await;
            text.push_str(&format!(" {raw:?}"));
            text.push_str(&retries.lock().unwrap_or_else(PoisonError::into_inner));
            assert_hidden(&text, &echo, &case);
        }
    }
    let logs = LOGS.0.lock().unwrap_or_else(PoisonError::into_inner);
    for line in logs.iter() {
        assert_hidden(line, KEY, "log");
    }
}

/// The places of a URL, each with a query that nobody may see.
#[tokio::test]
async fn no_query_of_a_url_is_shown_from_any_place() {
    keep_logs();
    for url in [
        "https://b.example/in.jsonl?Expires=1&Signature=hush",
        "https://b.example/in.jsonl#hush",
        "https://me:hush@b.example/in.jsonl",
        r"https:\/\/b.example\/in.jsonl\u003fSignature\u003dhush",
        "https%3A%2F%2Fb.example%2Fin.jsonl%3FSignature%3Dhush",
        "b.example/in.jsonl?Signature=hush",
    ] {
        for (place, fault) in places(url) {
            let script = Script::new().on(1.., fault);
            let sandbox = Sandbox::builder().now(NOW).script(script).start().await;
            let sandbox = sandbox.expect("a sandbox");
            let client = client(sandbox.base_url(), &Arc::default());
            let shown = |error: Error| format!("{error} {error:#?} {:?}", error.message());
            let mut text = match client.list_batches(BatchFilter::new()).page().await {
                // An id is what it is: the next page is asked for by it.
                Ok(page) => format!(
                    "{:?} {:?} {:?}",
                    page.findings, page.unreadable, page.request_id
                ),
                Err(error) => shown(error),
            };
            let first = sandbox.rows()[0]["id"].as_str().map(str::to_owned);
            text += &match client.batch(first.unwrap_or_default()).response().await {
                Ok(found) => format!("{:?} {:?}", found.findings, found.request_id),
                Err(error) => shown(error),
            };
            let rows = sandbox.rows();
            let ended = rows.iter().filter(|row| !row["output_file_id"].is_null());
            // Of many, the one with the fewest lines.
            let ended = ended.min_by_key(|row| row["request_counts"]["total"].as_u64());
            let batch = serde_json::from_value(ended.expect("a row").clone());
            let mut lines = client.results(&batch.expect("a batch")).lines();
            while let Some(line) = lines.next().await {
                text += &line.map_or_else(shown, |line| format!("{line:?}"));
            }
            text += &format!("{:?}", lines.report());
            assert!(!text.contains("hush"), "{url}, {place}: {text}");
        }
    }
}
