//! How long `cargo xtask regen` takes when there is nothing to do, which is most of the time.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::figures::{Finding, Unit};
use super::workbench::Workbench;
use crate::cargo::cargo;
use crate::process;

const ARGUMENTS: [&str; 3] = ["xtask", "regen", "--no-test"];
const LIMIT: Duration = Duration::from_secs(600);

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    // Whatever has to be built is built in a run that does not count.
    regen(workbench)?;
    let runs = (0..runs).map(|_| regen(workbench));
    Ok(vec![Finding {
        work: "`cargo xtask regen --no-test`, nothing changed, warm".to_owned(),
        what: "time".to_owned(),
        unit: Unit::Seconds,
        runs: runs.collect::<Result<_>>()?,
        target: Some(1.0),
        behind: Vec::new(),
        commands: vec![format!("cargo {}", ARGUMENTS.join(" "))],
    }])
}

fn regen(workbench: &Workbench) -> Result<f64> {
    let start = Instant::now();
    let mut command = cargo(&workbench.root, &ARGUMENTS);
    let output = process::output(&mut command, &workbench.log("regen"), LIMIT).context("regen")?;
    let seconds = start.elapsed().as_secs_f64();
    ensure!(
        output.lines().next() == Some("unchanged"),
        "there was something to do:\n{output}"
    );
    Ok(seconds)
}
