//! Where the programs stand, and how they are called.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::program::{Program, Source};
use crate::cargo::{cargo, executable, metadata};
use crate::files::make_folder;
use crate::interop::{self, Workshop, isolated};
use crate::process::{self, Child};

const BUILD_LIMIT: Duration = Duration::from_secs(1800);
const LIMIT: Duration = Duration::from_secs(600);
const START_LIMIT: Duration = Duration::from_secs(60);

/// The folders, and the programs that have been brought up.
pub(super) struct Workbench {
    pub(super) root: PathBuf,
    /// Where everything is built, and where logs stand.
    pub(super) folder: PathBuf,
    programs: HashMap<Program, PathBuf>,
    python: Option<Workshop>,
}

/// A server that runs until this is dropped, and what its list comes to.
pub(super) struct Server {
    pub(super) base_url: String,
    /// The id of the newest row.
    pub(super) newest: String,
    rows: u64,
    ids: u64,
    /// How it was started.
    pub(super) command: String,
    _process: Child,
}

/// What a program reports of itself.
#[derive(Clone, Debug)]
pub(super) struct Report(Value);

impl Workbench {
    pub(super) fn open(root: &Path) -> Result<Self> {
        let metadata = metadata(root)?;
        let folder: PathBuf = metadata.target_directory.join("bench").into();
        make_folder(&folder.join("logs"))?;
        Ok(Self {
            root: root.to_owned(),
            folder,
            programs: HashMap::new(),
            python: None,
        })
    }

    /// The workspace of the programs.
    pub(super) fn sources(&self) -> PathBuf {
        self.root.join("bench")
    }

    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.folder.join("logs").join(name)
    }

    /// Builds or installs a program, once.
    pub(super) fn bring_up(&mut self, program: Program, out: &mut dyn Write) -> Result<()> {
        if self.programs.contains_key(&program) {
            return Ok(());
        }
        let start = Instant::now();
        let path = match program.source() {
            Source::Bench => self.build(&self.sources(), program.name(), program.name())?,
            Source::Own { package } => self.build(&self.root, package, program.name())?,
            Source::Python { script } => {
                self.python = Some(interop::python(&self.root, out)?);
                self.sources().join(script)
            }
        };
        self.programs.insert(program, path);
        let seconds = start.elapsed().as_secs_f64();
        writeln!(out, "  {} is there ({seconds:.1} s)", program.name())?;
        out.flush()?;
        Ok(())
    }

    /// Builds the program `name` of `package`, and no other: packages that are built together share
    /// the features of their dependencies.
    fn build(&self, workspace: &Path, package: &str, name: &str) -> Result<PathBuf> {
        let arguments = ["build", "--release", "--locked", "--package", package];
        let mut command = cargo(workspace, &arguments);
        command
            .args(["--quiet", "--message-format", "json-render-diagnostics"])
            .arg("--target-dir")
            .arg(&self.folder);
        let output = process::output(&mut command, &self.log("build"), BUILD_LIMIT)
            .with_context(|| format!("{package} does not compile"))?;
        executable(&output, name).with_context(|| format!("cargo names no program {name}"))
    }

    /// A call of a program that was brought up.
    pub(super) fn command(&self, program: Program) -> Result<Command> {
        let path = self.programs.get(&program);
        let path = path.with_context(|| format!("{} was not brought up", program.name()))?;
        Ok(match (&self.python, program.source()) {
            (Some(python), Source::Python { .. }) => {
                let mut command = python.python();
                command.arg(path);
                command
            }
            _ => isolated(path.clone()),
        })
    }

    /// Starts a server with these arguments.
    pub(super) fn serve(&self, arguments: &[&str]) -> Result<Server> {
        let mut command = self.command(Program::Server)?;
        command.args(arguments);
        let mut process = Child::start(&mut command, &self.log("server"))?;
        let said: Value = process
            .wait_for(START_LIMIT, |output| {
                serde_json::from_str(output.lines().next()?).ok()
            })
            .context("the server")?;
        let text = |name: &str| {
            let text = said[name].as_str().map(str::to_owned);
            text.with_context(|| format!("the server names no {name}"))
        };
        let number = |name: &str| {
            let number = said[name].as_u64();
            number.with_context(|| format!("the server names no {name}"))
        };
        Ok(Server {
            base_url: text("base_url")?,
            newest: text("newest")?,
            rows: number("rows")?,
            ids: number("ids")?,
            command: format!("{} {}", Program::Server.name(), arguments.join(" ")),
            _process: process,
        })
    }

    /// Runs a program to its end, without a server of ours.
    pub(super) fn run(&self, program: Program, arguments: &[&str]) -> Result<Report> {
        let mut command = self.command(program)?;
        command.args(arguments);
        let output = process::output(&mut command, &self.log(program.name()), LIMIT)
            .with_context(|| program.name())?;
        let line = output.lines().last().unwrap_or_default();
        let report = serde_json::from_str(line)
            .with_context(|| format!("{} reports `{line}`", program.name()))?;
        Ok(Report(report))
    }

    /// Lets a program list what `server` has; a failure if it comes to anything else.
    pub(super) fn walk(
        &self,
        server: &Server,
        program: Program,
        options: &[&str],
    ) -> Result<Report> {
        let mut arguments = vec![server.base_url.as_str()];
        arguments.extend(options);
        let report = self.run(program, &arguments)?;
        report
            .agrees(server.rows, server.ids)
            .with_context(|| program.name())?;
        Ok(report)
    }
}

impl Report {
    /// A figure that it holds.
    pub(super) fn figure(&self, name: &str) -> Result<f64> {
        let value = self.0[name].as_f64();
        value.with_context(|| format!("no figure `{name}` on this system: {}", self.0))
    }

    fn agrees(&self, rows: u64, ids: u64) -> Result<()> {
        let (their_rows, their_ids) = (self.0["rows"].as_u64(), self.0["ids"].as_u64());
        ensure!(
            their_rows == Some(rows) && their_ids == Some(ids),
            "the server has {rows} rows, which come to {ids}; it came to {}",
            self.0
        );
        Ok(())
    }
}

/// A call as a person would type it.
pub(super) fn typed(program: Program, options: &[&str]) -> String {
    [&[program.name(), "BASE_URL"], options].concat().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn other_rows_than_those_of_the_server_fail() {
        let report = Report(json!({ "rows": 3, "ids": 7, "seconds": 0.5, "peak_kib": null }));
        assert!(report.agrees(3, 7).is_ok());
        assert!(report.agrees(4, 7).is_err());
        assert!(report.agrees(3, 8).is_err());
        assert!(Report(json!({})).agrees(0, 0).is_err());
        assert_eq!(report.figure("seconds").unwrap(), 0.5);
        assert!(report.figure("peak_kib").is_err());
    }

    #[test]
    fn calls_are_typed_without_the_port() {
        assert_eq!(
            typed(Program::Ours, &["--prefetch"]),
            "bench-ours BASE_URL --prefetch"
        );
    }
}
