//! `watch` where stdout is no terminal: a line for each change, and an exit code at the end.
//!
//! The sandbox's batches move on with each request, so that what is printed does not depend on how
//! fast anything is.

use std::process::Command;

use insta::assert_snapshot;
use qwen_batches_sandbox::{
    BatchLifecycle, Clock, Fault, Lifecycle, Sandbox, SandboxBuilder, Script, row,
};
use serde_json::{Value, json};

use crate::support::{Cases, NOW, Outcome, Served, hours_old, with_key};

/// A minute passes with each request.
pub(crate) fn serve(builder: SandboxBuilder) -> Served {
    Served::new(builder.clock(Clock::PerRequest { seconds: 60 }))
}

/// A batch whose every step takes a minute, but for two of work.
pub(crate) fn batch(n: i64, name: &str, life: Lifecycle) -> BatchLifecycle {
    let life = life.validating(60).running(120).finalizing(60);
    let row = row(format!("batch_{n}")).created_at(NOW - n).name(name);
    row.lifecycle(life)
}

pub(crate) fn lives() -> Vec<BatchLifecycle> {
    vec![
        batch(1, "nightly eval", Lifecycle::completes(100).failing(10)),
        batch(2, "bad\u{1b}[2J input\r\n", Lifecycle::is_rejected()),
        batch(3, "夜间评测", Lifecycle::is_cancelled(9, 4)),
        batch(4, "all in vain", Lifecycle::completes(7).failing(7)),
        // It comes while the others are under way.
        batch(-61, "newcomer", Lifecycle::expires(50, 20)),
    ]
}

/// `watch` at [`NOW`], of everything, with hardly a pause.
pub(crate) fn command(base_url: &str, args: &[&str]) -> Command {
    let usual = ["watch", "--created-after", "20d", "--interval", "10ms"];
    let mut command = with_key(&[&usual[..], args].concat());
    command.env("DASHSCOPE_HTTP_BASE_URL", base_url);
    command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    command
}

fn watch(builder: SandboxBuilder, args: &[&str]) -> Outcome {
    let sandbox = serve(builder);
    Outcome::of(command(sandbox.base_url(), args))
}

#[test]
fn a_line_for_each_change() {
    let outcome = watch(Sandbox::builder().lifecycles(lives()), &[]);
    assert_snapshot!("watch_lines", outcome);
}

#[test]
fn an_object_for_each_change() {
    let secret = row("batch_1")
        .created_at(NOW)
        .metadata_entry(
            "ds_batch_finish_callback",
            "https://h.example/?token=secret",
        )
        .input_file_id("https://b.example/in.jsonl?Signature=secret")
        .lifecycle(
            Lifecycle::completes(4)
                .validating(60)
                .running(120)
                .finalizing(0),
        );
    let script = Script::new().on(2, Fault::ErrorAsSuccess);
    let builder = Sandbox::builder().lifecycles([secret]).script(script);
    let outcome = watch(builder, &["--output", "jsonl"]);
    assert!(!outcome.stdout.contains("secret"), "{outcome}");
    let mut objects: Vec<Value> = outcome
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    // Each request has another id.
    objects[1]["error"] = json!("...");
    let short: Vec<String> = objects
        .iter_mut()
        .map(|object| {
            let batch = object["batch"].take();
            if batch.is_object() {
                let fields = batch.as_object().map_or(0, serde_json::Map::len);
                assert_eq!(fields, 20, "{batch}");
                object["batch"] = json!([batch["id"], batch["status"], batch["request_counts"]]);
            }
            object.to_string()
        })
        .collect();
    assert_snapshot!("watch_jsonl", short.join("\n"));
    assert_eq!(outcome.code, 0, "{outcome}");
}

