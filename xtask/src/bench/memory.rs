//! The most memory that a list takes, however long it is.

use anyhow::Result;

use super::figures::{Behind, Finding, Unit, pairs};
use super::program::Program;
use super::workbench::{Workbench, typed};

const LONG: &str = "1000000";
const SHORT: &str = "10000";

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    let (long, short) = (workbench.serve(&[LONG])?, workbench.serve(&[SHORT])?);
    let peak = |server| {
        let report = workbench.walk(server, Program::Ours, &[])?;
        Ok(report.figure("peak_kib")? / 1024.0)
    };
    let pairs = pairs(runs, false, || peak(&long), || peak(&short))?;
    Ok(vec![Finding {
        work: "1 000 000 rows against 10 000".to_owned(),
        what: "peak memory, long / short".to_owned(),
        unit: Unit::Ratio,
        runs: pairs.iter().map(|(long, short)| long / short).collect(),
        target: Some(1.2),
        behind: vec![Behind::medians(
            "peak memory",
            Unit::Mebibytes,
            &pairs,
            |&peak| peak,
        )],
        commands: vec![
            long.command.clone(),
            short.command.clone(),
            typed(Program::Ours, &[]),
        ],
    }])
}
