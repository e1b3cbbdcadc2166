//! The same batches in every format.

use insta::assert_snapshot;
use qwen_batches_sandbox::{Sandbox, row};
use serde_json::Value;

use crate::support::{Cases, FORMATS, Outcome, Served, assortment, hours_old, list, with_key};
use crate::wire::{Response, Wire};

#[test]
fn batches_over_several_pages() {
    let mut cases = Cases::default();
    let sandbox = Served::rows(assortment());
    for format in FORMATS {
        let outcome = list(
            sandbox.base_url(),
            &["--page-size", "4", "--output", format],
        );
        cases.add(format, outcome);
    }
    assert_snapshot!("formats", cases);
    assert_eq!(sandbox.request_count(), 2 * FORMATS.len());
}

#[test]
fn the_default_is_a_table() {
    let sandbox = Served::rows(assortment());
    let default = list(sandbox.base_url(), &[]);
    let table = list(sandbox.base_url(), &["--output", "table"]);
    assert_eq!(default.stdout, table.stdout);
}

#[test]
fn columns_that_were_asked_for() {
    let mut cases = Cases::default();
    let sandbox = Served::rows(assortment());
    let columns = "name,id,ended_at,due_at,progress,requests,completion_window,created_at";
    for format in ["table", "csv"] {
        let mut command = with_key(&["list", "--base-url", sandbox.base_url()]);
        command.args(["--columns", columns, "--output", format]);
        cases.add(format, Outcome::of(command));
    }
    assert_snapshot!("columns", cases);
}

/// Also where stdout is no terminal: once in the zone that `TZ` names, once forced into colours.
#[test]
fn times_and_colours_into_a_file() {
    let sandbox = Served::rows(assortment());
    let list = |args: &[&str], zone: &str| {
        let mut command = with_key(&["list", "--base-url", sandbox.base_url()]);
        command.args(args).env("TZ", zone);
        Outcome::of(command)
    };
    let outcome = list(&["--local"], "WEST5");
    assert!(
        outcome.lines()[1].contains("2025-03-06 18:00:00-05:00"),
        "{outcome}"
    );
    let utc = list(&["--utc"], "WEST5");
    assert_eq!(utc.stdout, list(&[], "EAST-8").stdout);
    let painted = list(&["--color", "always"], "UTC");
    assert!(
        painted.stdout.contains("\u{1b}[32mcompleted\u{1b}[0m"),
        "{painted}"
    );
}

#[test]
fn no_batches() {
    let sandbox = Served::rows(Vec::<Value>::new());
    for (format, stdout) in [
        (
            "table",
            "STATUS       CREATED (UTC)        REQUESTS                   NAME                          ID                                          REASON\n",
        ),
        ("json", "[]\n"),
        ("jsonl", ""),
        (
            "csv",
            "id,name,status,created_at,endpoint,total,completed,failed,output_file_id,error_file_id,input_file_id\n",
        ),
        ("ids", ""),
    ] {
        let outcome = list(sandbox.base_url(), &["--output", format]);
        assert_eq!(outcome.stdout, stdout, "{format}");
        let note = "note: no batches (the service lists those of the last 30 days)\n";
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, note));
    }
}

#[test]
fn a_header_is_left_out_on_request() {
    let sandbox = Served::rows([hours_old(1)]);
    for format in ["table", "csv"] {
        let whole = list(sandbox.base_url(), &["-o", format]);
        let rows = list(sandbox.base_url(), &["-o", format, "--no-headers"]);
        assert_eq!(rows.lines(), whole.lines()[1..], "{format}");
        let id = ["batch_1"];
        let named = list(
            sandbox.base_url(),
            &[&["-o", format, "--no-headers"][..], &id].concat(),
        );
        assert_eq!(named.lines(), rows.lines(), "{format}");
    }
}

/// Both JSON formats give the rows as they were received, to the byte.
#[test]
fn json_is_what_the_wire_said() {
    let sandbox = Served::new(Sandbox::builder().seed(7));
    let expected: Vec<String> = sandbox.rows().iter().map(Value::to_string).collect();
    let shown = ["--show-secrets", "--output"];
    let jsonl = list(sandbox.base_url(), &[&shown[..], &["jsonl"]].concat());
    assert_eq!(jsonl.lines(), expected);

    let json = list(sandbox.base_url(), &[&shown[..], &["json"]].concat());
    let array: Vec<Value> = serde_json::from_str(&json.stdout).expect("an array");
    let array: Vec<String> = array.iter().map(Value::to_string).collect();
    assert_eq!(array, jsonl.lines());
}

#[test]
fn a_time_that_is_none_is_shown_as_the_number_that_came() {
    // Beyond the years that any calendar here has, in whatever unit.
    for format in ["table", "csv"] {
        let odd = row("batch_x").created_at(i64::MIN);
        let wire = Wire::serve(vec![Response::page([odd], false)]);
        let outcome = list(wire.base_url(), &["--output", format]);
        assert!(outcome.stdout.contains("-9223372036854775808"), "{outcome}");
    }
}