#[test]
fn the_exit_code_says_how_it_ended() {
    let completes = || batch(1, "a", Lifecycle::completes(3));
    let fails = || batch(2, "b", Lifecycle::is_rejected());
    let stuck = || hours_old(1).status("in_progress");
    let torn = Fault::BadRow {
        at: 1,
        row: json!({ "id": "batch_1", "created_at": null }),
    };
    let cases: Vec<(&str, SandboxBuilder, &[&str])> = vec![
        ("done", Sandbox::builder().lifecycles([completes()]), &[]),
        (
            "failed",
            Sandbox::builder().lifecycles([completes(), fails()]),
            &[],
        ),
        (
            "any_failed",
            Sandbox::builder().lifecycles([completes(), fails()]),
            &["--until", "any-failed"],
        ),
        (
            "any_failed_none",
            Sandbox::builder().lifecycles([completes()]),
            &["--until", "any-failed"],
        ),
        (
            "timed_out",
            Sandbox::builder().rows([stuck()]),
            &["--timeout", "0s"],
        ),
        ("none", Sandbox::builder().batches(0), &[]),
        (
            "unreadable",
            Sandbox::builder()
                .rows([
                    hours_old(1).status("completed"),
                    hours_old(2).status("completed"),
                ])
                .script(Script::new().on(1.., torn)),
            &[],
        ),
        ("key", Sandbox::builder().api_key("another"), &[]),
        (
            "gone",
            Sandbox::builder()
                .rows([stuck()])
                .script(Script::new().on(2, Fault::ExpireAtTail { rows: 1 })),
            &[],
        ),
    ];
    let mut printed = Cases::default();
    for (name, builder, args) in cases {
        printed.add(name, watch(builder, args));
    }
    assert_snapshot!("watch_ends", printed);
}

#[test]
fn without_a_filter_it_watches_what_is_not_done() {
    let done = (10..30).map(|n| hours_old(n).status("completed"));
    let lives = [
        batch(1, "old", Lifecycle::completes(3)),
        batch(-1, "new", Lifecycle::completes(3)),
    ];
    let sandbox = serve(Sandbox::builder().rows(done).lifecycles(lives));
    let mut command = with_key(&[
        "watch",
        "--base-url",
        sandbox.base_url(),
        "--interval",
        "10ms",
    ]);
    command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    let outcome = Outcome::of(command);
    assert_eq!(outcome.code, 0, "{outcome}");
    let appeared: Vec<&str> = outcome
        .stdout
        .lines()
        .filter(|line| line.contains("  + "))
        .filter_map(|line| line.split_whitespace().last())
        .collect();
    assert_eq!(appeared, ["batch_-1", "batch_1"], "{outcome}");
}

#[test]
fn polls_that_fail_are_reported_and_made_again() {
    let script = Script::new()
        .on(2, Fault::ErrorAsSuccess)
        .on(3, Fault::HasMore { says: None });
    let builder = Sandbox::builder()
        .lifecycles([batch(1, "a", Lifecycle::completes(3))])
        .script(script);
    let outcome = watch(builder, &[]);
    assert_eq!(outcome.code, 0, "{outcome}");
    let warnings: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(warnings.len(), 4, "{outcome}");
    assert!(
        warnings[0].starts_with("warning: the poll failed; again in 0s: the service returned 200"),
        "{outcome}"
    );
    assert!(
        warnings[1].starts_with("warning: the poll failed 2 times in a row; again in 0s: "),
        "{outcome}"
    );
    assert_eq!(warnings[2], "note: 1 batch done");
}

#[test]
fn what_cannot_be_is_said_before_anything_is_sent() {
    let mut cases = Cases::default();
    for (name, args) in [
        (
            "interval",
            &[
                "--base-url",
                "https://elsewhere.example/v1",
                "--interval",
                "9s",
            ][..],
        ),
        ("span", &["--sandbox", "--timeout", "soon"]),
        ("until", &["--sandbox", "--until", "any-fail"]),
    ] {
        let outcome = Outcome::of(with_key(&[&["watch"], args].concat()));
        cases.add(name, outcome);
    }
    assert_snapshot!("watch_refused", cases);
}
