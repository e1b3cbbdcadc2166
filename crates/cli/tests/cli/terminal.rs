//! `list` on a terminal.

use std::fs::File;
use std::process::Command;

use insta::assert_snapshot;

use crate::pty::Terminal;
use crate::support::{Cases, Served, assortment, bare, hours_old, with_key};
use crate::wire::{Response, Wire};

const TALL: u16 = 60;

/// `list` at [`NOW`](crate::support::NOW).
fn command(base_url: &str, args: &[&str]) -> Command {
    let mut command = with_key(&[&["list", "--base-url", base_url], args].concat());
    command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    command
}

fn list(columns: u16, args: &[&str]) -> String {
    let sandbox = Served::rows(assortment());
    let left = Terminal::start(command(sandbox.base_url(), args), TALL, columns).finish();
    assert!(left.code == 0 && !left.is_wrapped, "{left}");
    left.to_string()
}

#[test]
fn as_many_columns_as_there_is_room_for() {
    let mut cases = Cases::default();
    for columns in [160, 120, 80, 60, 40, 20] {
        cases.add(columns, list(columns, &[]));
    }
    assert_snapshot!("columns", cases);
}

/// As wide as ids really are.
#[test]
fn batches_of_the_sandbox() {
    let mut cases = Cases::default();
    for columns in [80, 120, 160] {
        let mut command = bare(&["--sandbox", "list", "--max-items", "12"]);
        command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
        let left = Terminal::start(command, TALL, columns).finish();
        let lines = left.lines.into_iter().take(13).collect::<Vec<_>>();
        cases.add(columns, lines.join("\n"));
    }
    assert_snapshot!("sandbox", cases);
}

#[test]
fn columns_that_were_asked_for_stay() {
    let chosen = ["--columns", "id,created_at,due_at,progress,failed"];
    let mut cases = Cases::default();
    for columns in [80, 30] {
        cases.add(columns, list(columns, &chosen));
    }
    assert_snapshot!("columns_chosen", cases);
}

#[test]
fn times_in_full() {
    let mut cases = Cases::default();
    cases.add("UTC", list(100, &["--utc"]));
    let sandbox = Served::rows(assortment());
    let mut command = command(sandbox.base_url(), &["--local"]);
    command.env("TZ", "EAST-8");
    cases.add("local", Terminal::start(command, TALL, 100).finish());
    assert_snapshot!("times", cases);
}

#[test]
fn colours() {
    let sandbox = Served::rows(assortment());
    let raw = |args: &[&str], variable: &str, value: &str| {
        let mut command = command(sandbox.base_url(), args);
        command.env(variable, value);
        Terminal::start(command, TALL, 100).finish().raw
    };
    assert_snapshot!("colours", raw(&[], "X", "").replace('\u{1b}', "␛"));
    for (args, variable, value, colored) in [
        (&[][..], "NO_COLOR", "1", false),
        // By the standard, an empty value is none.
        (&[], "NO_COLOR", "", true),
        (&[], "TERM", "dumb", false),
        (&["--color", "never"], "CLICOLOR_FORCE", "1", false),
        (&["--color", "always"], "NO_COLOR", "1", true),
        (&["--output", "csv"], "X", "", false),
    ] {
        let raw = raw(args, variable, value);
        assert_eq!(
            raw.contains('\u{1b}'),
            colored,
            "{args:?} {variable}: {raw:?}"
        );
    }
}

/// The second page is held back until there is a spinner.
#[test]
fn a_spinner_while_pages_are_awaited() {
    for (format, first) in [("table", "batch_2"), ("json", "batch_2\"")] {
        let (second, open) = Response::page([3, 4].map(hours_old), false).gated();
        let wire = Wire::serve(vec![Response::page([1, 2].map(hours_old), true), second]);
        let command = command(wire.base_url(), &["--output", format]);
        let mut terminal = Terminal::start(command, TALL, 100);
        terminal.wait_for_text(first);
        terminal.wait_for_text("2 batches so far");
        open.send(()).expect("the server waits");
        let left = terminal.finish();
        assert_eq!(left.code, 0, "{left}");
        if format == "table" {
            assert_snapshot!("spinner", left);
        } else {
            assert!(!left.to_string().contains("so far"), "{left}");
        }
    }
}

#[test]
fn a_spinner_beside_a_file() {
    let (second, open) = Response::page([3, 4].map(hours_old), false).gated();
    let wire = Wire::serve(vec![Response::page([1, 2].map(hours_old), true), second]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("batches");
    let out = File::create(&file).expect("a file");
    let command = command(wire.base_url(), &[]);
    let mut terminal = Terminal::start_with(command, TALL, 100, |command| command.stdout(out));
    terminal.wait_for_text("2 batches so far");
    open.send(()).expect("the server waits");
    let left = terminal.finish();
    assert_eq!((left.code, left.lines.as_slice()), (0, &[][..]), "{left}");
    let text = std::fs::read_to_string(file).expect("a file");
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(text.contains("2025-03-06 23:00:00"), "{text}");
}

/// What is logged meanwhile, here that a call is made again, stands on a line of its own.
#[test]
fn a_spinner_gives_way_to_the_log() {
    let (broken, open) = Response::new("503 Service Unavailable", &["retry-after: 0"], "").gated();
    let wire = Wire::serve(vec![
        Response::page([1, 2].map(hours_old), true),
        broken,
        Response::page([3].map(hours_old), false),
    ]);
    let mut terminal = Terminal::start(command(wire.base_url(), &[]), TALL, 200);
    terminal.wait_for_text("2 batches so far");
    open.send(()).expect("the server waits");
    let left = terminal.finish();
    assert_eq!(left.code, 0, "{left}");
    let warning = left.lines.iter().find(|line| line.contains("warning"));
    assert!(
        warning.is_some_and(|line| line.starts_with("warning: attempt 1")),
        "{left}"
    );
    assert!(!left.to_string().contains("so far"), "{left}");
}

#[test]
fn ctrl_c_takes_the_spinner_away_and_says_how_to_go_on() {
    let (second, _open) = Response::page([3, 4].map(hours_old), false).gated();
    let wire = Wire::serve(vec![Response::page([1, 2].map(hours_old), true), second]);
    let mut terminal = Terminal::start(command(wire.base_url(), &[]), TALL, 100);
    terminal.wait_for_text("2 batches so far");
    terminal.send("\u{3}");
    let left = terminal.finish();
    assert_eq!(left.code, 130, "{left}");
    assert!(!left.to_string().contains("so far"), "{left}");
    let text = left.lines.concat();
    assert!(text.contains("error: interrupted"), "{left}");
    assert!(text.contains("to resume, run: qwen-batches list"), "{left}");
}
