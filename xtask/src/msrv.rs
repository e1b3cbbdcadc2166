//! The oldest Rust that is promised to do: `rust-version`.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::cargo::metadata;
use crate::command::succeed;

/// Compiles everything, tests included, with that toolchain, which rustup brings here if need be.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> Result<()> {
    let metadata = metadata(root)?;
    let member = metadata.packages.first().context("an empty workspace")?;
    let version = member.rust_version.as_ref();
    let version = version.context("no `rust-version`")?.to_string();
    let mut install = Command::new("rustup");
    install.args(["toolchain", "install", "--profile", "minimal", &version]);
    succeed(&mut install).with_context(|| format!("Rust {version} cannot be had"))?;
    let mut check = Command::new("rustup");
    check
        .current_dir(root)
        .args(["run", &version, "cargo", "check", "--workspace"])
        .args(["--all-targets", "--all-features", "--locked"]);
    succeed(&mut check).with_context(|| format!("Rust {version} does not do"))?;
    writeln!(out, "Rust {version} does")?;
    Ok(())
}
