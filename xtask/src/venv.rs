//! Virtual environments of Python, each with pinned packages and no others.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::cargo::{output, run};

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// An environment in a folder.
pub(crate) struct Venv(PathBuf);

impl Venv {
    /// The environment in `folder` with the packages of the file `pins`, installed now if the pins,
    /// the place or Python have changed.
    pub(crate) fn install(folder: PathBuf, pins: &Path) -> Result<Self> {
        let python = output(Command::new(PYTHON).arg("--version")).context("this needs Python")?;
        let text = fs::read_to_string(pins).with_context(|| pins.display().to_string())?;
        let venv = Self(folder);
        let stamp = venv.0.join("pins");
        // Scripts of an environment hold its path.
        let wanted = format!("{python}{}\n{text}", venv.0.display());
        if fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
            return Ok(venv);
        }
        let mut create = Command::new(PYTHON);
        run(create.args(["-m", "venv", "--clear"]).arg(&venv.0))?;
        let mut pip = Command::new(venv.program("python"));
        pip.args(["-m", "pip", "install", "--quiet"])
            .args(["--disable-pip-version-check", "--no-deps"])
            .args(["--require-hashes", "--requirement"])
            .arg(pins);
        run(&mut pip)?;
        // Last: an installation that broke off has no stamp.
        fs::write(&stamp, wanted)?;
        Ok(venv)
    }

    /// The program `name`: Python, or what a package brings.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let bin = if cfg!(windows) { "Scripts" } else { "bin" };
        self.0.join(bin).join(format!("{name}{EXE_SUFFIX}"))
    }
}
