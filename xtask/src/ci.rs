//! Every gate, each a command that a person can run alone. Adding a gate is adding a line.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::cargo::{cargo, run};

/// In the order of their cost, more or less.
const GATES: &[&str] = &[
    "cargo fmt --all --check",
    "cargo fmt --manifest-path bench/Cargo.toml --all --check",
    "cargo fmt --manifest-path fuzz/Cargo.toml --all --check",
    "cargo xtask tidy",
    "cargo xtask unused",
    "cargo xtask deny",
    "cargo clippy --workspace --all-targets --all-features --locked -- -D warnings",
    // Only that their lock files are up to date: a job of the workflow compiles both, and the bodies
    // of the fuzz targets run among the tests.
    "cargo update --manifest-path bench/Cargo.toml --workspace --locked --quiet",
    "cargo update --manifest-path fuzz/Cargo.toml --workspace --locked --quiet",
    "cargo xtask regen --check",
    "cargo doc --workspace --no-deps --all-features --locked",
    "cargo test --workspace --locked",
    "cargo xtask features",
    "cargo xtask package",
    "cargo xtask interop",
];

/// Runs the gates up to the first that fails; the last lines are what each took.
pub(crate) fn ci(root: &Path, out: &mut dyn Write) -> Result<()> {
    let mut times = Vec::new();
    for gate in GATES {
        writeln!(out, "\n$ {gate}")?;
        out.flush()?;
        let start = Instant::now();
        let arguments: Vec<&str> = gate.split_whitespace().skip(1).collect();
        let mut command = cargo(root, &arguments);
        if gate.starts_with("cargo doc") {
            command.env("RUSTDOCFLAGS", "-D warnings");
        }
        run(&mut command).with_context(|| format!("`{gate}`"))?;
        times.push((start.elapsed().as_secs_f64(), gate));
    }
    writeln!(out)?;
    for (seconds, gate) in &times {
        writeln!(out, "{seconds:6.1} s  {gate}")?;
    }
    let all: f64 = times.iter().map(|(seconds, _)| seconds).sum();
    writeln!(out, "{all:6.1} s  all {} gates passed", times.len())?;
    Ok(())
}
