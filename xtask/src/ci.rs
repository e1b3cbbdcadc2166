//! Every gate, each a named command that can be run alone. Adding a gate is adding a row.

mod counts;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use self::counts::Counts;
use crate::cargo::{Mismatch, cargo, cargo_test, metadata};
use crate::command::succeed;
use crate::{deny, features, interop, package, regen, snapshots, tidy};

const GATES: [Gate; 14] = [
    Gate {
        command: "cargo fmt --all --check",
        work: Work::Cargo,
        mend: Some("cargo fmt --all"),
    },
    Gate {
        command: "cargo fmt --manifest-path bench/Cargo.toml --all --check",
        work: Work::Cargo,
        mend: Some("cargo fmt --manifest-path bench/Cargo.toml --all"),
    },
    Gate {
        command: "cargo fmt --manifest-path fuzz/Cargo.toml --all --check",
        work: Work::Cargo,
        mend: Some("cargo fmt --manifest-path fuzz/Cargo.toml --all"),
    },
    Gate {
        command: "cargo fmt --manifest-path xtask/cases/consumer/Cargo.toml --check",
        work: Work::Cargo,
        mend: Some("cargo fmt --manifest-path xtask/cases/consumer/Cargo.toml"),
    },
    Gate {
        command: "cargo clippy --workspace --all-targets --all-features --locked -- -D warnings",
        work: Work::Cargo,
        mend: None,
    },
    // Its bodies run among the tests; here its targets compile, and its lock file is up to date.
    Gate {
        command: "cargo check --manifest-path fuzz/Cargo.toml --locked",
        work: Work::Outside,
        mend: Some("cargo update --workspace --manifest-path fuzz/Cargo.toml"),
    },
    Gate {
        command: "cargo doc --workspace --no-deps --all-features --locked",
        work: Work::Doc,
        mend: None,
    },
    Gate {
        command: "cargo test --workspace --locked",
        work: Work::Tests,
        mend: Some(snapshots::ACCEPT),
    },
    Gate {
        command: "cargo xtask features",
        work: Work::Here(features::run),
        mend: None,
    },
    Gate {
        command: "cargo xtask regen --check",
        work: Work::Here(regen::check),
        mend: None,
    },
    Gate {
        command: "cargo xtask tidy",
        work: Work::Here(tidy::run),
        mend: None,
    },
    Gate {
        command: "cargo xtask deny",
        work: Work::Here(deny::run),
        mend: None,
    },
    Gate {
        command: "cargo xtask package",
        work: Work::Here(package::run),
        mend: None,
    },
    Gate {
        command: "cargo xtask interop",
        work: Work::Here(interop::run_all),
        mend: None,
    },
];

/// Runs the gates up to the first that fails; the last line counts the tests.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> Result<()> {
    run_gates(&GATES, root, out)
}

struct Gate {
    /// What a person types to run this gate alone.
    command: &'static str,
    work: Work,
    /// What a person types where the gate's own messages do not say it.
    mend: Option<&'static str>,
}

enum Work {
    /// The command as it stands.
    Cargo,
    /// The command, in the target folder of this workspace: what is there need not be built again.
    Outside,
    /// The command, with warnings of rustdoc as errors.
    Doc,
    /// The command, with the results of its tests counted.
    Tests,
    /// The same work, in this process.
    Here(fn(&Path, &mut dyn Write) -> Result<()>),
}

fn run_gates(gates: &[Gate], root: &Path, out: &mut dyn Write) -> Result<()> {
    let mut counts = Counts::default();
    let mut times = Vec::new();
    let mut failure = None;
    for gate in gates {
        writeln!(out, "\n$ {}", gate.command)?;
        out.flush()?;
        let start = Instant::now();
        let result = gate.run(root, out, &mut counts);
        let time = start.elapsed();
        let verdict = if result.is_ok() { "ok" } else { "FAILED" };
        writeln!(out, "{verdict} after {:.1} s", time.as_secs_f64())?;
        times.push((gate.command, time, verdict));
        if let Err(error) = result {
            failure = Some(error.context(gate.failure()));
            break;
        }
    }
    write!(out, "\n{}\n{counts}\n", summary(&times))?;
    failure.map_or(Ok(()), Err)
}

