//! Lists of a service that takes its time: windows walked side by side against one page after
//! another.

use anyhow::Result;

use super::figures::{Behind, Finding, Unit, pairs};
use super::program::Program;
use super::workbench::{Report, Workbench, typed};

const ROWS: &str = "3000";
const LATENCY_MS: &str = "50";
const SIDE_BY_SIDE: [&str; 2] = ["--concurrency", "8"];

/// How the rows lie in the 30 days, how much of the time of the sequential walk it may take, and
/// how many of its calls.
const SPREADS: [(&str, &str, f64, f64); 2] = [
    ("even", "3 000 rows, 50 ms a reply", 0.20, 1.5),
    (
        "skewed",
        "the same, nine rows in ten in one hour",
        0.30,
        2.0,
    ),
];

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (spread, work, most_time, most_calls) in SPREADS {
        let server = workbench.serve(&[ROWS, spread, LATENCY_MS])?;
        let ours = || sample(&workbench.walk(&server, Program::Ours, &SIDE_BY_SIDE)?);
        let theirs = || sample(&workbench.walk(&server, Program::Ours, &[])?);
        let pairs = pairs(runs, true, ours, theirs)?;
        let commands = vec![
            server.command.clone(),
            typed(Program::Ours, &SIDE_BY_SIDE),
            typed(Program::Ours, &[]),
        ];
        let finding = |what: &str, target, unit, of: fn(&Sample) -> f64| Finding {
            work: work.to_owned(),
            what: format!("{what}, `concurrency(8)` / one page after another"),
            unit: Unit::Ratio,
            runs: pairs
                .iter()
                .map(|(ours, theirs)| of(ours) / of(theirs))
                .collect(),
            target: Some(target),
            behind: vec![Behind::medians("each", unit, &pairs, of)],
            commands: commands.clone(),
        };
        findings.push(finding("time", most_time, Unit::Seconds, |side| {
            side.seconds
        }));
        findings.push(finding("calls", most_calls, Unit::Count, |side| side.calls));
    }
    Ok(findings)
}

struct Sample {
    seconds: f64,
    calls: f64,
}

fn sample(report: &Report) -> Result<Sample> {
    Ok(Sample {
        seconds: report.figure("seconds")?,
        calls: report.figure("calls")?,
    })
}
