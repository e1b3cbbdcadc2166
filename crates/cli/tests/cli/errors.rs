//! Every way in which nothing is listed.

use insta::assert_snapshot;
use qwen_batches_sandbox::Sandbox;

use crate::support::{Cases, FORMATS, Outcome, Served, bare, hours_old, list, with_key};
use crate::wire::{Response, Wire, error_body};

#[test]
fn no_key() {
    assert_snapshot!("no_key", Outcome::of(bare(&["list"])));
    let mut blank = bare(&["list"]);
    blank.env("DASHSCOPE_API_KEY", " ");
    assert_eq!(Outcome::of(blank).code, 2);
}

#[test]
fn options_that_cannot_be_read() {
    let mut cases = Cases::default();
    for (name, args) in [
        ("status_near_miss", ["--status", "completed,complete"]),
        ("status_unknown", ["--status", "nonsense"]),
        ("status_empty", ["--status", ""]),
        ("time_unknown", ["--created-after", "last week"]),
        (
            "time_without_zone",
            ["--created-before", "2025-03-04T00:00:00"],
        ),
        ("region_unknown", ["--region", "tokyo"]),
        ("output_near_miss", ["--output", "jason"]),
        ("page_size_negative", ["--page-size=-1", "--sandbox"]),
        ("page_size_too_large", ["--page-size", "101"]),
        ("page_size_word", ["--page-size", "ten"]),
    ] {
        let outcome = Outcome::of(bare(&[&["list"], &args[..]].concat()));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{name}");
        cases.add(name, outcome.stderr);
    }
    assert_snapshot!("options", cases);
}

#[test]
fn words_are_read_in_any_case() {
    let sandbox = Served::rows([
        hours_old(1).status("failed"),
        hours_old(2).status("completed"),
    ]);
    let args = ["--status", "FAILED", "--output", "Csv", "--columns", "ID"];
    assert_eq!(list(sandbox.base_url(), &args).lines(), ["id", "batch_1"]);
    let outcome = Outcome::of(bare(&["--color", "Never", "man", "LIST"]));
    assert_eq!(outcome.code, 0, "{outcome}");
}

/// The right word is suggested.
#[test]
fn typing_mistakes() {
    let mut cases = Cases::default();
    for (name, args) in [
        ("command", &["lst"][..]),
        ("option", &["list", "--staus", "completed"]),
        ("status", &["summary", "--status", "in-progress"]),
        ("status_case", &["list", "--status", "Faild"]),
        ("column", &["list", "--columns", "id,created"]),
        ("format", &["summary", "--output", "jsno"]),
        ("color", &["--color", "allways", "list"]),
        ("shell", &["completions", "bahs"]),
        ("page", &["man", "sumary"]),
    ] {
        let outcome = Outcome::of(bare(args));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{name}");
        assert!(outcome.stderr.contains("  tip: a similar "), "{outcome}");
        cases.add(name, outcome.stderr);
    }
    assert_snapshot!("typing_mistakes", cases);
}

#[test]
fn options_without_effect() {
    for (args, expected) in [
        (
            &["list", "--columns", "id", "--output", "jsonl"][..],
            "'--columns <COLUMN>' cannot be used with '--output jsonl'",
        ),
        (
            &["list", "--local", "--output", "csv"],
            "'--local' cannot be used with '--output csv'",
        ),
        (
            &["summary", "--utc", "--output", "json"],
            "'--utc' cannot be used with '--output json'",
        ),
        (
            &["list", "--utc", "--local"],
            "'--utc' cannot be used with '--local'",
        ),
    ] {
        let outcome = Outcome::of(bare(args));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{args:?}");
        assert!(outcome.stderr.contains(expected), "{outcome}");
    }
}

#[test]
fn a_now_that_is_none() {
    let mut command = bare(&["--sandbox", "list"]);
    command.env("QWEN_BATCHES_NOW", "today");
    let outcome = Outcome::of(command);
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (2, ""),
        "{outcome}"
    );
    let start = "error: QWEN_BATCHES_NOW: `today` is no time";
    assert!(outcome.stderr.starts_with(start), "{outcome}");
}

#[test]
fn filters_that_make_no_sense_are_all_named_at_once() {
    let sandbox = Served::rows([hours_old(1)]);
    let outcome = list(
        sandbox.base_url(),
        &[
            "--name",
            "",
            "--input-file",
            "file-1,file-2",
            "--created-after",
            "2025-03-05",
            "--created-before",
            "2025-03-04",
            "--after",
            "",
        ],
    );
    assert_snapshot!("filters_invalid", outcome);
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn servers_that_cannot_be_asked() {
    let mut cases = Cases::default();
    for (name, url) in [
        ("relative", "dashscope.aliyuncs.com"),
        ("local", "localhost:7000/v1"),
        ("port", "http://localhost:port/v1"),
        ("plain", "http://dashscope.aliyuncs.com/compatible-mode/v1"),
        ("password", "https://me:hidden@host.example/v1?token=hidden"),
        (
            "chat",
            "https://batch.dashscope.aliyuncs.com/compatible-mode/v1",
        ),
        (
            "too_long",
            "https://host.example/compatible-mode/v1/batches",
        ),
    ] {
        let outcome = Outcome::of(with_key(&["--base-url", url, "list"]));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{url}");
        assert!(!outcome.stderr.contains("hidden"), "{outcome}");
        cases.add(format!("base URL: {name}"), outcome.stderr);
    }
    for (name, variable, value) in [
        ("base_url", "DASHSCOPE_HTTP_BASE_URL", "nonsense"),
        ("region", "DASHSCOPE_API_REGION", "us-east-1"),
        ("workspace", "DASHSCOPE_WORKSPACE_ID", "evil.example/"),
    ] {
        let mut command = with_key(&["list"]);
        command.env(variable, value);
        let outcome = Outcome::of(command);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{name}");
        cases.add(format!("environment: {name}"), outcome.stderr);
    }
    assert_snapshot!("servers", cases);
}

#[test]
fn a_key_that_is_refused() {
    for format in FORMATS {
        let sandbox = Served::new(Sandbox::builder().api_key("another"));
        let outcome = list(sandbox.base_url(), &["--output", format]);
        assert_snapshot!("key_refused", outcome);
    }
}

#[test]
fn a_cursor_that_the_service_does_not_know() {
    let sandbox = Served::new(Sandbox::builder());
    let outcome = list(sandbox.base_url(), &["--after", "batch_nonsense"]);
    assert_snapshot!("cursor_unknown", outcome);
}

#[test]
fn a_gateway_that_answers_for_the_service() {
    let html = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>";
    let response = || Response::new("502 Bad Gateway", &["content-type: text/html"], html);
    let wire = Wire::serve((0..5).map(|_| response()).collect());
    let outcome = list(wire.base_url(), &["--output", "json"]);
    assert_snapshot!("gateway", outcome);
    assert_eq!(wire.requests().len(), 5);
}

#[test]
fn an_error_that_says_success() {
    let body = error_body("InternalError", "An internal error has occurred.");
    let wire = Wire::serve(vec![Response::json("200 OK", &body)]);
    let outcome = list(wire.base_url(), &["--output", "json"]);
    assert_snapshot!("error_in_success", outcome);
}

#[test]
fn another_service() {
    let wire = Wire::serve(vec![Response::json(
        "200 OK",
        &serde_json::json!({ "data": {} }),
    )]);
    let outcome = list(wire.base_url(), &[]);
    assert_snapshot!("not_a_page", outcome);
}
