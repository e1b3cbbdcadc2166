//! How soon `qwen-batches list` shows something, from the start of its process.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::figures::{Behind, Finding, Unit, median, pairs};
use super::program::Program;
use super::workbench::{Server, Workbench, typed};

const ROWS: &str = "1000";

/// How often either side is started for one figure: a start takes milliseconds.
const STARTS: usize = 20;

/// Ours reads no root certificates where the base URL is one of plain HTTP; reqwest does, unless it
/// is told not to.
const FLOORS: [(&str, &[&str]); 2] = [
    ("the floor", &["--first-page"]),
    (
        "the floor without certificates",
        &["--first-page", "--no-certificates"],
    ),
];

pub(super) fn run(workbench: &Workbench, runs: usize) -> Result<Vec<Finding>> {
    let server = workbench.serve(&[ROWS])?;
    let mut findings = Vec::new();
    for (name, options) in FLOORS {
        let ours = || {
            let mut command = workbench.command(Program::Cli)?;
            command.env("DASHSCOPE_API_KEY", "sk-bench").args([
                "list",
                "--base-url",
                &server.base_url,
            ]);
            first_row(&mut command, &server)
        };
        let theirs = || {
            let mut command = workbench.command(Program::Floor)?;
            command.arg(&server.base_url).args(options);
            first_row(&mut command, &server)
        };
        let mut rounds = Vec::new();
        for _ in 0..runs {
            let starts = pairs(STARTS, true, ours, theirs)?;
            let ours = median(starts.iter().map(|(ours, _)| ours.as_secs_f64() * 1000.0));
            let theirs = median(
                starts
                    .iter()
                    .map(|(_, theirs)| theirs.as_secs_f64() * 1000.0),
            );
            rounds.push((ours, theirs));
        }
        findings.push(Finding {
            work: "the first row of a list in a pipe, from the start of the process".to_owned(),
            what: format!("time, `qwen-batches list` / {name}"),
            unit: Unit::Ratio,
            runs: rounds.iter().map(|(ours, theirs)| ours / theirs).collect(),
            target: Some(1.2),
            behind: vec![Behind::medians(
                "time",
                Unit::Milliseconds,
                &rounds,
                |&time| time,
            )],
            commands: vec![
                server.command.clone(),
                "qwen-batches list --base-url BASE_URL".to_owned(),
                typed(Program::Floor, options),
            ],
        });
    }
    Ok(findings)
}

/// The time until the newest row stands in the program's standard output.
fn first_row(command: &mut Command, server: &Server) -> Result<Duration> {
    let start = Instant::now();
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("the program cannot be run")?;
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
        Some(time) => Ok(time),
        None => bail!("it ended with {status}, without the row {}", server.newest),
    }
}
