//! How fast we are beside others: `BENCHMARKS.md`. Adding a benchmark is adding a row.
//!
//! The programs stand in `bench/`, a workspace with a lock file of its own. They are built under
//! `target/bench`, each alone, so that none has features that another one asked for. What is
//! compared runs in turn, as many times as there are runs, and a run that came to other rows than
//! the server has is a failure. A target that is missed is not: it is marked.

mod cold_build;
mod figures;
mod first_row;
mod latency;
mod limiter;
mod machine;
mod memory;
mod parts;
mod program;
mod regen;
mod report;
mod walk;
mod workbench;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use self::figures::Finding;
use self::program::Program;
use self::workbench::Workbench;

const FILE: &str = "BENCHMARKS.md";

/// Fewer are no measurement to write down.
const LEAST_RUNS: usize = 5;

const ROWS: [Row; 8] = [
    Row {
        name: "walk",
        programs: &[
            Program::Server,
            Program::Ours,
            Program::Floor,
            Program::AsyncOpenai,
            Program::OpenaiPython,
        ],
        work: Work::Compared {
            runs: 7,
            by: walk::run,
        },
    },
    Row {
        name: "latency",
        programs: &[Program::Server, Program::Ours],
        work: Work::Compared {
            runs: 7,
            by: latency::run,
        },
    },
    Row {
        name: "memory",
        programs: &[Program::Server, Program::Ours],
        work: Work::Compared {
            runs: 5,
            by: memory::run,
        },
    },
    Row {
        name: "limiter",
        programs: &[Program::Limiter],
        work: Work::Compared {
            runs: 5,
            by: limiter::run,
        },
    },
    Row {
        name: "first-row",
        programs: &[Program::Server, Program::Cli, Program::Floor],
        work: Work::Compared {
            runs: 7,
            by: first_row::run,
        },
    },
    Row {
        name: "cold-build",
        programs: &[],
        work: Work::Compared {
            runs: 5,
            by: cold_build::run,
        },
    },
    Row {
        name: "regen",
        programs: &[],
        work: Work::Compared {
            runs: 5,
            by: regen::run,
        },
    },
    Row {
        name: "parts",
        programs: &[],
        work: Work::Told(parts::run),
    },
];

struct Row {
    name: &'static str,
    /// What has to be built or installed for it.
    programs: &'static [Program],
    work: Work,
}

#[derive(Clone, Copy)]
enum Work {
    /// Figures, each the median of a number of runs.
    Compared {
        runs: usize,
        by: fn(&Workbench, usize) -> Result<Vec<Finding>>,
    },
    /// The text of another harness.
    Told(fn(&Workbench) -> Result<String>),
}

/// What was found so far.
#[derive(Default)]
struct Findings {
    figures: Vec<Finding>,
    texts: Vec<String>,
}

/// The names of all rows, in order.
pub(crate) fn names() -> [&'static str; ROWS.len()] {
    ROWS.map(|row| row.name)
}

/// Runs the rows of these names, or all where none is given, each of them even if another fails;
/// prints the table of targets. If all rows ran well and often enough, writes the file, too.
pub(crate) fn run(
    root: &Path,
    names: &[String],
    runs: Option<usize>,
    out: &mut dyn Write,
) -> Result<()> {
    let chosen = |row: &&Row| names.is_empty() || names.iter().any(|name| name == row.name);
    let rows: Vec<&Row> = ROWS.iter().filter(chosen).collect();
    let mut workbench = Workbench::open(root)?;
    let mut found = Findings::default();
    let mut failed = Vec::new();
    for row in rows {
        let start = Instant::now();
        let result = row.run(&mut workbench, runs, &mut found, out);
        let seconds = start.elapsed().as_secs_f64();
        match result {
            Ok(()) => writeln!(out, "{}: measured ({seconds:.1} s)", row.name)?,
            Err(error) => {
                writeln!(out, "{}: FAILED ({seconds:.1} s)\n  {error:#}", row.name)?;
                failed.push(row.name);
            }
        }
        out.flush()?;
    }
    if !found.figures.is_empty() {
        writeln!(out, "\n{}", report::targets(&found.figures))?;
        writeln!(out, "{}", report::behind(&found.figures))?;
    }
    for text in &found.texts {
        writeln!(out, "{text}")?;
    }
    if !failed.is_empty() {
        let names = failed.join(" ");
        bail!("its message stands above; to run what failed alone: `cargo xtask bench {names}`");
    }
    if names.is_empty() && runs.is_none_or(|runs| runs >= LEAST_RUNS) {
        let facts = machine::facts(root)?;
        let text = report::file(&found.figures, &found.texts, &facts);
        fs::write(root.join(FILE), text).with_context(|| format!("{FILE} cannot be written"))?;
        writeln!(out, "wrote {FILE}")?;
    } else {
        writeln!(
            out,
            "{FILE} stays as it is: it takes all rows, and {LEAST_RUNS} runs of each"
        )?;
    }
    Ok(())
}

impl Row {
    fn run(
        &self,
        workbench: &mut Workbench,
        runs: Option<usize>,
        found: &mut Findings,
        out: &mut dyn Write,
    ) -> Result<()> {
        for &program in self.programs {
            workbench.bring_up(program, out)?;
        }
        match self.work {
            Work::Compared { runs: own, by } => {
                let findings = by(workbench, runs.unwrap_or(own))?;
                for finding in &findings {
                    writeln!(out, "  {finding}")?;
                }
                found.figures.extend(findings);
            }
            Work::Told(by) => found.texts.push(by(workbench)?),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_runs_often_enough_to_be_written_down() {
        for row in &ROWS {
            if let Work::Compared { runs, .. } = row.work {
                assert!(runs >= LEAST_RUNS, "{}", row.name);
            }
        }
    }
}
