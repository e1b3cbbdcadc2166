//! The key is in nothing that is shown, however a service writes it.

use std::error::Error as _;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qwen_batches::{BatchExt as _, BatchFilter, Client, Error, RetryPolicy};
use serde_json::json;

use crate::support::{FakeClock, Response, Server, builder, page, row, take_log};

fn client(server: &Server, key: &str) -> Client {
    let builder = builder(&server.base_url(), &FakeClock::default());
    let client = builder.api_key(key).retry(RetryPolicy::off()).build();
    client.expect("a client")
}

async fn error(key: &str, response: Response) -> Error {
    let server = Server::start([response]).await;
    let page = client(&server, key).list_batches(BatchFilter::new()).page();
    page.await.expect_err("an error response")
}

fn everything(error: &Error) -> String {
    let mut text = format!("{error}\n{error:#?}\n{:?}", error.message());
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    text
}

/// One character, in one of the ways that are masked.
fn written(letter: char, way: u8) -> String {
    let code = u32::from(letter);
    let percent = |text: &str| text.replace('%', "%25");
    match way {
        0 => letter.to_string(),
        1 => format!("\\u{code:04x}"),
        2 => format!("\\u{code:04X}"),
        3 => format!("%{code:02x}"),
        4 => percent(&format!("%{code:02X}")),
        5 => format!("&#{code};"),
        6 => format!("&#x{code:X};"),
        7 if letter == '/' => "\\/".to_owned(),
        8 if letter == '=' => "&equals;".to_owned(),
        _ => letter.to_uppercase().to_string(),
    }
}

/// A key, and the way in which each of its characters is written.
fn keys() -> impl Strategy<Value = (String, String)> {
    let letter = prop_oneof![
        3 => proptest::char::ranges(vec!['a'..='z', 'A'..='Z', '0'..='9'].into()),
        1 => proptest::char::range('!', '~'),
    ];
    proptest::collection::vec((letter, 0_u8..12), 8..80).prop_map(|letters| {
        let key = letters.iter().map(|(letter, _)| letter).collect();
        let echo = letters.iter().map(|(letter, way)| written(*letter, *way));
        (key, echo.collect())
    })
}

#[test]
fn a_key_is_not_shown_however_its_characters_are_written() {
    let config = Config {
        cases: 200,
        failure_persistence: None,
        ..Config::default()
    };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let mut runner = TestRunner::new_with_rng(config, seed);
    let outcome = runner.run(&(keys(), 0_u8..3), |((key, echo), place)| {
        let text = format!("The key {echo} is wrong.");
        let response = match place {
            0 => Response::new(401, &[("content-type", "text/plain")], &text),
            1 => Response::new(
                401,
                &[],
                &json!({ "error": { "message": text } }).to_string(),
            ),
            _ => Response::new(302, &[("location", &format!("https://h/{echo}"))], ""),
        };
        let error = runtime.block_on(error(&key, response));
        let shown = everything(&error);
        prop_assert!(shown.contains("***"), "{shown}");
        let lower = shown.to_lowercase();
        let key = key.to_lowercase();
        for start in 0..=key.len() - key.len().min(12) {
            let part = &key[start..start + key.len().min(12)];
            // The words of this crate itself are no part of a random key.
            prop_assert!(!lower.contains(part), "{part} of {key} in {shown}");
        }
        Ok(())
    });
    outcome.expect("no key is shown");
}

#[tokio::test]
async fn a_body_is_quoted_if_it_is_text() {
    for (label, body, quoted) in [
        ("text/plain", "short and stout", ": short and stout"),
        ("text/html; charset=utf-8", "<p>short</p>", ": short"),
        ("", "short and stout", ": short and stout"),
        ("text/plain", "  \u{feff}\n{\"a\": \"hidden\"}", ", in "),
        ("text/html", "\u{feff}[\"hidden\", ", ", in "),
        ("text/html", "<pre>{\"a\": \"hidden\"}</pre>", ", in "),
        ("text/plain", "\"hidden", ", in "),
        ("application/json", "hidden", ", in "),
        ("application/problem+json; charset=utf-8", "hidden", ", in "),
        (
            "text/plain",
            "got {ds_batch_finish_callback: hidden}",
            ", in ",
        ),
        ("text/plain", "hid\0den, hidden", ", in "),
        ("application/octet-stream", "hidden", ", in "),
        (
            "text/plain",
            "see https://h/in?Signature=hidden",
            "https://h/in?***",
        ),
        (
            "text/plain",
            "see https:\\/\\/h\\/in\\u003fs=hidden",
            "\\u003f***",
        ),
    ] {
        for status in [200, 400] {
            let headers = [("content-type", label)];
            let headers = &headers[usize::from(label.is_empty())..];
            let error = error("sk-ext-tests", Response::new(status, headers, body)).await;
            let shown = everything(&error);
            assert!(!shown.contains("hidden"), "{label} {body:?}: {shown}");
            assert!(shown.contains(quoted), "{label} {body:?}: {shown}");
        }
    }
}

