//! Housekeeping of the workspace: `cargo xtask --help`.
//!
//! Knows the contract and the code generation, never what is generated: it has to run when the
//! generated client does not compile.

mod cargo;
mod ci;
mod diff;
mod interop;
mod regen;
mod snapshots;
mod tidy;
mod tools;
mod venv;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// The contract, from the root of the workspace.
const CONTRACT: &str = "openapi/batches.yaml";

/// Housekeeping of the qwen-batches workspace
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Write the reviewed copies of the generated client, report what changed in the contract, and
    /// run the snapshot tests
    Regen {
        /// Write nothing; fail where a copy is out of date, or where `info.version` does not follow
        /// from what changed in the contract
        #[arg(long)]
        check: bool,
        /// Skip the snapshot tests
        #[arg(long, conflicts_with = "check")]
        no_test: bool,
        /// Keep the contract in `openapi/published/` as the accepted one of its version
        #[arg(long, conflicts_with = "check")]
        accept_version: bool,
    },
    /// Report what changed in the contract, and whom it breaks
    ///
    /// Each line is a change: its class, who meets it, and where it is, in the old document or in
    /// the new one. Exit code: 0 no change, or documentation; 10 compatible; 20 breaking; 1 an
    /// error; 2 a wrong command line.
    Diff {
        /// A file, or a revision of the contract; the newest accepted version by default
        #[arg(long, value_name = "REV|FILE")]
        base: Option<String>,
    },
    /// Run the snapshot tests
    Snapshots {
        /// Write what the tests produce as the new snapshots
        #[arg(long)]
        accept: bool,
    },
    /// Draw the picture of the front page, `docs/watch.svg`
    Screenshot,
    /// Measure the estimate of a batch's end on simulated batches, and write the figures of the docs
    Estimate,
    /// Check layers, provenance and leftovers
    Tidy,
    /// Check licences, sources, bans and second versions of all crates (cargo-deny)
    Deny,
    /// Lint and test the library with each choice of its features (cargo-hack)
    Features,
    /// Find dependencies that nothing uses (cargo-shear)
    Unused,
    /// Compile the published crates from their packages (cargo package)
    Package,
    /// Compile everything with the oldest supported Rust (rustup)
    Msrv,
    /// Run foreign programs against the contract, the sandbox and the client (pytest)
    Interop {
        /// A folder of tests/interop
        #[arg(default_value = "clients")]
        suite: String,
        /// Arguments of pytest
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Look at reports of `summary --output html` in Chromium (the suite `browser` of interop)
    Browser {
        /// Arguments of pytest; `--screenshots` draws the pictures of the front page
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Compare our speed with others (bench/)
    #[command(disable_help_flag = true)]
    Bench {
        /// Arguments of the runner; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every gate, up to the first that fails
    Ci,
}

fn main() -> ExitCode {
    let task = Task::parse();
    match run(&task, &root()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task, root: &Path) -> Result<ExitCode> {
    let out = &mut io::stdout();
    match task {
        Task::Regen { check: true, .. } => regen::check(root, out)?,
        Task::Regen {
            no_test,
            accept_version,
            ..
        } => {
            regen::write(root, out)?;
            diff::run(root, None, out)?;
            if *accept_version {
                diff::accept(root, out)?;
            }
            if !no_test {
                snapshots::check(root)?;
            }
        }
        Task::Diff { base } => return Ok(diff::run(root, base.as_deref(), out)?.into()),
        Task::Snapshots { accept: false } => snapshots::check(root)?,
        Task::Snapshots { accept: true } => snapshots::accept(root)?,
        Task::Screenshot => snapshots::screenshot(root)?,
        Task::Estimate => estimate(root)?,
        Task::Tidy => tidy::tidy(root, out)?,
        Task::Deny => tools::deny(root)?,
        Task::Features => tools::features(root)?,
        Task::Unused => tools::unused(root)?,
        Task::Package => tools::package(root)?,
        Task::Msrv => tools::msrv(root)?,
        Task::Interop { suite, arguments } => interop::interop(root, suite, arguments)?,
        Task::Browser { arguments } => interop::interop(root, "browser", arguments)?,
        Task::Bench { arguments } => bench(root, arguments)?,
        Task::Ci => ci::ci(root, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The runner is in the workspace of what it measures, so that its builds cost nobody else anything.
fn bench(root: &Path, arguments: &[String]) -> Result<()> {
    let runner = ["run", "--quiet", "--release", "--locked"];
    let mut command = cargo::cargo(root, &runner);
    command
        .args(["--manifest-path", "bench/Cargo.toml"])
        .args(["--target-dir", "target/bench"])
        .args(["--package", "bench-runner", "--"])
        .args(arguments);
    cargo::run(&mut command)
}

/// The library's own tests measure it; this crate knows neither side.
fn estimate(root: &Path) -> Result<()> {
    let test = ["test", "--package=qwen-batches", "--test=ext"];
    let mut command = cargo::cargo(root, &test);
    cargo::run(command.args(["--", "--ignored", "--nocapture", "estimates::figures"]))
}

/// The folder of the workspace, also when it was moved after this program was built.
fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map(Path::to_owned).unwrap_or(xtask)
}
