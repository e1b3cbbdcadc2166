//! The snapshot tests: whole outputs, compared with reviewed `.snap` files by insta.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::cargo::{cargo, run};

/// The command that accepts new output.
pub(crate) const ACCEPT: &str = "cargo xtask snapshots --accept";

/// The packages with snapshots, and the examples, which need features that the others must not have.
/// What `--test` names is built, and no example.
const TESTS: [&[&str]; 3] = [
    &[
        "test",
        "--quiet",
        "--no-fail-fast",
        "--package=qwen-batches-codegen",
        "--package=qwen-batches",
        "--package=contract-tests",
        "--package=qwen-batches-cli",
    ],
    &[
        "build",
        "--quiet",
        "--package=qwen-batches",
        "--all-features",
        "--examples",
    ],
    &[
        "test",
        "--quiet",
        "--package=qwen-batches",
        "--all-features",
        "--test=examples",
    ],
];

/// Fails where a snapshot differs from what its test produces.
pub(crate) fn check(root: &Path) -> Result<()> {
    for tests in TESTS {
        run(&mut cargo(root, tests))
            .with_context(|| format!("if the new output is right: `{ACCEPT}`"))?;
    }
    Ok(())
}

/// Writes what the tests produce; git shows what changed.
pub(crate) fn accept(root: &Path) -> Result<()> {
    for tests in TESTS {
        run(cargo(root, tests).env("INSTA_UPDATE", "always"))?;
    }
    Ok(())
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
