//! Keeps the reviewed copies of the generated client and of the generator view equal to what the
//! contract becomes.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use similar::TextDiff;

use crate::{CONTRACT, diff};

const CLIENT: &str = "crates/codegen/snapshots/batches/client.rs";
const VIEW: &str = "crates/codegen/snapshots/batches/generator-view.yaml";

/// Writes each copy that is out of date, and says so.
pub(crate) fn write(root: &Path, out: &mut dyn Write) -> Result<()> {
    let stale = stale(root)?;
    if stale.is_empty() {
        writeln!(out, "unchanged")?;
    }
    for copy in stale {
        fs::write(root.join(copy.path), &copy.new).context(copy.path)?;
        writeln!(out, "wrote {}", copy.path)?;
    }
    Ok(())
}

/// Fails with a diff of each copy that [`write()`] would write, and where the contract's version
/// does not follow from what changed in it.
pub(crate) fn check(root: &Path, out: &mut dyn Write) -> Result<()> {
    let stale = stale(root)?;
    if stale.is_empty() {
        writeln!(out, "unchanged")?;
        return diff::check(root, out);
    }
    for Copy { path, old, new } in &stale {
        let diff = TextDiff::from_lines(old, new);
        let diff = diff.unified_diff().header(path, "generated").to_string();
        writeln!(out, "{diff}")?;
    }
    bail!("reviewed copies are out of date; to write them: `cargo xtask regen`")
}

/// A reviewed file, as it is and as it should be.
struct Copy {
    path: &'static str,
    old: String,
    new: String,
}

/// The copies that differ. An error in the contract leaves all of them as they are.
fn stale(root: &Path) -> Result<Vec<Copy>> {
    let contract = fs::read_to_string(root.join(CONTRACT)).context(CONTRACT)?;
    let generated = qwen_batches_codegen::generate(&contract)
        .map_err(|error| anyhow!("{CONTRACT} at `#{}`: {}", error.pointer(), error.reason()))?;
    let mut copies = Vec::new();
    for (path, new) in [(CLIENT, generated.client), (VIEW, generated.view)] {
        // A copy that is missing is out of date.
        let old = fs::read_to_string(root.join(path)).unwrap_or_default();
        if old != new {
            copies.push(Copy { path, old, new });
        }
    }
    Ok(copies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_what_changes_and_checks_without_writing() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        for file in [CONTRACT, "openapi/published/1.0.0.yaml"] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::copy(crate::root().join(file), root.join(file)).unwrap();
        }
        fs::create_dir_all(root.join(CLIENT).parent().unwrap()).unwrap();
        let output = |command: fn(&Path, &mut dyn Write) -> Result<()>| {
            let mut out = Vec::new();
            let result = command(root, &mut out).map_err(|error| format!("{error:#}"));
            (result, String::from_utf8(out).unwrap())
        };
        assert_eq!(output(write).1, format!("wrote {CLIENT}\nwrote {VIEW}\n"));
        assert_eq!(output(write).1, "unchanged\n");

        fs::write(root.join(CLIENT), "fn old() {}\n").unwrap();
        let (result, text) = output(check);
        assert!(result.unwrap_err().ends_with("`cargo xtask regen`"));
        assert!(text.contains("-fn old() {}\n"), "{text}");

        fs::write(root.join(CONTRACT), "openapi: 3.1.0").unwrap();
        let (result, _) = output(write);
        let error = "openapi/batches.yaml at `#/openapi`: ";
        assert!(result.unwrap_err().starts_with(error));
        let client = fs::read_to_string(root.join(CLIENT)).unwrap();
        assert_eq!(client, "fn old() {}\n");
    }
}
