//! `qwen-batches summary`

use std::process::Command;

use insta::assert_snapshot;
use qwen_batches_sandbox::{BatchRow, Fault, Sandbox};
use serde_json::{Value, json};

use crate::support::{Cases, NOW, Outcome, Served, bare, hours_old, with_key};
use crate::wire::{Response, Wire, error_body};

/// `summary` at [`NOW`](crate::support::NOW).
fn command(base_url: &str, args: &[&str]) -> Command {
    let mut command = with_key(&[&["summary"], args].concat());
    command.env("DASHSCOPE_HTTP_BASE_URL", base_url);
    command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    command
}

fn summary(base_url: &str, args: &[&str]) -> Outcome {
    Outcome::of(command(base_url, args))
}

fn errors(entries: Value) -> Value {
    json!({ "object": "list", "data": entries })
}

/// One of each kind that a summary keeps apart.
fn kinds() -> Vec<BatchRow> {
    let line = |n: i64| json!({ "code": "url_not_found", "message": "no such url", "param": "url", "line": n });
    vec![
        hours_old(1).name("young"),
        hours_old(23)
            .name("nearly due")
            .status("in_progress")
            .request_counts(1_000, 600, 50),
        hours_old(25)
            .name("not yet due: its window is longer")
            .status("in_progress")
            .completion_window("7d")
            .request_counts(1_000, 0, 0),
        hours_old(24)
            .name("due this very second")
            .status("finalizing"),
        hours_old(30).name("overdue").status("finalizing"),
        hours_old(40).name("更晚了").status("cancelling"),
        // Done, if late: nothing is due any more.
        hours_old(50)
            .name("done")
            .status("completed")
            .request_counts(50_000, 49_880, 120)
            .set("completed_at", 1),
        hours_old(51)
            .name("completed, they say")
            .status("completed")
            .request_counts(7, 0, 7),
        hours_old(60)
            .name("wrong lines")
            .status("failed")
            .set("errors", errors(json!([line(3), line(9)]))),
        hours_old(61).name("wrong line").status("failed").set(
            "errors",
            errors(
                json!([line(1), { "code": null, "message": null, "param": null, "line": null }]),
            ),
        ),
        hours_old(62).name("wrong for no reason").status("failed"),
        hours_old(70).status("paused_by_the_operator"),
        hours_old(80).status("expired").request_counts(10, 4, 0),
        hours_old(81)
            .name("paid for")
            .status("cancelled")
            .request_counts(10, 4, 6)
            .set("cancelled_at", NOW - 79 * 3600)
            .set("output_file_id", "file-batch_output-81"),
    ]
}

#[test]
fn every_kind() {
    let sandbox = Served::rows(kinds());
    let mut cases = Cases::default();
    for format in ["table", "json"] {
        cases.add(format, summary(sandbox.base_url(), &["--output", format]));
    }
    assert_snapshot!("summary", cases);
    let default = summary(sandbox.base_url(), &[]);
    let table = summary(sandbox.base_url(), &["--output", "table"]);
    assert_eq!(default.stdout, table.stdout);
}

#[cfg(unix)]
#[test]
fn on_a_terminal() {
    use crate::pty::Terminal;

    let sandbox = Served::rows(kinds());
    let mut cases = Cases::default();
    for columns in [120, 60] {
        let run = |args| Terminal::start(command(sandbox.base_url(), args), 60, columns).finish();
        cases.add(columns, run(&[]));
        // Without the note with a command, which is as long as the command.
        let left = run(&["-q"]);
        assert!(!left.is_wrapped, "{left}");
    }
    assert_snapshot!("summary_terminal", cases);
}

/// Ctrl-C leaves no trace of the spinner, and no half of a summary.
#[cfg(unix)]
#[test]
fn stopped_by_ctrl_c() {
    use crate::pty::Terminal;

    let (second, _open) = Response::page([hours_old(2)], false).gated();
    let wire = Wire::serve(vec![Response::page([hours_old(1)], true), second]);
    let mut terminal = Terminal::start(command(wire.base_url(), &[]), 20, 80);
    terminal.wait_for_text("1 batch so far");
    terminal.send("\u{3}");
    let left = terminal.finish();
    let expected = [
        "error: interrupted",
        "error: there is no summary: the list broke off after 1 batch",
    ];
    assert_eq!(
        (left.code, left.lines.as_slice()),
        (130, &expected.map(str::to_owned)[..])
    );
}

