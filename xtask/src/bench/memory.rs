//! The most memory that a list takes, however long it is.

use anyhow::Result;

use super::figures::{Behind, Finding, Unit, pairs};
use super::program::Program;
use super::workbench::{Report, Workbench, typed};

const LONG: &str = "1000000";
const SHORT: &str = "10000";

/// The list of a reader that stalls, and how far it reads before.
const STALLED: &str = "100000";
const SIDE_BY_SIDE: [&str; 4] = ["--concurrency", "8", "--stall-after", "250"];
const SEQUENTIAL: [&str; 2] = ["--stall-after", "250"];

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    Ok(vec![length(workbench, runs)?, stalled(workbench, runs)?])
}

fn length(workbench: &Workbench, runs: usize) -> Result<Finding> {
    let (long, short) = (workbench.serve(&[LONG])?, workbench.serve(&[SHORT])?);
    let options = ["--prefetch"];
    let peak = |server| {
        mebibytes(
            &workbench.walk(server, Program::Ours, &options)?,
            "peak_kib",
        )
    };
    let pairs = pairs(runs, false, || peak(&long), || peak(&short))?;
    Ok(Finding {
        work: "1 000 000 rows against 10 000, one page ahead".to_owned(),
        what: "peak memory, long / short".to_owned(),
        unit: Unit::Ratio,
        runs: pairs.iter().map(|(long, short)| long / short).collect(),
        target: Some(1.2),
        behind: vec![behind(&pairs)],
        commands: vec![
            long.command.clone(),
            short.command.clone(),
            typed(Program::Ours, &options),
        ],
    })
}

fn stalled(workbench: &Workbench, runs: usize) -> Result<Finding> {
    let server = workbench.serve(&[STALLED])?;
    let peak = |options: &[&str]| {
        let report = workbench.walk(&server, Program::Ours, options)?;
        mebibytes(&report, "peak_stalled_kib")
    };
    let pairs = pairs(runs, false, || peak(&SIDE_BY_SIDE), || peak(&SEQUENTIAL))?;
    Ok(Finding {
        work: "`concurrency(8)`, a reader that stalls".to_owned(),
        what: "peak memory, beyond that of one page after another".to_owned(),
        unit: Unit::Mebibytes,
        runs: pairs.iter().map(|(ours, theirs)| ours - theirs).collect(),
        target: Some(4.0),
        behind: vec![behind(&pairs)],
        commands: vec![
            server.command.clone(),
            typed(Program::Ours, &SIDE_BY_SIDE),
            typed(Program::Ours, &SEQUENTIAL),
        ],
    })
}

fn behind(pairs: &[(f64, f64)]) -> Behind {
    Behind::medians("peak memory", Unit::Mebibytes, pairs, |&peak| peak)
}

fn mebibytes(report: &Report, figure: &str) -> Result<f64> {
    Ok(report.figure(figure)? / 1024.0)
}
