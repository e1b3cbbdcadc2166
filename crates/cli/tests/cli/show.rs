//! `show`: one batch, as its user wants it.

use insta::assert_snapshot;
use qwen_batches_sandbox::BatchRow;
use serde_json::{Value, json};

use crate::support::{Cases, NOW, Outcome, Served, hours_old, with_key};

fn show(base_url: &str, args: &[&str]) -> Outcome {
    let all = [&["show", "--base-url", base_url], args].concat();
    let mut command = with_key(&all);
    command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    Outcome::of(command)
}

/// A batch that was refused for two lines of its input.
fn refused() -> BatchRow {
    let error = |code: &str, line: u64, message: &str| json!({ "code": code, "message": message, "param": "url", "line": line });
    hours_old(3)
        .name("two\nlines \u{202e}")
        .status("failed")
        .set("failed_at", NOW - 3 * 3600)
        .set(
            "errors",
            json!({ "object": "list", "data": [
                error("url_not_found", 3, "The url is not supported."),
                error("mismatched_test_url", 70, "It is for tests."),
            ] }),
        )
}

fn expired() -> BatchRow {
    hours_old(26)
        .name("nightly eval")
        .status("expired")
        .request_counts(1_000, 250, 3)
        .set("in_progress_at", NOW - 26 * 3600)
        .set("expired_at", NOW - 2 * 3600)
        .set("output_file_id", "file-batch_output-1")
        .input_file_id("https://h.example/in.jsonl?Signature=hush")
        .description("all of it")
        .metadata_entry("team", "search")
        .metadata_entry("ds_batch_finish_callback", "https://h.example/hush")
        .set("model", "qwen-plus")
}

#[test]
fn what_there_is_to_know() {
    let running = hours_old(2)
        .status("in_progress")
        .set("in_progress_at", NOW - 2 * 3600 + 61)
        .request_counts(1_000, 250, 0)
        // What is no time is shown as it came, and 0 is none.
        .set("finalizing_at", i64::MAX)
        .set("completed_at", 0);
    let sandbox = Served::rows([running, refused(), expired()]);
    let mut cases = Cases::default();
    for (name, args) in [
        ("refused", &["batch_3"][..]),
        ("expired", &["batch_26"]),
        ("expired_secrets", &["26", "--show-secrets"]),
        ("running", &["batch_2"]),
    ] {
        let outcome = show(sandbox.base_url(), args);
        cases.add(name, outcome);
    }
    assert_snapshot!("show", cases);
}

#[test]
fn a_whole_id_takes_one_call_and_first_characters_will_do() {
    let sandbox = Served::rows((1..=200).map(hours_old));
    let text = show(sandbox.base_url(), &["batch_199"]);
    assert_eq!(sandbox.request_count(), 1, "{text}");
    let json = show(sandbox.base_url(), &["199", "-o", "json"]);
    let [line] = json.lines()[..] else {
        panic!("{json}");
    };
    let shown: Value = serde_json::from_str(line).expect("an object");
    assert_eq!(shown, sandbox.rows()[198]);

    for (name, error) in [
        ("batch_20", None),
        ("19", Some("`19` is ambiguous: 11 ids begin with it: ")),
        (
            "batch_old",
            Some("no batch of the last 30 days has an id that begins with `batch_old`"),
        ),
        (
            "../files",
            Some("no batch of the last 30 days has an id that begins with `../files`"),
        ),
    ] {
        let outcome = show(sandbox.base_url(), &[name]);
        let code = if error.is_some() { 2 } else { 0 };
        assert_eq!(outcome.code, code, "{outcome}");
        let error = error.unwrap_or_default();
        assert!(outcome.stderr.contains(error), "{outcome}");
        assert_eq!(outcome.stdout.is_empty(), code == 2, "{outcome}");
    }
    let outcome = show(sandbox.base_url(), &["batch_1", "-o", "json", "--utc"]);
    assert!(
        outcome.code == 2 && outcome.stderr.contains("it is for tables"),
        "{outcome}"
    );
}

#[cfg(unix)]
#[test]
fn on_a_terminal_with_ages_and_colours() {
    use crate::pty::Terminal;

    let sandbox = Served::rows([refused()]);
    let mut command = with_key(&["show", "batch_3"]);
    command
        .env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z")
        .env("DASHSCOPE_HTTP_BASE_URL", sandbox.base_url());
    let left = Terminal::start(command, 30, 100).finish();
    assert_snapshot!("show_terminal", left);
    assert!(left.raw.contains("\u{1b}[31mrefused\u{1b}[0m"), "{left}");
}
