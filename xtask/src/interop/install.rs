//! Installs the pinned packages, when the pins or what they stand on have changed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use super::workshop::Workshop;
use crate::files::{make_folder, read, remove_folder, write};
use crate::{process, venv};

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
    remove_folder(&folder)?;
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
            Self::Python => (venv::PYTHON, "Python 3.11 or later"),
            Self::Node => ("node", "Node 20 or later, with npm"),
        };
        let mut command = Command::new(program);
        let log = workshop.log(&format!("{program}-version"));
        let version = process::output(command.arg("--version"), &log, Duration::from_secs(60))
            .with_context(|| format!("this needs {needed}"))?;
        let mut stamp = format!("{version}{}\n", self.folder(workshop).display());
        for file in self.pins() {
            stamp.push_str(&read(&workshop.pins.join(file))?);
        }
        Ok(stamp)
    }
}

fn install_python(workshop: &Workshop) -> Result<()> {
    let pins = workshop.pins.join("requirements.txt");
    venv::make(&workshop.venv(), &pins, &[], &workshop.logs())?;
    let mut check = workshop.python();
    process::output(
        check.args(["-m", "pip", "check"]),
        &workshop.log("pip-check"),
        LIMIT,
    )
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
    process::output(&mut command, &workshop.log("npm"), LIMIT)
        .context("the pinned packages cannot be had from the npm registry")?;
    Ok(())
}
