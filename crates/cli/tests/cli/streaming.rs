//! Rows come as their pages do, and nothing is fetched for a reader that has gone.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::support::{FORMATS, Outcome, bare, hours_old, with_key};
use crate::wire::{Response, Wire};

#[test]
fn rows_are_printed_before_the_next_page_is_there() {
    for format in FORMATS {
        let (second, open) = Response::page([hours_old(2)], false).gated();
        let wire = Wire::serve(vec![Response::page([hours_old(1)], true), second]);
        let args = ["list", "--base-url", wire.base_url(), "--output", format];
        let mut child = with_key(&args)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        // The test hangs here if a format holds its rows back.
        let mut text = String::new();
        while !text.contains("batch_1") {
            let length = stdout.read_line(&mut text).expect("a line");
            assert!(length > 0, "{format}: {text}");
        }
        assert!(text.ends_with('\n'), "{format}: {text:?}");
        open.send(()).expect("the server waits");
        stdout.read_to_string(&mut text).expect("the rest");
        assert!(text.contains("batch_2"), "{format}: {text}");
        assert!(child.wait().expect("it ends").success());
    }
}

#[test]
fn a_reader_that_has_gone_ends_it_with_an_exit_code_of_its_own() {
    for format in FORMATS {
        let (second, open) = Response::page([hours_old(2)], true).gated();
        // More than are ever asked for: a process that another test starts just now may hold the
        // pipe open for a moment.
        let rest = (3..30).map(|n| Response::page([hours_old(n)], true));
        let first = Response::page([hours_old(1)], true);
        let wire = Wire::serve([first, second].into_iter().chain(rest).collect());
        let args = ["list", "--base-url", wire.base_url(), "--output", format];
        let mut child = with_key(&args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        for _ in 0..2 {
            wire.next_request().expect("two pages are asked for");
        }
        drop(stdout);
        open.send(()).expect("the server waits");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(141), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

/// What each command prints to stdout, help included.
const PRINTING: [&[&str]; 11] = [
    &["--help"],
    &["list", "--help"],
    &["--version"],
    &["--sandbox", "list"],
    &["--sandbox", "list", "--output", "json"],
    &["--sandbox", "list", "--output", "csv"],
    &["--sandbox", "summary"],
    &["--sandbox", "doctor", "--output", "json"],
    &["man"],
    &["completions", "bash"],
    &["sandbox"],
];

#[test]
fn a_closed_stdout_is_an_error() {
    for args in PRINTING {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = bare(args);
        command.stdout(writer).stderr(Stdio::piped());
        let outcome = Outcome::new(&command.output().expect("it runs"));
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (141, ""),
            "{args:?}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    for args in PRINTING {
        let full = std::fs::File::options().write(true).open("/dev/full");
        let mut command = bare(args);
        command.stdout(full.expect("every Linux has it"));
        let outcome = Outcome::of(command);
        let start = "error: cannot write to stdout";
        assert!(outcome.stderr.starts_with(start), "{args:?}: {outcome}");
        assert_eq!(outcome.code, 1, "{args:?}: {outcome}");
    }
}
