//! Calls of other programs.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// What `program` prints, run in `folder`.
pub(crate) fn text(program: &str, arguments: &[&str], folder: &Path) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .with_context(|| format!("{program} cannot be run"))?;
    if !output.status.success() {
        let first = arguments.first().copied().unwrap_or_default();
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{program} {first}: {}", said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("{program}'s answer is not UTF-8"))
}

/// Runs `command`, which prints what it has to say, to its end.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} cannot be run"))?;
    if !status.success() {
        bail!("its message stands above");
    }
    Ok(())
}
