//! Each status by each shape of body by each phase of a list: what a caller gets.

use std::fmt::Write as _;

use contract_tests::{KEY, NOW};
use qwen_batches::{BatchFilter, Client, Error, ErrorKind, RateLimit, RetryPolicy, Runtime, Sleep};
use qwen_batches_sandbox::{EmptyCursor, Fault, MemberChange, Sandbox, Script, ScriptedBody, Sent};

const STATUSES: [u16; 16] = [
    200, 204, 302, 400, 401, 403, 404, 408, 409, 422, 429, 500, 501, 502, 503, 504,
];

/// The name of a shape, its content type and its text.
const BODIES: [(&str, &str, &str); 5] = [
    (
        "compatible",
        "application/json",
        r#"{"error":{"message":"What is wrong.","type":"some_error","param":null,"code":"some_code"},"request_id":"id"}"#,
    ),
    (
        "no code",
        "application/json",
        r#"{"error":{"message":"What is wrong.","type":"some_error","param":"","code":null}}"#,
    ),
    (
        "native",
        "application/json",
        r#"{"code":"SomeCode","message":"What is wrong.","request_id":"id"}"#,
    ),
    (
        "html",
        "text/html",
        "<html><head><title>Oops</title></head><body>Gateway</body></html>",
    ),
    ("empty", "text/plain", ""),
];

/// At which requests it goes wrong, in a list of five pages.
const PHASES: [(&str, usize); 2] = [("first page", 1), ("later page", 3)];

/// Time that takes none.
#[derive(Debug)]
struct NoTime;

impl Runtime for NoTime {
    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }

    fn wall_clock(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn sleep(&self, duration: std::time::Duration) -> Sleep {
        match duration.as_secs() {
            0..60 => Box::pin(std::future::ready(())),
            // Time limits.
            _ => Box::pin(std::future::pending()),
        }
    }

    fn random(&self) -> f64 {
        0.5
    }
}

async fn list(script: Script) -> (usize, Option<Error>) {
    let sandbox = Sandbox::builder()
        .batches(10)
        .now(NOW)
        .script(script)
        .start()
        .await;
    let sandbox = sandbox.expect("a sandbox");
    let client = Client::builder()
        .api_key(KEY)
        .base_url(sandbox.base_url())
        .rate_limit(RateLimit::off())
        .max_response_bytes(1 << 20)
        .retry(RetryPolicy::default().max_retries(2))
        .runtime(NoTime)
        .build()
        .expect("a client");
    let mut items = client.list_batches(BatchFilter::new()).page_size(2).items();
    let mut rows = 0;
    while let Some(item) = items.next().await {
        match item {
            Ok(_) => rows += 1,
            Err(error) => return (rows, Some(error)),
        }
    }
    (rows, None)
}

/// What goes wrong between connection and page.
fn broken_deliveries() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "reset before the response",
            Fault::Reset {
                after: Sent::Nothing,
            },
        ),
        ("reset behind the head", Fault::Reset { after: Sent::Head }),
        (
            "closed before the response",
            Fault::Cut {
                after: Sent::Nothing,
            },
        ),
        ("cut behind the head", Fault::Cut { after: Sent::Head }),
        (
            "cut in the body",
            Fault::Cut {
                after: Sent::Body(50),
            },
        ),
        ("malformed body", Fault::MalformedJson),
        (
            "deeply nested body",
            Fault::page_member("/data", MemberChange::Nested(500)),
        ),
        ("endless body", Fault::EndlessBody),
        ("redirect", Fault::redirect("https://elsewhere.example/")),
        ("cursor that sticks", Fault::StickyCursor),
        ("no has_more", Fault::HasMore { says: None }),
        (
            "empty page",
            Fault::EmptyPage {
                has_more: true,
                cursor: EmptyCursor::None,
            },
        ),
    ]
}

#[tokio::test]
async fn every_broken_delivery_has_its_kind_and_its_words() {
    let mut table = String::new();
    for (phase, first) in PHASES {
        for (name, fault) in broken_deliveries() {
            let (rows, error) = list(Script::new().on(first.., fault)).await;
            let error = error.expect("a list that is not whole");
            // A cursor that sticks shows on the page behind the first.
            assert!(
                rows == (first - 1) * 2 || name.starts_with("cursor"),
                "{phase} {name}"
            );
            write_row(&mut table, &format!("{phase} | {name}"), &error);
        }
    }
    let nobody = failure_at("http://127.0.0.1:1/v1").await;
    write_row(&mut table, "nobody there", &nobody);
    let plain = Sandbox::builder()
        .batches(1)
        .start()
        .await
        .expect("a sandbox");
    let tls = plain.base_url().replace("http:", "https:");
    write_row(&mut table, "no TLS there", &failure_at(&tls).await);
    insta::assert_snapshot!(table);
}

async fn failure_at(base_url: &str) -> Error {
    let client = Client::builder()
        .api_key(KEY)
        .base_url(base_url)
        .runtime(NoTime)
        .build();
    let list = client.expect("a client").list_batches(BatchFilter::new());
    list.page().await.expect_err("no page")
}

#[tokio::test]
async fn no_second_host_is_asked() {
    let elsewhere = Sandbox::builder()
        .batches(1)
        .start()
        .await
        .expect("a sandbox");
    let location = format!("{}/batches", elsewhere.base_url());
    let (_, error) = list(Script::new().on(.., Fault::redirect(location))).await;
    assert!(error.is_some());
    assert_eq!(elsewhere.request_count(), 0);
}

#[tokio::test]
async fn every_failure_has_its_kind_and_its_words() {
    let mut table = String::new();
    for (phase, first) in PHASES {
        for status in STATUSES {
            for (shape, content_type, body) in BODIES {
                // HTTP allows no body there.
                if status == 204 && !body.is_empty() {
                    continue;
                }
                let response = Fault::status(status)
                    .header("content-type", content_type)
                    .body(if body.is_empty() {
                        ScriptedBody::Empty
                    } else {
                        ScriptedBody::Text(body.to_owned())
                    });
                let (rows, error) = list(Script::new().on(first.., Fault::from(response))).await;
                let error = error.expect("a list that is not whole");
                assert_eq!(rows, (first - 1) * 2, "{phase} {status} {shape}");
                assert_eq!(
                    error.checkpoint().map_or(0, |place| place.delivered()),
                    rows as u64
                );
                write_row(&mut table, &format!("{phase} | {status} | {shape}"), &error);
            }
        }
    }
    insta::assert_snapshot!(table);
}

fn write_row(table: &mut String, case: &str, error: &Error) {
    let shown = format!("{error} {error:#?}");
    assert!(!shown.contains(KEY), "{shown}");
    let (kind, attempts) = (error.kind(), error.attempts());
    let again = if error.is_retryable() {
        "retried"
    } else {
        "final"
    };
    let mut message = without_port(&error.to_string());
    if error.kind() == ErrorKind::Transport {
        // What the operating system says differs from one to another, and from run to run.
        let end = message.find(": ").or_else(|| message.find(" ("));
        message.truncate(end.unwrap_or(message.len()));
    }
    writeln!(
        table,
        "{case} | {kind:?} | {again} | attempts: {attempts} | {message}"
    )
    .expect("a string takes all");
}

fn without_port(text: &str) -> String {
    let Some((before, after)) = text.split_once("127.0.0.1:") else {
        return text.to_owned();
    };
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{before}127.0.0.1:PORT{rest}")
}
