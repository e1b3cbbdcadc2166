//! Virtual environments of Python, each of pinned packages and no others.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::process;

/// The Python that makes them.
pub(crate) const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

const LIMIT: Duration = Duration::from_secs(600);

/// The program `name` of the environment in `folder`: its Python, or what a package brings.
pub(crate) fn program(folder: &Path, name: &str) -> PathBuf {
    let bin = if cfg!(windows) { "Scripts" } else { "bin" };
    folder.join(bin).join(format!("{name}{EXE_SUFFIX}"))
}

/// Makes an environment in `folder`, and installs what the file `pins` names, as pip's `options`
/// want it. What is printed goes to files in `logs`.
pub(crate) fn make(folder: &Path, pins: &Path, options: &[&str], logs: &Path) -> Result<()> {
    let mut venv = Command::new(PYTHON);
    venv.args(["-m", "venv"]).arg(folder);
    process::output(&mut venv, &logs.join("venv"), LIMIT)
        .context("no virtual environment can be made; this needs Python 3")?;
    let mut pip = Command::new(program(folder, "python"));
    pip.args(["-m", "pip", "install", "--disable-pip-version-check"])
        // The pins are complete: nothing else may come in.
        .arg("--no-deps")
        .args(options)
        .arg("--requirement")
        .arg(pins);
    process::output(&mut pip, &logs.join("pip"), LIMIT)
        .context("the pinned packages cannot be had from PyPI")?;
    Ok(())
}
