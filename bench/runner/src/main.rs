//! How fast our client is beside others: runs the benchmarks and writes `BENCHMARKS.md`. Adding one
//! is adding a line to [`BENCHMARKS`].
//!
//! Each program is built alone, so that none has features that another one asked for. What is
//! compared runs in turn, and a run that lists anything but the server's batches is an error. A
//! target that is missed is not: it is marked.

mod bench_run;
mod builds;
mod figures;
mod first_row;
mod lists;
mod machine;
mod report;
mod results;

use std::fs;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use clap::builder::{PossibleValuesParser, RangedU64ValueParser};

use self::bench_run::BenchRun;
use self::figures::Finding;

const FILE: &str = "BENCHMARKS.md";

/// Fewer are no measurement to write down.
const LEAST_RUNS: usize = 5;

/// Name, how many runs a figure is the median of, and what is done.
type Benchmark = (
    &'static str,
    usize,
    fn(&BenchRun, usize) -> Result<Vec<Finding>>,
);

const BENCHMARKS: [Benchmark; 8] = [
    ("throughput", 7, lists::throughput),
    ("latency", 7, lists::latency),
    ("memory", 5, lists::memory),
    ("limiter", 5, lists::limiter),
    ("results", 5, results::run),
    ("first-row", 7, first_row::run),
    ("cold-build", 5, builds::cold_build),
    ("regen", 5, builds::regen),
];

/// Single parts, measured by divan: a text.
const PARTS: &str = "parts";

/// Measure our client beside others, print the table of targets, and write BENCHMARKS.md
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// Benchmarks to run; all by default. Only a run of all writes the file
    #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(names()))]
    names: Vec<String>,
    /// How many runs a figure is the median of; at least 5 for the file
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
    runs: Option<usize>,
}

fn main() -> Result<()> {
    let Arguments { names, runs } = Arguments::parse();
    let is_chosen = |name: &str| names.is_empty() || names.iter().any(|it| it == name);
    let bench = BenchRun::open()?;
    let (mut findings, mut parts) = (Vec::new(), None);
    let mut failed = Vec::new();
    for (name, own_runs, work) in BENCHMARKS {
        if is_chosen(name) {
            let start = Instant::now();
            match work(&bench, runs.unwrap_or(own_runs)) {
                Ok(found) => {
                    for finding in &found {
                        println!("  {finding}");
                    }
                    println!("{name}: measured ({:.1} s)", start.elapsed().as_secs_f64());
                    findings.extend(found);
                }
                Err(error) => {
                    println!("{name}: FAILED: {error:#}");
                    failed.push(name);
                }
            }
        }
    }
    if is_chosen(PARTS) {
        let text = builds::parts(&bench)?;
        println!("\n{text}");
        parts = Some(text);
    }
    if !findings.is_empty() {
        println!(
            "\n{}\n{}",
            report::targets(&findings),
            report::behind(&findings)
        );
    }
    ensure!(failed.is_empty(), "failed: {}", failed.join(" "));
    match parts {
        Some(parts) if names.is_empty() && runs.is_none_or(|runs| runs >= LEAST_RUNS) => {
            let text = report::file(&findings, &parts, &machine::facts(&bench.root)?);
            fs::write(bench.root.join(FILE), text).context(FILE)?;
            println!("wrote {FILE}");
        }
        _ => println!("{FILE} is not written: it takes all benchmarks, and {LEAST_RUNS} runs"),
    }
    Ok(())
}

fn names() -> Vec<&'static str> {
    let names = BENCHMARKS.iter().map(|(name, ..)| *name);
    names.chain([PARTS]).collect()
}
