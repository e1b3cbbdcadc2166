//! Installs the pinned packages, when the pins or what they stand on have changed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::workshop::{Workshop, make_folder, read, write};
use crate::process;

const LIMIT: Duration = Duration::from_secs(600);

/// Whose packages a step needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    Node,
}

/// Makes sure that the pinned packages of `language`, and no others, are installed.
pub(super) fn bring_up(language: Language, workshop: &Workshop, out: &mut dyn Write) -> Result<()> {
    let folder = language.folder(workshop);
    let stamp = folder.join("pins");
    let wanted = language.stamp(workshop)?;
    if fs::read_to_string(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    let start = Instant::now();
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    match language {
        Language::Python => install_python(workshop)?,
        Language::Node => install_node(workshop, &folder)?,
    }
    // Last: an installation that broke off has no stamp.
    write(&stamp, &wanted)?;
    let seconds = start.elapsed().as_secs_f64();
    writeln!(out, "installed packages of {language:?} ({seconds:.1} s)")?;
    out.flush()?;
    Ok(())
}

impl Language {
    fn folder(self, workshop: &Workshop) -> PathBuf {
        match self {
            Self::Python => workshop.venv(),
            Self::Node => workshop.node_folder(),
        }
    }

    fn pins(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["requirements.txt"],
            Self::Node => &["package.json", "package-lock.json"],
        }
    }

    /// All that decides what is installed: the interpreter, the place, which the programs of a
    /// virtual environment hold, and the pins.
    fn stamp(self, workshop: &Workshop) -> Result<String> {
        let (program, needed) = match self {
            Self::Python => (python(), "Python 3.11 or later"),
            Self::Node => ("node", "Node 20 or later, with npm"),
        };
        let mut command = Command::new(program);
        let log = workshop.log(&format!("{program}-version"));
        let version = process::run(command.arg("--version"), &log, Duration::from_secs(60))
            .and_then(process::Finished::success)
            .with_context(|| format!("this needs {needed}"))?;
        let mut stamp = format!("{version}{}\n", self.folder(workshop).display());
        for file in self.pins() {
            stamp.push_str(&read(&workshop.pins.join(file))?);
        }
        Ok(stamp)
    }
}

fn install_python(workshop: &Workshop) -> Result<()> {
    let mut venv = Command::new(python());
    venv.args(["-m", "venv"]).arg(workshop.venv());
    process::run(&mut venv, &workshop.log("venv"), LIMIT)?
        .success()
        .context("no virtual environment can be made")?;
    let mut pip = Command::new(workshop.python().get_program());
    pip.args(["-m", "pip", "install", "--disable-pip-version-check"])
        // The pins are complete: nothing else may come in, and what does not fit is said.
        .arg("--no-deps")
        .arg("--requirement")
        .arg(workshop.pins.join("requirements.txt"));
    process::run(&mut pip, &workshop.log("pip"), LIMIT)
        .and_then(process::Finished::success)
        .context("the pinned packages cannot be had from PyPI")?;
    let mut check = workshop.python();
    process::run(
        check.args(["-m", "pip", "check"]),
        &workshop.log("pip-check"),
        LIMIT,
    )?
    .success()
    .context("requirements.txt does not fit together")?;
    Ok(())
}

fn install_node(workshop: &Workshop, folder: &Path) -> Result<()> {
    make_folder(folder)?;
    for file in Language::Node.pins() {
        write(&folder.join(file), &read(&workshop.pins.join(file))?)?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(npm);
    command
        .current_dir(folder)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    process::run(&mut command, &workshop.log("npm"), LIMIT)
        .and_then(process::Finished::success)
        .context("the pinned packages cannot be had from the npm registry")?;
    Ok(())
}

fn python() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}
