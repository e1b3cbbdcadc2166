//! How soon `qwen-batches list` shows something, from the start of its process.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::bench_run::{BenchRun, Program, Server, typed};
use crate::figures::{Behind, Finding, Unit, median, pairs};

/// How often either side is started for one figure: a start takes milliseconds.
const STARTS: usize = 20;

pub(crate) fn run(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    let server = bench.serve(&["1000"])?;
    let mut findings = Vec::new();
    // Our client reads no root certificates where the base URL is one of plain HTTP; reqwest does,
    // unless it is configured not to.
    for (name, options) in [
        ("the floor", &["--first-page"][..]),
        (
            "the floor without certificates",
            &["--first-page", "--no-certificates"],
        ),
    ] {
        let ours = || {
            let mut command = bench.command(Program::Cli)?;
            command.env("DASHSCOPE_API_KEY", "sk-bench");
            command.args(["list", "--base-url", &server.base_url]);
            milliseconds(&mut command, &server)
        };
        let theirs = || {
            let mut command = bench.command(Program::Floor)?;
            milliseconds(command.arg(&server.base_url).args(options), &server)
        };
        let mut rounds = Vec::new();
        for _ in 0..runs {
            let starts = pairs(STARTS, true, ours, theirs)?;
            let ours = median(starts.iter().map(|(ours, _)| *ours));
            rounds.push((ours, median(starts.iter().map(|(_, theirs)| *theirs))));
        }
        let work = "the first row of a list in a pipe, from the start of the process";
        let what = format!("time, `qwen-batches list` / {name}");
        findings.push(Finding {
            behind: vec![Behind::medians("time", Unit::Milliseconds, &rounds)],
            commands: vec![
                server.command.clone(),
                "qwen-batches list --base-url BASE_URL".to_owned(),
                typed(Program::Floor, options),
            ],
            ..Finding::ratio(work, what, 1.2, &rounds)
        });
    }
    Ok(findings)
}

/// The time until the newest batch is in the program's standard output.
fn milliseconds(command: &mut Command, server: &Server) -> Result<f64> {
    let start = Instant::now();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = command.spawn()?;
    let mut stdout = process.stdout.take().context("it has no output")?;
    let (mut output, mut part) = (Vec::new(), [0; 64 * 1024]);
    let id = server.newest.as_bytes();
    let time = loop {
        let count = stdout.read(&mut part)?;
        output.extend_from_slice(&part[..count]);
        if output.windows(id.len()).any(|window| window == id) {
            break Some(start.elapsed());
        }
        if count == 0 {
            break None;
        }
    };
    // It may have more to print than anybody reads.
    let _ = process.kill();
    let status = process.wait()?;
    match time {
        Some(time) => Ok(time.as_secs_f64() * 1000.0),
        None => bail!(
            "it ended with {status}, without the batch {}",
            server.newest
        ),
    }
}
