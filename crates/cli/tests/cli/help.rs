//! What the binary says of itself.

use insta::assert_snapshot;

use crate::support::{Cases, Outcome, bare};

const COMMANDS: [&str; 9] = [
    "list",
    "show",
    "results",
    "watch",
    "summary",
    "doctor",
    "sandbox",
    "completions",
    "man",
];

#[test]
fn help() {
    assert_snapshot!("help", Outcome::of(bare(&["--help"])));
    assert_snapshot!("help_short", Outcome::of(bare(&["-h"])));
    let mut cases = Cases::default();
    for command in COMMANDS {
        cases.add(command, Outcome::of(bare(&[command, "--help"])));
    }
    assert_snapshot!("help_of_commands", cases);
}

#[test]
fn the_help_of_a_command_fits_a_screen() {
    for command in COMMANDS {
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