impl Gate {
    fn run(&self, root: &Path, out: &mut dyn Write, counts: &mut Counts) -> Result<()> {
        let arguments: Vec<&str> = self.command.split_whitespace().skip(1).collect();
        match self.work {
            Work::Cargo => succeed(&mut cargo(root, &arguments)),
            Work::Outside => {
                let metadata = metadata(root)?;
                succeed(cargo(root, &arguments).env("CARGO_TARGET_DIR", metadata.target_directory))
            }
            Work::Doc => {
                let flags = std::env::var("RUSTDOCFLAGS").unwrap_or_default();
                let flags = format!("{flags} -D warnings");
                succeed(cargo(root, &arguments).env("RUSTDOCFLAGS", flags.trim_start()))
            }
            Work::Tests => {
                let mut command = cargo_test(root, &arguments, Mismatch::Fails);
                let run = count(&mut command, out)?;
                counts.add(run.counts);
                run.verdict()
            }
            Work::Here(work) => work(root, out),
        }
    }

    fn failure(&self) -> String {
        let mend = self.mend.map(|mend| format!(" (may mend it: `{mend}`)"));
        format!("`{}` failed{}", self.command, mend.unwrap_or_default())
    }
}

struct TestRun {
    passed: bool,
    counts: Counts,
}

impl TestRun {
    fn verdict(&self) -> Result<()> {
        if !self.passed {
            bail!("its message stands above");
        }
        if self.counts.ran() == 0 {
            bail!("no test ran");
        }
        Ok(())
    }
}

/// Runs tests, passes their output on, and counts what it reports.
fn count(command: &mut Command, out: &mut dyn Write) -> Result<TestRun> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo cannot be run")?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let mut counts = Counts::default();
    // Bytes, since a test may print anything.
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.context("the output of cargo cannot be read")?;
        counts.read(&String::from_utf8_lossy(&line));
        out.write_all(&line)?;
        out.write_all(b"\n")?;
    }
    let status = child.wait().context("cargo cannot be waited for")?;
    Ok(TestRun {
        passed: status.success(),
        counts,
    })
}

fn summary(times: &[(&str, Duration, &str)]) -> String {
    let mut text = String::from("seconds  result  gate\n");
    for (command, time, verdict) in times {
        let seconds = time.as_secs_f64();
        let _ = writeln!(text, "{seconds:7.1}  {verdict:6}  {command}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate(command: &'static str, work: fn(&Path, &mut dyn Write) -> Result<()>) -> Gate {
        Gate {
            command,
            work: Work::Here(work),
            mend: Some("mend it"),
        }
    }

    #[test]
    fn stops_at_the_first_failure_and_names_the_command() {
        let gates = [
            gate("first", |_, _| Ok(())),
            gate("second", |_, _| bail!("no good")),
            gate("third", |_, _| panic!("must not run")),
        ];
        let mut out = Vec::new();
        let error = run_gates(&gates, Path::new("."), &mut out).unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "`second` failed (may mend it: `mend it`): no good"
        );
        let out = String::from_utf8(out).unwrap();
        assert!(out.starts_with("\n$ first\nok after "), "{out}");
        assert!(out.contains("FAILED  second"), "{out}");
        assert!(out.ends_with("\n0 passed, 0 failed\n"), "{out}");
    }

    #[test]
    fn a_run_without_a_test_fails() {
        let run = |passed, line| {
            let mut counts = Counts::default();
            counts.read(line);
            TestRun { passed, counts }.verdict().is_ok()
        };
        assert!(run(true, "test result: ok. 1 passed; 0 failed"));
        assert!(!run(true, "test result: ok. 0 passed; 0 failed"));
        assert!(!run(false, "test result: ok. 1 passed; 0 failed"));
    }

    #[test]
    fn each_gate_is_a_cargo_command() {
        for gate in &GATES {
            assert!(gate.command.starts_with("cargo "), "{}", gate.command);
        }
    }
}
