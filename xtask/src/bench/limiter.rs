//! Whether the default rate limit is kept, and made use of, on a clock that no one waits for.

use anyhow::{Result, ensure};

use super::figures::{Finding, Unit};
use super::program::Program;
use super::workbench::Workbench;

const PAGES: f64 = 250.0;

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    let mut reports = Vec::new();
    for _ in 0..runs {
        let report = workbench.run(Program::Limiter, &[])?;
        let calls = report.figure("calls")?;
        ensure!(calls == PAGES, "{PAGES} pages took {calls} calls");
        reports.push(report);
    }
    [
        (
            "calls in the busiest 60 s",
            Unit::Count,
            "busiest_minute",
            100.0,
        ),
        (
            "done after, on that clock",
            Unit::Seconds,
            "clock_seconds",
            120.0,
        ),
    ]
    .into_iter()
    .map(|(what, unit, figure, target)| {
        Ok(Finding {
            work: "250 pages, the default rate limit, a clock that is set".to_owned(),
            what: what.to_owned(),
            unit,
            runs: reports
                .iter()
                .map(|report| report.figure(figure))
                .collect::<Result<_>>()?,
            target: Some(target),
            behind: Vec::new(),
            commands: vec![Program::Limiter.name().to_owned()],
        })
    })
    .collect()
}
