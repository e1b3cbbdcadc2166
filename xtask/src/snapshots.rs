//! The snapshot tests: whole outputs, compared with reviewed `.snap` files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::cargo::{Mismatch, cargo_test};

/// The command that takes new output as right.
pub(crate) const ACCEPT: &str = "cargo xtask snapshots --accept";

/// The packages with snapshot tests, and their folders.
const PACKAGES: [(&str, &str); 4] = [
    ("qwen-batches-codegen", "crates/codegen"),
    ("qwen-batches", "crates/ext"),
    ("contract-tests", "tests"),
    ("qwen-batches-cli", "crates/cli"),
];

/// Text of each snapshot file by its path from the root.
type Snapshots = BTreeMap<PathBuf, Vec<u8>>;

/// Fails where a snapshot differs from what its test produces, or belongs to no test.
pub(crate) fn check(root: &Path, out: &mut dyn Write) -> Result<()> {
    remove_pending(root, out)?;
    let run = run(root, Mismatch::Fails)?;
    if !run.passed {
        bail!("a snapshot test failed; if the new output is right: `{ACCEPT}`");
    }
    let orphans = orphans(&snapshots(root)?, &run.used);
    if !orphans.is_empty() {
        bail!(
            "no test uses these snapshots; to remove them: `{ACCEPT}`{}",
            list(&orphans)
        );
    }
    Ok(())
}

/// Takes what the tests produce as right, and says which files that changed.
pub(crate) fn accept(root: &Path, out: &mut dyn Write) -> Result<()> {
    remove_pending(root, out)?;
    let before = snapshots(root)?;
    let run = run(root, Mismatch::IsAccepted)?;
    if run.passed {
        for path in orphans(&snapshots(root)?, &run.used) {
            fs::remove_file(root.join(&path))
                .with_context(|| format!("{} cannot be removed", path.display()))?;
        }
    }
    let changes = changes(&before, &snapshots(root)?);
    if changes.is_empty() {
        writeln!(out, "no snapshot changed")?;
    }
    for change in changes {
        writeln!(out, "{change}")?;
    }
    let inline = pending(root)?;
    if !inline.is_empty() {
        bail!(
            "inline snapshots cannot be accepted; edit them, or move them to files:{}",
            list(&inline)
        );
    }
    if !run.passed {
        bail!("a test failed for another reason than its snapshot; its message stands above");
    }
    Ok(())
}

struct Run {
    passed: bool,
    /// The snapshot files that the tests asked for.
    used: BTreeSet<PathBuf>,
}

fn run(root: &Path, mismatch: Mismatch) -> Result<Run> {
    let mut arguments = vec!["test", "--quiet", "--no-fail-fast"];
    for (package, _) in PACKAGES {
        arguments.extend(["--package", package]);
    }
    // One of its examples needs it.
    arguments.extend(["--features", "qwen-batches/blocking"]);
    let used = std::env::temp_dir().join(format!("xtask-snapshots-{}", std::process::id()));
    let status = cargo_test(root, &arguments, mismatch)
        .env("INSTA_SNAPSHOT_REFERENCES_FILE", &used)
        .status()
        .context("cargo cannot be run")?;
    // Without a snapshot test there is no such file.
    let list = fs::read_to_string(&used).unwrap_or_default();
    let _ = fs::remove_file(&used);
    Ok(Run {
        passed: status.success(),
        used: list
            .lines()
            .filter_map(|path| from_root(root, path))
            .collect(),
    })
}

/// `path` from the root, resolved: tests name their snapshots by paths such as `src/../x.snap`.
fn from_root(root: &Path, path: &str) -> Option<PathBuf> {
    let path = fs::canonicalize(root.join(path)).ok()?;
    let path = path.strip_prefix(fs::canonicalize(root).ok()?).ok()?;
    Some(path.to_owned())
}

/// The snapshots that no test asked for.
///
/// None where no test asked for any: then insta kept no list, and nothing is known.
fn orphans(snapshots: &Snapshots, used: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    if used.is_empty() {
        return Vec::new();
    }
    let unused = snapshots.keys().filter(|path| !used.contains(*path));
    unused.cloned().collect()
}

