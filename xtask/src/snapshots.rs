//! The snapshot tests: whole outputs, compared with reviewed `.snap` files by insta.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::cargo::{cargo, run};

/// The command that accepts new output.
pub(crate) const ACCEPT: &str = "cargo xtask snapshots --accept";

/// The packages with snapshots, and a feature that one of the examples needs.
const TESTS: &[&str] = &[
    "test",
    "--quiet",
    "--no-fail-fast",
    "--package=qwen-batches-codegen",
    "--package=qwen-batches",
    "--package=contract-tests",
    "--package=qwen-batches-cli",
    "--features=qwen-batches/blocking",
];

/// Fails where a snapshot differs from what its test produces.
pub(crate) fn check(root: &Path) -> Result<()> {
    run(&mut cargo(root, TESTS)).with_context(|| format!("if the new output is right: `{ACCEPT}`"))
}

/// Writes what the tests produce; git shows what changed.
pub(crate) fn accept(root: &Path) -> Result<()> {
    run(cargo(root, TESTS).env("INSTA_UPDATE", "always"))
}

/// Writes the picture of the front page. A test of the command line draws it, and compares it in
/// every other run.
pub(crate) fn screenshot(root: &Path) -> Result<()> {
    let test = ["test", "--package=qwen-batches-cli", "--test=cli"];
    let mut command = cargo(root, &test);
    run(command
        .arg("screenshot::")
        .env("QWEN_BATCHES_SCREENSHOT", "1"))
}
