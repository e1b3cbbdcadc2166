//! Child processes with a time limit, none of which outlives this program's interest in it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

const POLL: Duration = Duration::from_millis(20);
/// Lines of a log that a failure shows.
const SHOWN: usize = 30;

/// A child process; killed when it is dropped. What it prints goes to files, so that no full
/// pipe can stop it.
pub(crate) struct Child {
    process: process::Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

/// What a process left that has ended by itself.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Child {
    /// Starts `command`, with its output in `{log}.out` and `{log}.err`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let (stdout, stderr) = (log.with_extension("out"), log.with_extension("err"));
        let create = |path: &Path| {
            File::create(path).with_context(|| format!("{} cannot be written", path.display()))
        };
        let process = command
            .stdin(Stdio::null())
            .stdout(create(&stdout)?)
            .stderr(create(&stderr)?)
            .spawn()
            .with_context(|| format!("`{}` cannot be run", program(command)))?;
        Ok(Self {
            process,
            stdout,
            stderr,
        })
    }

    /// Waits until `read` finds what it looks for in the child's standard output.
    pub(crate) fn wait_for<T>(
        &mut self,
        limit: Duration,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        let start = Instant::now();
        loop {
            // Asked first: what it printed before its end is complete then.
            let ended = self.process.try_wait()?.is_some();
            let output = text(&self.stdout);
            // A line that is still being written could be misread.
            let whole_lines = output.rfind('\n').map_or("", |end| &output[..=end]);
            if let Some(found) = read(whole_lines) {
                return Ok(found);
            }
            if ended {
                bail!("it ended early; {}", self.last_words());
            }
            if start.elapsed() >= limit {
                bail!("not ready after {limit:?}; {}", self.last_words());
            }
            thread::sleep(POLL);
        }
    }

    fn finish(mut self, limit: Duration) -> Result<Finished> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait()? {
                return Ok(Finished {
                    status,
                    stdout: text(&self.stdout),
                    stderr: text(&self.stderr),
                });
            }
            if start.elapsed() >= limit {
                bail!("killed after {limit:?}; {}", self.last_words());
            }
            thread::sleep(POLL);
        }
    }

    fn last_words(&self) -> String {
        last_lines(&text(&self.stdout), &text(&self.stderr))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Finished {
    /// The standard output of a process that succeeded.
    fn success(self) -> Result<String> {
        if self.status.success() {
            return Ok(self.stdout);
        }
        Err(self.failure())
    }

    /// How it ended, and what it printed last.
    pub(crate) fn failure(&self) -> anyhow::Error {
        let words = last_lines(&self.stdout, &self.stderr);
        anyhow!("it ended with {}; {words}", self.status)
    }
}

/// Runs `command` to its end, which must come within `limit`.
pub(crate) fn run(command: &mut Command, log: &Path, limit: Duration) -> Result<Finished> {
    let program = program(command);
    Child::start(command, log)?
        .finish(limit)
        .with_context(|| format!("`{program}`"))
}

/// What `command` prints to its standard output; it must succeed within `limit`.
pub(crate) fn output(command: &mut Command, log: &Path, limit: Duration) -> Result<String> {
    run(command, log, limit)?.success()
}

fn program(command: &Command) -> String {
    let path = Path::new(command.get_program());
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn text(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn last_lines(stdout: &str, stderr: &str) -> String {
    let lines: Vec<&str> = stdout.lines().chain(stderr.lines()).collect();
    if lines.is_empty() {
        return "it printed nothing".to_owned();
    }
    let tail = &lines[lines.len().saturating_sub(SHOWN)..];
    format!("it printed:\n    {}", tail.join("\n    "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that is on every machine that runs this test.
    fn rustc(argument: &str) -> Command {
        let mut command = Command::new("rustc");
        command.arg(argument);
        command
    }

    #[test]
    fn output_and_failure_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let minute = Duration::from_secs(60);
        let version = output(&mut rustc("--version"), &log, minute).unwrap();
        assert!(version.starts_with("rustc "), "{version}");
        let failed = output(&mut rustc("--no-such-option"), &log, minute);
        let error = failed.unwrap_err().to_string();
        assert!(error.contains("no-such-option"), "{error}");
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(folder.path().join("missing"));
        let error = run(&mut command, &folder.path().join("log"), Duration::ZERO);
        let error = format!("{:#}", error.err().unwrap());
        assert!(error.starts_with("`missing` cannot be run: "), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn what_takes_too_long_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sleep");
        let log = folder.path().join("log");
        let error = run(command.arg("600"), &log, Duration::ZERO);
        let error = format!("{:#}", error.err().unwrap());
        assert_eq!(error, "`sleep`: killed after 0ns; it printed nothing");
    }

    #[test]
    fn readiness_is_read_from_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut child = Child::start(&mut rustc("--version"), &log).unwrap();
        let minute = Duration::from_secs(60);
        let read = |output: &str| output.strip_prefix("rustc ").map(str::to_owned);
        assert!(child.wait_for(minute, read).unwrap().ends_with('\n'));
        let never = child.wait_for(minute, |_| None::<()>);
        let error = never.unwrap_err().to_string();
        assert!(
            error.starts_with("it ended early; it printed:\n"),
            "{error}"
        );
    }
}