#[tokio::test]
async fn a_short_key_is_masked_where_the_header_is_quoted() {
    take_log();
    let text = "batch 7 of the batch: got Authorization: Bearer batch and \"authorization\":\"Bearer \\u0062atch\"";
    let response = Response::new(400, &[("content-type", "text/plain")], text);
    let shown = error("batch", response).await.to_string();
    let expected = "batch 7 of the batch: got Authorization: *** and \"authorization\":\"***\"";
    assert!(shown.contains(expected), "{shown}");
    let log = take_log();
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(
        log[0].contains("cannot be kept out of everything"),
        "{log:?}"
    );
}

#[tokio::test]
async fn an_id_that_holds_the_key_is_in_no_checkpoint() {
    let rows = [
        row("batch_1"),
        row("SK\\u002dExt-Tests"),
        row("sk-ext-tests"),
    ];
    for (rows, unreadable) in [(&rows[..], 2), (&rows[1..], 2)] {
        let server = Server::start([Response::json(&page(rows, true))]).await;
        let client = client(&server, "sk-ext-tests");
        let mut pages = client.list_batches(BatchFilter::new()).pages();
        let page = pages.try_next().await.expect("a page").expect("a page");
        assert_eq!(page.unreadable.len(), unreadable);
        assert_eq!(page.next_cursor, None);
        let shown = format!("{page:?} {:?}", pages.checkpoint());
        assert!(!shown.to_lowercase().contains("ext-tests"), "{shown}");
        // It says where it cannot go on, rather than that it has ended.
        assert!(pages.try_next().await.is_err());
    }
}

#[tokio::test]
async fn a_redacted_batch_shows_no_secrets() {
    let mut row = row("batch_1");
    let url = "https://me:word@h.example/a?Signature=hidden";
    row["input_file_id"] = url.into();
    row["output_file_id"] = "h.example/out?hidden".into();
    row["metadata"] = json!({ "ds_name": url, "ds_batch_finish_callback": "https://h/hidden" });
    row["errors"] =
        json!({ "object": "list", "data": [{ "message": format!("bad {url}"), "line": 1 }] });
    row["input_blob"] = json!([{ "url": url }]);
    let server = Server::start([Response::json(&page(&[row], false))]).await;
    let list = client(&server, "sk-ext-tests").list_batches(BatchFilter::new());
    let batch = &list.page().await.expect("a page").rows[0];

    let redacted = serde_json::to_value(batch.redacted()).expect("JSON");
    let shown = format!("{redacted} {:?}", batch.redacted());
    assert!(
        !shown.contains("hidden") && !shown.contains("word"),
        "{shown}"
    );
    let masked = "https://***@h.example/a?***";
    assert_eq!(redacted["input_file_id"], masked);
    assert_eq!(redacted["metadata"]["ds_name"], masked);
    assert_eq!(redacted["metadata"]["ds_batch_finish_callback"], "***");
    assert_eq!(
        redacted["errors"]["data"][0]["message"],
        format!("bad {masked}")
    );
    assert_eq!(redacted["input_blob"][0]["url"], masked);
    assert_eq!(redacted["id"], "batch_1");
    let whole = serde_json::to_value(batch).expect("JSON");
    let names = |value: &serde_json::Value| -> Vec<String> {
        value
            .as_object()
            .expect("members")
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(names(&redacted), names(&whole));
}

#[tokio::test]
async fn a_redacted_batch_makes_nothing_up() {
    let row =
        json!({ "id": "batch_1", "created_at": 1_772_000_000, "input_file_id": "h/a?hidden" });
    let server = Server::start([Response::json(&page(&[row], false))]).await;
    let list = client(&server, "sk-ext-tests").list_batches(BatchFilter::new());
    let batch = &list.page().await.expect("a page").rows[0];
    let redacted = serde_json::to_value(batch.redacted()).expect("JSON");
    assert_eq!(redacted["input_file_id"], "h/a?***");
    for unknown in ["object", "endpoint", "status", "request_counts"] {
        assert!(redacted.get(unknown).is_none(), "{redacted}");
    }
}
