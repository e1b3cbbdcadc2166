//! Housekeeping of the workspace: `cargo xtask --help`.
//!
//! Knows the contract and the code generation, never what is generated: it has to run when the
//! generated client does not compile.

mod bench;
mod cargo;
mod ci;
mod command;
mod contract;
mod deny;
mod diff;
mod features;
mod files;
mod interop;
mod msrv;
mod package;
mod process;
mod regen;
mod screenshot;
mod snapshots;
mod tidy;
mod venv;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::builder::{PossibleValuesParser, RangedU64ValueParser};
use clap::{Parser, Subcommand};

/// Housekeeping of the qwen-batches workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Writes the reviewed snapshots of the generated client, says what changed in the contract,
    /// then runs the snapshot tests.
    Regen {
        /// Write nothing; fail with a diff where a reviewed snapshot is out of date, and where
        /// `info.version` does not follow from what changed in the contract.
        #[arg(long)]
        check: bool,
        /// Leave the snapshot tests out.
        #[arg(long, conflicts_with = "check")]
        no_test: bool,
        /// Keep the contract in `openapi/published/` as the accepted one of its version.
        #[arg(long, conflicts_with = "check")]
        accept_version: bool,
    },
    /// Says what changed in the contract, and for whom.
    ///
    /// Each line tells how grave a change is, who meets it, and where it is, in the old document
    /// or in the new one. Exit code: 0 nothing or words for people, 10 compatible, 20 breaking;
    /// 1 an error, 2 a wrong command line.
    Diff {
        /// A file, or a revision of the contract; the newest accepted version by default.
        #[arg(long, value_name = "REV|FILE")]
        base: Option<String>,
    },
    /// Runs the snapshot tests.
    Snapshots {
        /// Take what the tests produce as the new snapshots.
        #[arg(long)]
        accept: bool,
    },
    /// Draws the pictures of the front page, `docs/*.svg`: the command line on a terminal.
    Screenshot {
        /// Write nothing; fail where a picture shows another screen.
        #[arg(long)]
        check: bool,
    },
    /// Checks layers, provenance, manifests, names and leftovers.
    Tidy,
    /// Checks licences, sources, bans and second versions of all crates, as deny.toml has them.
    Deny,
    /// Lints and tests the library with none of its features, each alone, and all.
    Features,
    /// Checks that all of it compiles with the oldest Rust that is promised to do.
    Msrv,
    /// Builds each published crate from its tarball, and a crate outside the workspace on them.
    Package,
    /// Runs foreign readers and clients against the contract, the sandbox and the client.
    Interop {
        /// Steps to run; all by default.
        #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(interop::names()))]
        names: Vec<String>,
    },
    /// Measures our client beside others, prints the table of targets, and writes BENCHMARKS.md.
    ///
    /// A target that is missed is marked; a measurement that failed is an error.
    Bench {
        /// Rows to measure; all by default. The file is written for all alone.
        #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(bench::names()))]
        names: Vec<String>,
        /// How many runs a figure is the median of; each row has its own number by default. The
        /// file takes at least 5.
        #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
        runs: Option<usize>,
    },
    /// Runs every gate, in the order of cost, up to the first that fails.
    Ci,
}

fn main() -> ExitCode {
    let task = Xtask::parse().task;
    match run(&task, &root(), &mut io::stdout()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task, root: &Path, out: &mut dyn Write) -> Result<ExitCode> {
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
                snapshots::check(root, out)?;
            }
        }
        Task::Diff { base } => return Ok(diff::run(root, base.as_deref(), out)?.into()),
        Task::Snapshots { accept: false } => snapshots::check(root, out)?,
        Task::Snapshots { accept: true } => snapshots::accept(root, out)?,
        Task::Tidy => tidy::run(root, out)?,
        Task::Deny => deny::run(root, out)?,
        Task::Features => features::run(root, out)?,
        Task::Msrv => msrv::run(root, out)?,
        Task::Package => package::run(root, out)?,
        Task::Interop { names } => interop::run(root, names, out)?,
        Task::Bench { names, runs } => bench::run(root, names, *runs, out)?,
        Task::Screenshot { check: true } => screenshot::check(root)?,
        Task::Screenshot { check: false } => screenshot::write(root)?,
        Task::Ci => ci::run(root, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder of the workspace, also when it was moved after this program was built.
fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map(Path::to_owned).unwrap_or(xtask)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn command_line_is_sound() {
        Xtask::command().debug_assert();
    }

    #[test]
    fn check_and_no_test_exclude_each_other() {
        assert!(Xtask::try_parse_from(["xtask", "regen", "--check", "--no-test"]).is_err());
    }

    #[test]
    fn check_accepts_no_version() {
        assert!(Xtask::try_parse_from(["xtask", "regen", "--check", "--accept-version"]).is_err());
    }

    #[test]
    fn root_holds_the_contract() {
        assert!(root().join(contract::PATH).is_file());
    }
}
