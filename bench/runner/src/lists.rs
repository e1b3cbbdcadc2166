//! Whole lists: their time, their calls, their memory.

use anyhow::{Result, ensure};

use crate::bench_run::{BenchRun, Program, Report, figure, typed};
use crate::figures::{Behind, Finding, Unit, pairs};

const CONCURRENT: [&str; 2] = ["--concurrency", "8"];
const PREFETCH: [&str; 1] = ["--prefetch"];

/// All batches of a long list, as fast as they come: what the decode and the loop around it cost.
pub(crate) fn throughput(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    let server = bench.serve(&["100000"])?;
    let mut findings = Vec::new();
    // Who lists the same, how much of its time our client may take, and how many pairs make a run:
    // what takes less than a second is soon disturbed.
    for (rival, name, target, times) in [
        (Program::Floor, "the floor", 1.10, 3),
        (Program::AsyncOpenai, "async-openai", 1.05, 3),
        (Program::OpenaiPython, "openai-python", 1.0 / 15.0, 1),
    ] {
        let ours = || bench.list(&server, Program::Product, &PREFETCH);
        let theirs = || bench.list(&server, rival, &[]);
        let pairs = pairs(runs * times, true, ours, theirs)?;
        let seconds = column(&pairs, "seconds")?;
        let work = "100 000 rows, pages of 100, no latency, one page ahead";
        findings.push(Finding {
            behind: vec![
                Behind::medians("time", Unit::Seconds, &seconds),
                Behind::medians(
                    "processor time",
                    Unit::Seconds,
                    &column(&pairs, "cpu_seconds")?,
                ),
            ],
            commands: vec![
                server.command.clone(),
                typed(Program::Product, &PREFETCH),
                typed(rival, &[]),
            ],
            ..Finding::ratio(work, format!("time, ours / {name}"), target, &seconds)
        });
    }
    Ok(findings)
}

/// Lists of a slow service: windows read side by side against one page after another.
pub(crate) fn latency(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    // How the batches lie in time, and how much of the time and of the calls of the sequential list
    // may be taken.
    for (spread, work, most_time, most_calls) in [
        (
            "even",
            "3 000 rows, 50 ms a response, 25 s apart",
            0.21,
            1.25,
        ),
        ("office", "the same, in office hours of 25 days", 0.28, 1.5),
        (
            "bursts",
            "the same, 200 in one second once a day",
            0.35,
            1.7,
        ),
    ] {
        let server = bench.serve(&["3000", spread, "50"])?;
        let ours = || bench.list(&server, Program::Product, &CONCURRENT);
        let theirs = || bench.list(&server, Program::Product, &[]);
        let pairs = pairs(runs, true, ours, theirs)?;
        for (what, name, target, unit) in [
            ("time", "seconds", most_time, Unit::Seconds),
            ("calls", "calls", most_calls, Unit::Count),
        ] {
            let figures = column(&pairs, name)?;
            let what = format!("{what}, `concurrency(8)` / one page after another");
            findings.push(Finding {
                behind: vec![Behind::medians("each", unit, &figures)],
                commands: vec![
                    server.command.clone(),
                    typed(Program::Product, &CONCURRENT),
                    typed(Program::Product, &[]),
                ],
                ..Finding::ratio(work, what, target, &figures)
            });
        }
    }
    Ok(findings)
}

/// The most memory that a list takes, however long it is, and while nobody reads.
pub(crate) fn memory(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    let (long, short) = (bench.serve(&["1000000"])?, bench.serve(&["10000"])?);
    let peak = |server, options: &[&str], name| {
        let report = bench.list(server, Program::Product, options)?;
        Ok(figure(&report, name)? / 1024.0)
    };
    let lengths = pairs(
        runs,
        false,
        || peak(&long, &PREFETCH, "peak_kib"),
        || peak(&short, &PREFETCH, "peak_kib"),
    )?;
    let work = "1 000 000 rows against 10 000, one page ahead";
    let what = "peak memory, long / short".to_owned();
    let length = Finding {
        behind: vec![Behind::medians("peak memory", Unit::Mebibytes, &lengths)],
        commands: vec![
            long.command.clone(),
            short.command.clone(),
            typed(Program::Product, &PREFETCH),
        ],
        ..Finding::ratio(work, what, 1.2, &lengths)
    };

    let server = bench.serve(&["100000"])?;
    let sequential = ["--stall-after", "250"];
    let concurrent = [CONCURRENT, sequential].concat();
    let stalled = pairs(
        runs,
        false,
        || peak(&server, &concurrent, "peak_stalled_kib"),
        || peak(&server, &sequential, "peak_stalled_kib"),
    )?;
    let stalled = Finding {
        work: "`concurrency(8)`, a reader that stalls".to_owned(),
        what: "peak memory, beyond that of one page after another".to_owned(),
        unit: Unit::Mebibytes,
        runs: stalled.iter().map(|(ours, theirs)| ours - theirs).collect(),
        target: 4.0,
        behind: vec![Behind::medians("peak memory", Unit::Mebibytes, &stalled)],
        commands: vec![
            server.command.clone(),
            typed(Program::Product, &concurrent),
            typed(Program::Product, &sequential),
        ],
    };
    Ok(vec![length, stalled])
}

/// Whether the default rate limit is kept, and made use of, on a clock that no one waits for.
pub(crate) fn limiter(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    let mut reports = Vec::new();
    for _ in 0..runs {
        let report = bench.run(Program::Limiter, &[])?;
        let calls = figure(&report, "calls")?;
        ensure!(calls == 250.0, "250 pages took {calls} calls");
        reports.push(report);
    }
    let mut findings = Vec::new();
    for (what, unit, name, target) in [
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
    ] {
        let runs = reports.iter().map(|report| figure(report, name));
        findings.push(Finding {
            work: "250 pages, the default rate limit, a clock that is set".to_owned(),
            what: what.to_owned(),
            unit,
            runs: runs.collect::<Result<_>>()?,
            target,
            behind: Vec::new(),
            commands: vec![Program::Limiter.name().to_owned()],
        });
    }
    Ok(findings)
}

/// One figure of both sides.
fn column(pairs: &[(Report, Report)], name: &str) -> Result<Vec<(f64, f64)>> {
    let figures = pairs
        .iter()
        .map(|(ours, theirs)| Ok((figure(ours, name)?, figure(theirs, name)?)));
    figures.collect()
}