#[test]
fn of_many_a_few_are_named() {
    let rows = (0..25).map(|n| hours_old(100 + n).status("in_progress"));
    let sandbox = Served::rows(rows);
    let outcome = summary(sandbox.base_url(), &[]);
    let lines = outcome.lines();
    let start = lines.iter().position(|line| *line == "Overdue: 25");
    let start = start.expect("they are overdue");
    assert!(lines[start + 3].ends_with("batch_124"), "{outcome}");
    assert_eq!(lines[start + 13], "and 15 more, which --output json names");

    let outcome = summary(sandbox.base_url(), &["--output", "json"]);
    let value: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(value["overdue"].as_array().map(Vec::len), Some(25));
}

/// Long past what is usual for its endpoint, and not before there is a usual.
#[test]
fn what_is_likely_stuck() {
    let running = |id: &str, hours: i64| {
        let row = hours_old(hours).set("id", id).status("in_progress");
        row.completion_window("14d")
    };
    let done = (0..10).map(|n| {
        let row = hours_old(200 + n).status("completed");
        let end = NOW - (190 + n) * 3600;
        row.request_counts(9, 9, 0).set("completed_at", end)
    });
    let done: Vec<BatchRow> = done.collect();
    for (finished, expected) in [(10, &["late"][..]), (9, &[])] {
        let others = running("other", 90).endpoint("/v1/embeddings");
        let rows = [running("early", 29), running("late", 31), others];
        let rows = rows.into_iter().chain(done[..finished].iter().cloned());
        let sandbox = Served::rows(rows);
        let outcome = summary(sandbox.base_url(), &["--output", "json"]);
        let value: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
        let stuck = value["stuck"].as_array().expect("a list");
        let ids: Vec<&str> = stuck.iter().filter_map(|it| it["id"].as_str()).collect();
        assert_eq!(ids, expected, "{outcome}");
    }
}

/// The batches that everybody can look at without a key.
#[test]
fn the_sandbox_has_something_for_somebody() {
    let outcome = Outcome::of(bare(&["--sandbox", "summary"]));
    assert_eq!(outcome.code, 0, "{outcome}");
    for title in [
        "Paid for, but not done: ",
        "Every request failed: ",
        "Refused in validation: ",
        "Overdue: 1\n",
        "Likely stuck: 1\n",
    ] {
        assert!(outcome.stdout.contains(title), "{outcome}");
    }
}

/// The sums are those of the batches that match, whatever the server makes of the filter.
#[test]
fn of_a_server_that_ignores_filters() {
    let all = Fault::IgnoreFilters {
        filters: Vec::new(),
    };
    let sandbox = Served::new(Sandbox::builder().rows(kinds()).always(all));
    for (args, batches) in [
        (&["--status", "failed"][..], 3),
        (&["--status", "failed", "--created-after", "61h"], 2),
        (&["--name", "nobody has this name"], 0),
    ] {
        let outcome = summary(sandbox.base_url(), &[args, &["--output", "json"]].concat());
        let value: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
        assert_eq!(
            (&value["batches"], outcome.code),
            (&json!(batches), 0),
            "{outcome}"
        );
    }
}

#[test]
fn filters_are_those_of_list() {
    let sandbox = Served::rows(kinds());
    let args = [
        "--status",
        "failed",
        "--created-after",
        "61h",
        "--output",
        "json",
        "--filter-zone",
        "UTC+8",
    ];
    let outcome = summary(sandbox.base_url(), &args);
    let value: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(value["batches"], 2, "{outcome}");
    let request = sandbox.requests().pop().expect("a request");
    assert_eq!(request.param("status").as_deref(), Some("failed"));
    assert_eq!(
        request.param("create_after").as_deref(),
        Some("20250304185959")
    );
}

