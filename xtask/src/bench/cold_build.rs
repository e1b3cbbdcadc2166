//! What it takes to build our client where nothing is built yet, as for its first user.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::Message;

use super::figures::{Behind, Finding, Unit, pairs};
use super::workbench::Workbench;
use crate::cargo::cargo;
use crate::files::remove_folder;
use crate::process;

const LIMIT: Duration = Duration::from_secs(1800);
/// A package with one dependency each: `ext` with its default features, and async-openai with
/// `batch`.
const OURS: &str = "cold-ext";
const THEIRS: &str = "cold-async-openai";

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    let mut fetch = cargo(&workbench.sources(), &["fetch", "--locked"]);
    process::output(&mut fetch, &workbench.log("fetch"), LIMIT)
        .context("the crates of bench/Cargo.lock cannot be fetched")?;
    let ours = || build(workbench, OURS);
    let theirs = || build(workbench, THEIRS);
    let pairs = pairs(runs, false, ours, theirs)?;
    let ratio = |(ours, theirs): &(Build, Build)| ours.seconds / theirs.seconds;
    let command = |package| format!("cargo build --locked --offline --package {package}");
    Ok(vec![Finding {
        work: "a cold build of `ext`, default features, unoptimized".to_owned(),
        what: "time, ours / async-openai with `batch`".to_owned(),
        unit: Unit::Ratio,
        runs: pairs.iter().map(ratio).collect(),
        target: Some(1.1),
        behind: vec![
            Behind::medians("time", Unit::Seconds, &pairs, |build| build.seconds),
            Behind::medians(
                "crates built, build dependencies included",
                Unit::Count,
                &pairs,
                |build| build.crates,
            ),
        ],
        commands: vec![command(OURS), command(THEIRS)],
    }])
}

struct Build {
    seconds: f64,
    crates: f64,
}

/// Builds a package in an empty folder.
fn build(workbench: &Workbench, package: &str) -> Result<Build> {
    let folder = workbench.folder.join("cold");
    remove_folder(&folder)?;
    let arguments = ["build", "--locked", "--offline", "--package", package];
    let mut command = cargo(&workbench.sources(), &arguments);
    command
        .args(["--quiet", "--message-format", "json", "--target-dir"])
        .arg(&folder)
        // A wrapper would take from a cache; and crates from a registry are never incremental, as
        // ours are not for their users.
        .env_remove("RUSTC_WRAPPER")
        .env_remove("CARGO_BUILD_RUSTC_WRAPPER")
        .env("CARGO_INCREMENTAL", "0");
    let start = Instant::now();
    let output = process::output(&mut command, &workbench.log(package), LIMIT)
        .with_context(|| format!("{package} does not compile"))?;
    let seconds = start.elapsed().as_secs_f64();
    let crates = crates(&output);
    ensure!(crates > 1, "{package} took no crate but itself");
    remove_folder(&folder)?;
    Ok(Build {
        seconds,
        // Without the package that is there to be built.
        crates: (crates - 1) as f64,
    })
}

/// How many packages cargo has compiled something of.
fn crates(messages: &str) -> usize {
    let messages = Message::parse_stream(messages.as_bytes()).filter_map(Result::ok);
    let packages = messages.filter_map(|message| match message {
        Message::CompilerArtifact(artifact) if !artifact.fresh => Some(artifact.package_id),
        _ => None,
    });
    packages.collect::<HashSet<_>>().len()
}
