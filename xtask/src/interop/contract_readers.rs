//! Readers that judge the contract as a document. Each must accept it, and refuse a copy without
//! its replies: a reader that refuses nothing proves nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::Exercised;
use super::workshop::Workshop;
use crate::files::{read, write};
use crate::process::{self, Finished};

const LIMIT: Duration = Duration::from_secs(120);

/// The OpenAPI specification's own schemas.
pub(super) fn spec_validator(workshop: &Workshop) -> Result<Exercised> {
    judge(workshop, "openapi-spec-validator", |path| {
        let mut command = workshop.python_tool("openapi-spec-validator");
        command.arg(path);
        Reader {
            command,
            read: |finished| Ok(finished.stdout.matches(": OK").count()),
        }
    })
}

/// The linter's rule set `recommended`; a warning fails as well.
pub(super) fn redocly(workshop: &Workshop) -> Result<Exercised> {
    judge(workshop, "redocly", |path| {
        let mut command = workshop.node("node_modules/@redocly/cli/bin/cli.js");
        command
            .args(["lint", "--extends", "recommended", "--format", "json"])
            .arg(path);
        Reader {
            command,
            read: |finished| documents_of_redocly(&finished.stdout, &finished.stderr),
        }
    })
}

struct Reader {
    command: Command,
    /// How many documents it says that it accepted.
    read: fn(&Finished) -> Result<usize>,
}

fn judge(workshop: &Workshop, name: &str, reader: impl Fn(&Path) -> Reader) -> Result<Exercised> {
    let folder = workshop.empty_folder(name)?;
    let run = |path: &Path, log: &str| {
        let mut reader = reader(path);
        let log = workshop.log(&format!("{name}{log}"));
        // A folder without settings of the reader's own.
        let finished = process::run(reader.command.current_dir(&folder), &log, LIMIT)?;
        anyhow::Ok((reader.read, finished))
    };
    let (count, finished) = run(&workshop.contract(), "")?;
    if !finished.status.success() {
        return Err(finished.failure().context("the contract is not accepted"));
    }
    let accepted = count(&finished)?;
    let broken = broken_copy(workshop, &folder)?;
    let (_, finished) = run(&broken, "-broken")?;
    ensure!(
        !finished.status.success() && finished.says("responses"),
        "it accepts a contract without replies, {}",
        broken.display()
    );
    Ok(Exercised(vec![
        (accepted, "document accepted"),
        (1, "broken one refused"),
    ]))
}

impl Finished {
    fn says(&self, word: &str) -> bool {
        self.stdout.contains(word) || self.stderr.contains(word)
    }
}

fn broken_copy(workshop: &Workshop, folder: &Path) -> Result<PathBuf> {
    let broken = without_responses(&read(&workshop.contract())?)?;
    let path = folder.join("broken.json");
    write(&path, &broken)?;
    Ok(fs::canonicalize(path)?)
}

/// A document, as JSON, of which no operation has responses.
fn without_responses(document: &str) -> Result<String> {
    let mut document: Value = serde_norway::from_str(document).context("the contract")?;
    let paths = document["paths"].as_object_mut().context("no paths")?;
    let items = paths.values_mut().filter_map(Value::as_object_mut);
    let operations = items.flat_map(serde_json::Map::values_mut);
    let removed = operations
        .filter_map(Value::as_object_mut)
        .filter_map(|operation| operation.remove("responses"))
        .count();
    ensure!(removed > 0, "no operation has responses");
    Ok(document.to_string())
}

fn documents_of_redocly(stdout: &str, stderr: &str) -> Result<usize> {
    let report: Value = serde_json::from_str(stdout).context("its report is not JSON")?;
    let total = |name: &str| report["totals"][name].as_u64().context("it has no totals");
    if total("errors")? + total("warnings")? + total("ignored")? > 0 {
        bail!("it found problems: {stdout}");
    }
    Ok(stderr.matches(": validated in ").count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_copy_has_no_responses() {
        let broken = without_responses("paths: { /a: { get: { tags: [a], responses: {} } } }");
        assert_eq!(
            broken.unwrap(),
            r#"{"paths":{"/a":{"get":{"tags":["a"]}}}}"#
        );
        assert!(without_responses("paths: { /a: { get: {} } }").is_err());
    }

    #[test]
    fn warnings_of_redocly_fail() {
        let report =
            |warnings| format!(r#"{{"totals":{{"errors":0,"warnings":{warnings},"ignored":0}}}}"#);
        let stderr = "validating a.yaml...\na.yaml: validated in 4ms\n";
        assert_eq!(documents_of_redocly(&report(0), stderr).unwrap(), 1);
        assert_eq!(documents_of_redocly(&report(0), "").unwrap(), 0);
        assert!(documents_of_redocly(&report(1), stderr).is_err());
        assert!(documents_of_redocly("", stderr).is_err());
    }
}
