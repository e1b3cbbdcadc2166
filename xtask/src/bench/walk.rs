//! All rows of a long list, as fast as they come: what the decode and the loop around it cost.

use anyhow::Result;

use super::figures::{Behind, Finding, Unit, pairs};
use super::program::Program;
use super::workbench::{Report, Workbench, typed};

const ROWS: &str = "100000";
const WORK: &str = "100 000 rows, pages of 100, no latency, one page ahead";

const OPTIONS: [&str; 1] = ["--prefetch"];

/// Who lists the same, how much of its time ours may take, and how many pairs make a run: what
/// takes less than a second is soon disturbed.
const RIVALS: [(Program, &str, f64, usize); 3] = [
    (Program::Floor, "the floor", 1.10, 3),
    (Program::AsyncOpenai, "async-openai", 1.05, 3),
    (Program::OpenaiPython, "openai-python", 1.0 / 15.0, 1),
];

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    let server = workbench.serve(&[ROWS])?;
    let mut findings = Vec::new();
    for (rival, name, target, times) in RIVALS {
        let ours = || sample(&workbench.walk(&server, Program::Ours, &OPTIONS)?);
        let theirs = || sample(&workbench.walk(&server, rival, &[])?);
        let pairs = pairs(runs * times, true, ours, theirs)?;
        let ratio = |(ours, theirs): &(Sample, Sample)| ours.seconds / theirs.seconds;
        findings.push(Finding {
            work: WORK.to_owned(),
            what: format!("time, ours / {name}"),
            unit: Unit::Ratio,
            runs: pairs.iter().map(ratio).collect(),
            target: Some(target),
            behind: vec![
                Behind::medians("time", Unit::Seconds, &pairs, |side| side.seconds),
                Behind::medians("processor time", Unit::Seconds, &pairs, |side| side.cpu),
            ],
            commands: vec![
                server.command.clone(),
                typed(Program::Ours, &OPTIONS),
                typed(rival, &[]),
            ],
        });
    }
    Ok(findings)
}

struct Sample {
    seconds: f64,
    cpu: f64,
}

fn sample(report: &Report) -> Result<Sample> {
    Ok(Sample {
        seconds: report.figure("seconds")?,
        cpu: report.figure("cpu_seconds")?,
    })
}
