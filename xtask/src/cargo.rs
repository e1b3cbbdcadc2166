//! Calls of cargo and of other programs.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand};

/// A call of the cargo that runs this program. A snapshot that differs fails its test, whatever the
/// caller's environment says.
pub(crate) fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(arguments)
        .env_remove("INSTA_FORCE_PASS")
        .env("INSTA_UPDATE", "no");
    command
}

/// The members of the workspace at `root`, without what they depend on.
pub(crate) fn metadata(root: &Path) -> Result<Metadata> {
    MetadataCommand::new()
        .current_dir(root)
        .no_deps()
        .exec()
        .context("cargo metadata")
}

/// Runs `command`, which prints its own messages, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} cannot be run"))?;
    if !status.success() {
        bail!("{program} failed; its message is above");
    }
    Ok(())
}

/// The standard output of `command`.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("{program} cannot be run"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        bail!("{program}: {}", message.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{program} printed no UTF-8"))
}