/// One line for each snapshot that came, went or changed.
fn changes(before: &Snapshots, after: &Snapshots) -> Vec<String> {
    let paths: BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let change = |path: &PathBuf| {
        let verb = match (before.get(path), after.get(path)) {
            (None, Some(_)) => "added",
            (Some(_), None) => "removed",
            (old, new) if old != new => "changed",
            _ => return None,
        };
        Some(format!("{verb} {}", path.display()))
    };
    paths.into_iter().filter_map(change).collect()
}

fn snapshots(root: &Path) -> Result<Snapshots> {
    let mut snapshots = Snapshots::new();
    for path in files(root, |name| name.ends_with(".snap"))? {
        let text = fs::read(root.join(&path))
            .with_context(|| format!("{} cannot be read", path.display()))?;
        snapshots.insert(path, text);
    }
    Ok(snapshots)
}

/// What a run of the tests outside this command left to be reviewed.
fn pending(root: &Path) -> Result<Vec<PathBuf>> {
    files(root, |name| {
        name.ends_with(".snap.new") || name.ends_with(".pending-snap")
    })
}

fn remove_pending(root: &Path, out: &mut dyn Write) -> Result<()> {
    for path in pending(root)? {
        fs::remove_file(root.join(&path))
            .with_context(|| format!("{} cannot be removed", path.display()))?;
        writeln!(out, "removed {}, left by an earlier run", path.display())?;
    }
    Ok(())
}

/// Files of the packages with snapshot tests, by name, as paths from the root.
fn files(root: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = PACKAGES.map(|(_, folder)| folder.into()).into();
    while let Some(folder) = folders.pop() {
        let problem = || format!("{} cannot be read", folder.display());
        for entry in fs::read_dir(root.join(&folder)).with_context(problem)? {
            let entry = entry.with_context(problem)?;
            let path = folder.join(entry.file_name());
            if entry.file_type().with_context(problem)?.is_dir() {
                folders.push(path);
            } else if wanted(&entry.file_name().to_string_lossy()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn list(paths: &[PathBuf]) -> String {
    let line = |path: &PathBuf| format!("\n  {}", path.display());
    paths.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshots_of(list: &[(&str, &str)]) -> Snapshots {
        let entry = |(path, text): &(&str, &str)| (path.into(), text.as_bytes().to_vec());
        list.iter().map(entry).collect()
    }

    #[test]
    fn changes_name_what_came_went_and_changed() {
        let before = snapshots_of(&[("a.snap", "1"), ("b.snap", "1"), ("c.snap", "1")]);
        let after = snapshots_of(&[("a.snap", "1"), ("b.snap", "2"), ("d.snap", "1")]);
        assert_eq!(
            changes(&before, &after),
            ["changed b.snap", "removed c.snap", "added d.snap"]
        );
    }

    #[test]
    fn a_snapshot_without_a_test_is_an_orphan() {
        let snapshots = snapshots_of(&[("a.snap", ""), ("b.snap", "")]);
        let used = BTreeSet::from([PathBuf::from("a.snap")]);
        assert_eq!(orphans(&snapshots, &used), [PathBuf::from("b.snap")]);
        assert!(orphans(&snapshots, &BTreeSet::new()).is_empty());
    }

    #[test]
    fn pending_snapshots_are_found_and_removed() {
        let root = tempfile::tempdir().unwrap();
        for (_, folder) in PACKAGES {
            fs::create_dir_all(root.path().join(folder).join("tests/snapshots")).unwrap();
        }
        let folder = root.path().join("crates/cli/tests/snapshots");
        fs::write(folder.join("a.snap"), "").unwrap();
        fs::write(folder.join("a.snap.new"), "").unwrap();
        fs::write(folder.join(".b.rs.pending-snap"), "").unwrap();
        assert_eq!(pending(root.path()).unwrap().len(), 2);
        remove_pending(root.path(), &mut Vec::new()).unwrap();
        assert!(pending(root.path()).unwrap().is_empty());
        assert_eq!(snapshots(root.path()).unwrap().len(), 1);
    }
}
