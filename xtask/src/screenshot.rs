//! The pictures of the front page, `docs/*.svg`.
//!
//! They are drawn by tests of the command line, which runs on a terminal there; among all the other
//! tests, those compare. So this program need not know what it pictures.

use std::path::Path;

use anyhow::Result;

use crate::cargo::{Mismatch, cargo_test};
use crate::command::succeed;

/// Tells the tests to write what they would compare.
const WRITE: &str = "QWEN_BATCHES_SCREENSHOT";

const TESTS: [&str; 7] = [
    "test",
    "--locked",
    "--package",
    "qwen-batches-cli",
    "--test",
    "cli",
    "screenshot::",
];

/// Draws the pictures anew.
pub(crate) fn write(root: &Path) -> Result<()> {
    succeed(cargo_test(root, &TESTS, Mismatch::Fails).env(WRITE, "1"))
}

/// Fails where a picture shows another screen than the command line.
pub(crate) fn check(root: &Path) -> Result<()> {
    succeed(cargo_test(root, &TESTS, Mismatch::Fails).env_remove(WRITE))
}
