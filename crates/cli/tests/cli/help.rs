//! What the binary says of itself.

use insta::assert_snapshot;

use crate::support::{Outcome, bare};

#[test]
fn help() {
    assert_snapshot!("help", Outcome::of(bare(&["--help"])));
    assert_snapshot!("help_short", Outcome::of(bare(&["-h"])));
    for command in [
        "list",
        "show",
        "summary",
        "doctor",
        "sandbox",
        "completions",
        "man",
    ] {
        let outcome = Outcome::of(bare(&[command, "--help"]));
        assert_snapshot!(format!("help_{command}"), outcome);
    }
}

#[test]
fn the_help_of_a_command_fits_a_screen() {
    for command in [
        "list",
        "show",
        "watch",
        "summary",
        "doctor",
        "sandbox",
        "completions",
        "man",
    ] {
        let outcome = Outcome::of(bare(&[command, "--help"]));
        let lines = outcome.lines();
        assert!(lines.len() <= 40, "{command}: {} lines", lines.len());
        let widest = lines.iter().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{command}: {widest:?} columns");
    }
}

#[test]
fn no_command() {
    let outcome = Outcome::of(bare(&[]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("Usage: qwen-batches"), "{outcome}");
}
