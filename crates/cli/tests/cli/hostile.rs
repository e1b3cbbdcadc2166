//! Text written by others, on its way to a terminal.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{FORMATS, hours_old, list};
use crate::wire::{Response, Wire, error_body};

const TITLE: &str = "\u{1b}]0;mine\u{7}";

/// No letter that a terminal would act upon, but for the ends of lines.
fn assert_harmless(text: &str) {
    let acting = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!text.contains(acting), "{text:?}");
}

#[test]
fn rows_of_a_table() {
    let row = hours_old(1)
        .set("id", format!("batch_{TITLE}"))
        .name(format!("a{TITLE}b\r\n\u{202e}c\u{9b}31m"))
        .status("done\u{1b}[2J");
    let wire = Wire::serve(vec![Response::page([row], false)]);
    let outcome = list(wire.base_url(), &[]);
    assert_harmless(&outcome.stdout);
    assert_snapshot!("hostile_table", outcome);
}

/// Nor does a terminal get more to act upon than colours.
#[cfg(unix)]
#[test]
fn rows_on_a_terminal() {
    use crate::pty::Terminal;
    use crate::support::with_key;

    let hostile = || {
        hours_old(1)
            .set("id", format!("batch_{TITLE}\n\u{7f}\u{202e}"))
            .name(format!("a{TITLE}b\r\n\u{202e}c\u{9b}31m\u{7f}"))
            .status("done\u{1b}[2J")
            .endpoint(TITLE)
            .completion_window("9\u{1b}c")
            .set("output_file_id", TITLE)
    };
    let wire = Wire::serve(vec![Response::page([hostile()], false)]);
    let columns = "status,name,endpoint,completion_window,output_file_id,id";
    let command = with_key(&["list", "--base-url", wire.base_url(), "--columns", columns]);
    let left = Terminal::start(command, 10, 200).finish();
    let plain = left.raw.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    assert_harmless(&plain.replace("\r\n", "\n"));
    assert_eq!(left.lines.len(), 2, "{left}");

    let listing = FORMATS.map(|format| ["list", "--output", format]);
    for args in listing.into_iter().chain([["summary", "--output", "json"]]) {
        let wire = Wire::serve(vec![Response::page([hostile()], false)]);
        let mut command = with_key(&args);
        command.env("DASHSCOPE_HTTP_BASE_URL", wire.base_url());
        command.env("NO_COLOR", "1");
        let left = Terminal::start(command, 60, 200).finish();
        assert_eq!(left.code, 0, "{args:?}: {left}");
        assert_harmless(&left.raw.replace("\r\n", "\n"));
    }
}

#[test]
fn rows_for_programs_are_not_altered() {
    let name = format!("a{TITLE}\r\nb");
    let row = || hours_old(1).name(name.as_str());
    let wire = Wire::serve(vec![Response::page([row()], false)]);
    let outcome = list(wire.base_url(), &["--output", "jsonl"]);
    let parsed: Value = serde_json::from_str(&outcome.stdout).expect("a row");
    assert_eq!(parsed["metadata"]["ds_name"], name);

    let wire = Wire::serve(vec![Response::page([row()], false)]);
    let outcome = list(wire.base_url(), &["--output", "csv"]);
    assert!(outcome.stdout.contains(&format!("\"{name}\"")), "{outcome}");
}

/// One row is one line, also where nobody looks at it.
#[test]
fn an_id_does_not_forge_another_one() {
    let row = hours_old(1).set("id", "batch_1\nbatch_forged");
    let wire = Wire::serve(vec![Response::page([row], false)]);
    let outcome = list(wire.base_url(), &["--output", "ids"]);
    assert_eq!(outcome.lines(), [r"batch_1\nbatch_forged"]);
}

#[test]
fn errors_and_warnings() {
    let body = error_body(TITLE, &format!("be{TITLE}ware\nerror: forged"));
    let wire = Wire::serve(vec![Response::json("400 Bad Request", &body)]);
    let outcome = list(wire.base_url(), &[]);
    assert_harmless(&outcome.stderr);
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");

    let bad = hours_old(1)
        .set("id", format!("x{TITLE}"))
        .set("created_at", TITLE);
    let wire = Wire::serve(vec![Response::page([bad], false)]);
    let outcome = list(wire.base_url(), &[]);
    assert_harmless(&outcome.stderr);
    assert_eq!(outcome.code, 4, "{outcome}");
}
