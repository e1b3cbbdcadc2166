//! Results of 500 MB: to a file beside curl, line by line beside openai-python, and in how much memory.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::bench_run::{BenchRun, Program, Server, figure, typed};
use crate::figures::{Behind, Finding, Unit, pairs};

const LINES: &str = "50000";
const WORK: &str = "results of 500 MB, 50 000 lines";
/// The most memory, in MiB.
const MEMORY: f64 = 32.0;
/// How often the memory of a program is looked at.
const PAUSE: Duration = Duration::from_millis(2);

/// What a program took.
struct Took {
    seconds: f64,
    /// The most memory, in MiB; not a number where that was not looked at.
    peak: f64,
}

pub(crate) fn run(bench: &BenchRun, runs: usize) -> Result<Vec<Finding>> {
    let server = bench.serve(&["results", LINES])?;
    let mut findings = Vec::new();
    for (format, rival, target, pairs) in [
        (
            "raw",
            "curl --silent --fail --output FILE BASE_URL/files/ID/content".to_owned(),
            1.3,
            raw(bench, &server, runs)?,
        ),
        (
            "jsonl",
            typed(Program::OpenaiPythonResults, &["ID"]),
            0.5,
            jsonl(bench, &server, runs)?,
        ),
    ] {
        let ours = format!("qwen-batches results --base-url BASE_URL ID --output {format}");
        let commands = vec![server.command.clone(), ours, rival];
        let name = commands[2].split(' ').next().unwrap_or_default();
        let what = format!("time, `results --output {format}` / {name}");
        let seconds = pairs
            .iter()
            .map(|(ours, theirs)| (ours.seconds, theirs.seconds));
        let seconds: Vec<_> = seconds.collect();
        findings.push(Finding {
            behind: vec![Behind::medians("time", Unit::Seconds, &seconds)],
            commands: commands.clone(),
            ..Finding::ratio(WORK, what, target, &seconds)
        });
        findings.push(Finding {
            work: WORK.to_owned(),
            what: format!("peak memory, `results --output {format}`"),
            unit: Unit::Mebibytes,
            runs: pairs.iter().map(|(ours, _)| ours.peak).collect(),
            target: MEMORY,
            behind: Vec::new(),
            commands,
        });
    }
    Ok(findings)
}

/// The bytes, each side to a file.
fn raw(bench: &BenchRun, server: &Server, runs: usize) -> Result<Vec<(Took, Took)>> {
    let copy = bench.target.join("results.copy");
    let url = format!("{}/files/{}/content", server.base_url, server.text("file")?);
    let ours = || {
        let took = watch(ours(bench, server, "raw")?.stdout(File::create(&copy)?))?;
        check_content(server, &copy)?;
        Ok(took)
    };
    let theirs = || {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--fail", "--output"]).arg(&copy);
        let took = watch(curl.arg(&url))?;
        check_content(server, &copy)?;
        Ok(took)
    };
    let pairs = pairs(runs, true, ours, theirs);
    fs::remove_file(&copy)?;
    pairs
}

/// The lines: our side writes each of them, the other one only reads it.
fn jsonl(bench: &BenchRun, server: &Server, runs: usize) -> Result<Vec<(Took, Took)>> {
    check_lines(server, ours(bench, server, "jsonl")?)?;
    let ours = || watch(ours(bench, server, "jsonl")?.stdout(Stdio::null()));
    let theirs = || {
        let file = server.text("file")?;
        let report = bench.list(server, Program::OpenaiPythonResults, &[file])?;
        Ok(Took {
            seconds: figure(&report, "seconds")?,
            peak: f64::NAN,
        })
    };
    pairs(runs, true, ours, theirs)
}

/// A call of our command line.
fn ours(bench: &BenchRun, server: &Server, format: &str) -> Result<Command> {
    let mut command = bench.command(Program::Cli)?;
    command.env("DASHSCOPE_API_KEY", "sk-bench");
    command.args(["results", "--base-url", &server.base_url]);
    command.args([&server.newest, "--output", format]);
    Ok(command)
}

/// Runs a program to its end, and looks how much memory it takes meanwhile.
fn watch(command: &mut Command) -> Result<Took> {
    let start = Instant::now();
    let mut process = command.stdin(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", process.id());
    let mut peak = f64::NAN;
    let ended = loop {
        if let Some(ended) = process.try_wait()? {
            break ended;
        }
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
        peak = kib.map_or(peak, |kib| kib / 1024.0);
        thread::sleep(PAUSE);
    };
    let seconds = start.elapsed().as_secs_f64();
    ensure!(ended.success(), "{command:?}: {ended}");
    Ok(Took { seconds, peak })
}

/// An error if a copy is anything but the server's file.
fn check_content(server: &Server, copy: &Path) -> Result<()> {
    let mut content = crc32fast::Hasher::new();
    let mut file = File::open(copy)?;
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => content.update(&buffer[..read]),
        }
    }
    let (found, sent) = (content.finalize(), server.number("content")?);
    ensure!(u64::from(found) == sent, "the copy is another file");
    Ok(())
}

/// An error if a program prints anything but a line for each of the server's, in their order.
fn check_lines(server: &Server, mut command: Command) -> Result<()> {
    let mut process = command.stdout(Stdio::piped()).spawn()?;
    let stdout = process.stdout.take().context("it has no output")?;
    let (mut rows, mut ids) = (0, crc32fast::Hasher::new());
    for line in BufReader::new(stdout).lines() {
        let line: Value = serde_json::from_str(&line?)?;
        let id = line["custom_id"].as_str().context("no `custom_id`")?;
        ids.update(id.as_bytes());
        rows += 1;
    }
    let found = (rows, u64::from(ids.finalize()));
    let sent = (server.number("rows")?, server.number("ids")?);
    ensure!(
        process.wait()?.success() && found == sent,
        "{found:?}, not {sent:?}"
    );
    Ok(())
}
