//! What the binary says of itself.

use insta::assert_snapshot;

use crate::support::{Outcome, bare};

#[test]
fn help() {
    assert_snapshot!("help", Outcome::of(bare(&["--help"])));
    assert_snapshot!("help_list", Outcome::of(bare(&["list", "--help"])));
    assert_snapshot!("help_doctor", Outcome::of(bare(&["doctor", "--help"])));
    assert_snapshot!("help_sandbox", Outcome::of(bare(&["sandbox", "--help"])));
}

#[test]
fn no_command() {
    let outcome = Outcome::of(bare(&[]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("Usage: qwen-batches"), "{outcome}");
}
