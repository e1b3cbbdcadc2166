//! What cargo takes: a cold build, `regen`, and the benchmarks of single parts.

use std::collections::HashSet;
use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::bench_run::{BenchRun, output};
use crate::figures::{Behind, Finding, Unit, pairs};

/// A build of our client where nothing is built yet, as for its first user.
pub(crate) fn cold_build(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    output(&mut bench.cargo(&["fetch", "--locked"]))?;
    // A package with one dependency each: `ext` with its default features, and async-openai with
    // `batch`.
    let packages = ["cold-ext", "cold-async-openai"];
    let [ours, theirs] = packages.map(|package| move || build(bench, package));
    let pairs = pairs(runs, false, ours, theirs)?;
    let side = |of: fn(&(f64, f64)) -> f64| -> Vec<(f64, f64)> {
        pairs
            .iter()
            .map(|(ours, theirs)| (of(ours), of(theirs)))
            .collect()
    };
    let (seconds, crates) = (side(|build| build.0), side(|build| build.1));
    let work = "a cold build of `ext`, default features, unoptimized";
    let what = "time, ours / async-openai with `batch`".to_owned();
    let command = |package| format!("cargo build --locked --offline --package {package}");
    Ok(vec![Finding {
        behind: vec![
            Behind::medians("time", Unit::Seconds, &seconds),
            Behind::medians(
                "crates built, build dependencies included",
                Unit::Count,
                &crates,
            ),
        ],
        commands: packages.map(command).to_vec(),
        ..Finding::ratio(work, what, 1.1, &seconds)
    }])
}

/// Builds a package in an empty folder: seconds, and how many crates beside it.
fn build(bench: &BenchRun, package: &str) -> Result<(f64, f64)> {
    let folder = bench.target.join("cold");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut command = bench.cargo(&["build", "--locked", "--offline", "--quiet"]);
    command
        .args([
            "--package",
            package,
            "--message-format",
            "json",
            "--target-dir",
        ])
        .arg(&folder)
        // A wrapper would take from a cache; and crates from a registry are never incremental, as
        // ours are not for their users.
        .env_remove("RUSTC_WRAPPER")
        .env_remove("CARGO_BUILD_RUSTC_WRAPPER")
        .env("CARGO_INCREMENTAL", "0");
    let start = Instant::now();
    let messages = output(&mut command)?;
    let seconds = start.elapsed().as_secs_f64();
    fs::remove_dir_all(&folder)?;
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let built = messages
        .filter_map(Result::ok)
        .filter(|it| it["reason"] == "compiler-artifact" && it["fresh"] == false)
        .filter_map(|it| it["package_id"].as_str().map(str::to_owned));
    let crates = built.collect::<HashSet<_>>().len();
    ensure!(crates > 1, "{package} took no crate but itself");
    Ok((seconds, (crates - 1) as f64))
}

/// How long `cargo xtask regen` takes when there is nothing to do, which is most of the time.
pub(crate) fn regen(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    let arguments = ["xtask", "regen", "--no-test"];
    let regen = || -> Result<f64> {
        let start = Instant::now();
        let output = output(bench.cargo(&arguments).current_dir(&bench.root))?;
        let seconds = start.elapsed().as_secs_f64();
        ensure!(
            output.starts_with("unchanged\n"),
            "there was something to do:\n{output}"
        );
        Ok(seconds)
    };
    // Whatever has to be built is built in a run that does not count.
    regen()?;
    Ok(vec![Finding {
        work: "`cargo xtask regen --no-test`, nothing changed, warm".to_owned(),
        what: "time".to_owned(),
        unit: Unit::Seconds,
        runs: (0..runs).map(|_| regen()).collect::<Result<_>>()?,
        target: 1.0,
        behind: Vec::new(),
        commands: vec![format!("cargo {}", arguments.join(" "))],
    }])
}

/// The table that divan prints of single parts of our client.
pub(crate) fn parts(bench: &BenchRun) -> Result<String> {
    let mut command = bench.cargo(&["bench", "--locked", "--quiet", "--package", "bench-parts"]);
    command
        .args(["--bench", "parts", "--target-dir"])
        .arg(&bench.target);
    let output = output(command.args(["--", "--color", "never"])).context("parts")?;
    ensure!(
        output.contains("decode_page_of_100"),
        "divan measured nothing:\n{output}"
    );
    Ok(output
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect())
}
