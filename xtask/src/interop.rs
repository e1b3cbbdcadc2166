//! Foreign readers and clients: programs that know nothing of this workspace, run for real
//! against its contract, its sandbox and its client. Adding one is adding a row.
//!
//! `xtask/interop` holds their pins and scripts; they are installed under `target/interop`. A
//! registry that cannot be reached is a failure, and so is a step that exercised nothing.

mod contract_readers;
mod install;
mod ours;
mod prism;
mod schemathesis;
mod sdk;
mod utc;
mod workshop;

use std::fmt;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use self::install::Language;
use self::ours::Ours;
pub(crate) use self::workshop::{Workshop, isolated};

const STEPS: [Step; 7] = [
    Step {
        name: "openapi-spec-validator",
        language: Language::Python,
        work: Work::Reader(contract_readers::spec_validator),
    },
    Step {
        name: "redocly",
        language: Language::Node,
        work: Work::Reader(contract_readers::redocly),
    },
    Step {
        name: "schemathesis",
        language: Language::Python,
        work: Work::Client(schemathesis::run),
    },
    Step {
        name: "prism",
        language: Language::Node,
        work: Work::Client(prism::run),
    },
    Step {
        name: "openai-python",
        language: Language::Python,
        work: Work::Client(sdk::python),
    },
    Step {
        name: "openai-node",
        language: Language::Node,
        work: Work::Client(sdk::node),
    },
    Step {
        name: "vendor-sample",
        language: Language::Python,
        work: Work::Client(sdk::vendor_sample),
    },
];

struct Step {
    name: &'static str,
    /// Whose packages it needs.
    language: Language,
    work: Work,
}

#[derive(Clone, Copy)]
enum Work {
    /// Reads the contract.
    Reader(fn(&Workshop) -> Result<Exercised>),
    /// Needs what this workspace builds: all such steps share one sandbox.
    Client(fn(&Workshop, &Ours) -> Result<Exercised>),
}

/// How much a step did: figures and what they count, none of them zero.
#[derive(Debug, PartialEq, Eq)]
struct Exercised(Vec<(usize, &'static str)>);

/// The place of the pinned Python packages, which are installed now if they were not.
pub(crate) fn python(root: &Path, out: &mut dyn Write) -> Result<Workshop> {
    let workshop = Workshop::open(root)?;
    install::bring_up(Language::Python, &workshop, out)?;
    Ok(workshop)
}

/// The names of all steps, in order.
pub(crate) fn names() -> [&'static str; STEPS.len()] {
    STEPS.map(|step| step.name)
}

/// Runs all steps.
pub(crate) fn run_all(root: &Path, out: &mut dyn Write) -> Result<()> {
    run(root, &[], out)
}

/// Runs the steps of these names, or all where none is given, each of them even if another
/// fails.
pub(crate) fn run(root: &Path, names: &[String], out: &mut dyn Write) -> Result<()> {
    let chosen = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    let steps: Vec<&Step> = STEPS.iter().filter(chosen).collect();
    let workshop = Workshop::open(root)?;
    for language in [Language::Python, Language::Node] {
        if steps.iter().any(|step| step.language == language) {
            install::bring_up(language, &workshop, out)?;
        }
    }
    let mut ours = None;
    let mut failed = Vec::new();
    for step in &steps {
        if step.is_client() && ours.is_none() {
            let start = Instant::now();
            ours = Some(Ours::start(&workshop).context("our own side")?);
            let seconds = start.elapsed().as_secs_f64();
            writeln!(
                out,
                "built our command line, started its sandbox ({seconds:.1} s)"
            )?;
        }
        let start = Instant::now();
        let result = step.run(&workshop, ours.as_ref());
        let seconds = start.elapsed().as_secs_f64();
        match result {
            Ok(exercised) => writeln!(out, "{}: {exercised} ({seconds:.1} s)", step.name)?,
            Err(error) => {
                writeln!(out, "{}: FAILED ({seconds:.1} s)\n  {error:#}", step.name)?;
                failed.push(step.name);
            }
        }
        out.flush()?;
    }
    if !failed.is_empty() {
        let names = failed.join(" ");
        bail!("its message stands above; to run what failed alone: `cargo xtask interop {names}`");
    }
    Ok(())
}

impl Step {
    fn is_client(&self) -> bool {
        matches!(self.work, Work::Client(_))
    }

    fn run(&self, workshop: &Workshop, ours: Option<&Ours>) -> Result<Exercised> {
        let exercised = match self.work {
            Work::Reader(work) => work(workshop)?,
            Work::Client(work) => work(workshop, ours.context("our own side is not started")?)?,
        };
        exercised.check()
    }
}

impl Exercised {
    /// Something happened, or else the step has proved nothing.
    fn check(self) -> Result<Self> {
        if self.0.is_empty() || self.0.iter().any(|(count, _)| *count == 0) {
            bail!("it proved nothing: {self}");
        }
        Ok(self)
    }
}

impl fmt::Display for Exercised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (count, what)) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{count} {what}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_of_zero_fails() {
        let some = Exercised(vec![(412, "requests"), (5, "checks")]);
        assert_eq!(some.check().unwrap().to_string(), "412 requests, 5 checks");
        let none = Exercised(vec![(412, "requests"), (0, "checks")]);
        assert_eq!(
            none.check().unwrap_err().to_string(),
            "it proved nothing: 412 requests, 0 checks"
        );
        assert!(Exercised(Vec::new()).check().is_err());
    }
}