#[test]
fn of_a_list_of_several_pages() {
    let rows: Vec<_> = (0..250).map(hours_old).collect();
    let sandbox = Served::rows(rows);
    let outcome = summary(sandbox.base_url(), &["--output", "json"]);
    let value: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(
        (value["batches"].as_u64(), sandbox.request_count()),
        (Some(250), 3)
    );
}

#[test]
fn no_batches() {
    let sandbox = Served::rows(Vec::<Value>::new());
    assert_snapshot!("summary_none", summary(sandbox.base_url(), &[]));
}

#[test]
fn rows_that_cannot_be_read_are_counted() {
    let bad = hours_old(2).set("created_at", "2025-03-06T22:00:00Z");
    let mut cases = Cases::default();
    for format in ["table", "json"] {
        let page = Response::page([hours_old(1), bad.clone(), hours_old(3)], false);
        let wire = Wire::serve(vec![page]);
        let outcome = summary(wire.base_url(), &["--output", format]);
        assert_eq!(outcome.code, 4, "{outcome}");
        cases.add(format, outcome);
    }
    assert_snapshot!("summary_unreadable", cases);
}

#[test]
fn a_list_that_breaks_off_is_not_summed_up() {
    let body = error_body("Arrearage", "Access denied, your account is overdue.");
    let refused = || Response::json("400 Bad Request", &body);
    let page = Response::page([1, 2].map(hours_old), true);
    let wire = Wire::serve(vec![page, refused()]);
    assert_snapshot!("summary_cut", summary(wire.base_url(), &[]));

    let wire = Wire::serve(vec![refused()]);
    let outcome = summary(wire.base_url(), &["--output", "json"]);
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (1, ""),
        "{outcome}"
    );
    assert!(!outcome.stderr.contains("no summary"), "{outcome}");
}

#[test]
fn nothing_is_asked_without_a_key_or_with_a_filter_that_makes_no_sense() {
    let outcome = Outcome::of(bare(&["summary"]));
    assert_eq!(outcome.code, 2, "{outcome}");
    assert!(outcome.stderr.contains("no API key"), "{outcome}");

    let sandbox = Served::new(Sandbox::builder());
    let outcome = summary(sandbox.base_url(), &["--name", ""]);
    assert_eq!((outcome.code, sandbox.request_count()), (2, 0), "{outcome}");

    let sandbox = Served::new(Sandbox::builder().api_key("another"));
    assert_eq!(summary(sandbox.base_url(), &[]).code, 3);
}

#[test]
fn numbers_and_texts_that_nobody_planned_for() {
    let title = "\u{1b}]0;mine\u{7}";
    let entry =
        json!({ "code": title, "message": format!("{title}\n"), "param": title, "line": -1 });
    let rows = [
        hours_old(1).status(format!("done{title}")).request_counts(
            i64::MAX as u64,
            i64::MAX as u64,
            i64::MAX as u64,
        ),
        hours_old(2)
            .status("completed")
            .set("completion_window", "for ever")
            .request_counts(i64::MAX as u64, 1, i64::MAX as u64),
        hours_old(3)
            .name(title)
            .status("failed")
            .set("id", title)
            .set("errors", errors(json!([entry]))),
        hours_old(4).set("created_at", i64::MAX),
        hours_old(5).set("completion_window", "99999999999999d"),
    ];
    let wire = Wire::serve(vec![Response::page(rows.clone(), false)]);
    let outcome = summary(wire.base_url(), &[]);
    let acts = |c: char| c.is_control() && c != '\n';
    assert!(!outcome.stdout.contains(acts), "{outcome}");
    assert_snapshot!("summary_hostile", outcome);

    let wire = Wire::serve(vec![Response::page(rows, false)]);
    let outcome = summary(wire.base_url(), &["--output", "json"]);
    let value: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(value["requests"]["total"], i64::MAX, "{outcome}");
    assert_eq!(value["refused"][0]["code"], title);
}
