//! Builds and runs the programs that are compared.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// A program that a benchmark runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Program {
    Server,
    Floor,
    AsyncOpenai,
    OpenaiPython,
    /// The same SDK, on a file of results.
    OpenaiPythonResults,
    /// Our client.
    Product,
    Limiter,
    /// Our command line.
    Cli,
}

impl Program {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "bench-server",
            Self::Floor => "bench-floor",
            Self::AsyncOpenai => "bench-async-openai",
            Self::OpenaiPython => "list_all.py",
            Self::OpenaiPythonResults => "results.py",
            Self::Product => "bench-product",
            Self::Limiter => "bench-limiter",
            Self::Cli => "qwen-batches",
        }
    }
}

/// The folders, and the programs that are built.
pub(crate) struct BenchRun {
    /// Of the workspace above.
    pub(crate) root: PathBuf,
    /// Where everything is built.
    pub(crate) target: PathBuf,
    built: RefCell<HashSet<Program>>,
}

/// What a program reports of itself: figures by name.
pub(crate) type Report = HashMap<String, Value>;

/// A server that runs until this is dropped, and what its list holds.
pub(crate) struct Server {
    process: Child,
    pub(crate) base_url: String,
    /// The id of the newest batch.
    pub(crate) newest: String,
    list: Report,
    /// How it was started.
    pub(crate) command: String,
}

impl BenchRun {
    pub(crate) fn open() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root = fs::canonicalize(root)?;
        Ok(Self {
            target: root.join("target/bench"),
            root,
            built: RefCell::default(),
        })
    }

    /// A call of cargo in `bench/`.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        command.current_dir(self.root.join("bench")).args(arguments);
        command
    }

    /// A call of a program, which is built or installed first. The caller's environment configures
    /// none of them.
    pub(crate) fn command(&self, program: Program) -> Result<Command> {
        if self.built.borrow_mut().insert(program) {
            self.build(program)?;
        }
        let mut command = match program {
            Program::OpenaiPython | Program::OpenaiPythonResults => {
                let mut python = Command::new(self.target.join("venv/bin/python"));
                python.arg(self.root.join("bench/openai-python").join(program.name()));
                python
            }
            _ => Command::new(self.target.join("release").join(program.name())),
        };
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["DASHSCOPE_", "OPENAI_", "QWEN_BATCHES_"]
                .iter()
                .any(|it| text.starts_with(it))
            {
                command.env_remove(name);
            }
        }
        command.env("NO_PROXY", "127.0.0.1");
        Ok(command)
    }

    fn build(&self, program: Program) -> Result<()> {
        println!("  building {}", program.name());
        if matches!(
            program,
            Program::OpenaiPython | Program::OpenaiPythonResults
        ) {
            let venv = self.target.join("venv");
            output(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
            let mut pip = Command::new(venv.join("bin/python"));
            // The same versions as in the tests with openai-python.
            let pins = self.root.join("tests/interop/clients/requirements.txt");
            pip.args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--require-hashes",
            ])
            .arg("--requirement")
            .arg(pins);
            output(&mut pip)?;
            return Ok(());
        }
        let package = match program {
            Program::Cli => "qwen-batches-cli",
            _ => program.name(),
        };
        let mut cargo = self.cargo(&["build", "--release", "--locked", "--quiet"]);
        if program == Program::Cli {
            cargo.current_dir(&self.root);
        }
        cargo
            .args(["--package", package, "--target-dir"])
            .arg(&self.target);
        output(&mut cargo)?;
        Ok(())
    }

    /// Starts a server with these arguments.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Result<Server> {
        let mut command = self.command(Program::Server)?;
        let mut process = command.args(arguments).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().context("it has no output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let list: Report = serde_json::from_str(&line).context("the server")?;
        let text = |name: &str| {
            let text = list.get(name).and_then(Value::as_str).map(str::to_owned);
            text.with_context(|| format!("the server reports no {name}"))
        };
        Ok(Server {
            base_url: text("base_url")?,
            newest: text("newest")?,
            list,
            command: format!("{} {}", Program::Server.name(), arguments.join(" ")),
            process,
        })
    }

    /// Runs a program to its end.
    pub(crate) fn run(&self, program: Program, arguments: &[&str]) -> Result<Report> {
        let output = output(self.command(program)?.args(arguments))?;
        let line = output.lines().last().unwrap_or_default();
        serde_json::from_str(line).with_context(|| format!("{} reports `{line}`", program.name()))
    }

    /// Lets a program list what `server` has; an error if it lists anything else.
    pub(crate) fn list(
        &self,
        server: &Server,
        program: Program,
        options: &[&str],
    ) -> Result<Report> {
        let report = self.run(program, &[&[&*server.base_url], options].concat())?;
        for name in ["rows", "ids"] {
            ensure!(
                server.list.contains_key(name) && report.get(name) == server.list.get(name),
                "{} listed {report:?}, the server has {:?}",
                program.name(),
                server.list
            );
        }
        Ok(report)
    }
}

impl Server {
    /// A text that it reports.
    pub(crate) fn text(&self, name: &str) -> Result<&str> {
        let text = self.list.get(name).and_then(Value::as_str);
        text.with_context(|| format!("the server reports no {name}"))
    }

    /// A number that it reports.
    pub(crate) fn number(&self, name: &str) -> Result<u64> {
        let number = self.list.get(name).and_then(Value::as_u64);
        number.with_context(|| format!("the server reports no {name}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The standard output of a program, which must succeed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .context(name.clone())?;
    if !output.status.success() {
        bail!(
            "{name}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// A figure of a report.
pub(crate) fn figure(report: &Report, name: &str) -> Result<f64> {
    let value = report.get(name).and_then(Value::as_f64);
    value.with_context(|| format!("no figure `{name}` on this system"))
}

/// A call as a person would type it.
pub(crate) fn typed(program: Program, options: &[&str]) -> String {
    [&[program.name(), "BASE_URL"], options].concat().join(" ")
}
