//! Keeps the reviewed snapshots of the code generation equal to what the contract comes to.
//!
//! Each folder of `crates/codegen/snapshots/` is one contract (its `contract.yaml`, or the
//! contract of this workspace) and what that becomes.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use qwen_batches_codegen::Generated;
use similar::TextDiff;

use crate::{CONTRACT, diff};

const FOLDERS: &str = "crates/codegen/snapshots";

const COMMAND: &str = "cargo xtask regen";

/// Writes each file of which the content changes, and says so.
pub(crate) fn write(root: &Path, out: &mut dyn Write) -> Result<()> {
    let stale = stale(root)?;
    if stale.is_empty() {
        writeln!(out, "unchanged")?;
    }
    for file in stale {
        fs::write(root.join(&file.path), &file.new)
            .with_context(|| format!("{} cannot be written", file.path.display()))?;
        writeln!(out, "wrote {}", file.path.display())?;
    }
    Ok(())
}

/// Fails with a diff of each file that [`write()`] would write, and where the contract's version
/// does not follow from what changed in it.
pub(crate) fn check(root: &Path, out: &mut dyn Write) -> Result<()> {
    let stale = stale(root)?;
    if stale.is_empty() {
        writeln!(out, "unchanged")?;
        return diff::check(root, out);
    }
    let diffs: String = stale.iter().map(File::diff).collect();
    bail!("reviewed snapshots are out of date\n{diffs}\nto write them: `{COMMAND}`")
}

/// A reviewed file, as it is and as it should be.
struct File {
    path: PathBuf,
    old: Option<String>,
    new: String,
}

impl File {
    fn diff(&self) -> String {
        let path = self.path.display().to_string();
        TextDiff::from_lines(self.old.as_deref().unwrap_or_default(), &self.new)
            .unified_diff()
            .header(&path, &format!("{path} (generated)"))
            .to_string()
    }
}

/// The reviewed files that differ. Everything is generated before anything is compared, so that
/// a contract error leaves all files as they are.
fn stale(root: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for folder in folders(root)? {
        let Generated { client, view, .. } = generate(root, &folder)?;
        files.push((folder.join("client.rs"), client));
        files.push((folder.join("generator-view.yaml"), view));
    }
    let mut stale = Vec::new();
    for (path, new) in files {
        let old = read_if_there(&root.join(&path))?;
        if old.as_ref() != Some(&new) {
            stale.push(File { path, old, new });
        }
    }
    Ok(stale)
}

/// The folders with snapshots, from the root, in a stable order.
fn folders(root: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root.join(FOLDERS)).context(FOLDERS)? {
        let entry = entry.context(FOLDERS)?;
        if entry.file_type().context(FOLDERS)?.is_dir() {
            folders.push(Path::new(FOLDERS).join(entry.file_name()));
        }
    }
    if folders.is_empty() {
        bail!("{FOLDERS} holds no folder: make one, and run `{COMMAND}`");
    }
    folders.sort();
    Ok(folders)
}

fn generate(root: &Path, folder: &Path) -> Result<Generated> {
    let own = folder.join("contract.yaml");
    let path = if root.join(&own).exists() {
        own
    } else {
        PathBuf::from(CONTRACT)
    };
    let file = path.display();
    let text =
        fs::read_to_string(root.join(&path)).with_context(|| format!("{file} cannot be read"))?;
    qwen_batches_codegen::generate(&text)
        .map_err(|error| anyhow!("{file} at `#{}`: {}", error.pointer(), error.reason()))
}

fn read_if_there(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const TEXT: &str = "
openapi: 3.0.3
info: { title: Small, version: 1.0.0 }
paths:
  /things:
    get:
      operationId: list_things
      responses:
        '200':
          description: All.
          content: { application/json: { schema: { type: string } } }
";

    /// A workspace with `contract` and one empty folder of snapshots.
    fn workspace(contract: &str) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("openapi")).unwrap();
        fs::create_dir_all(root.path().join(FOLDERS).join("small")).unwrap();
        fs::write(root.path().join(CONTRACT), contract).unwrap();
        root
    }

    fn written(root: &Path) -> String {
        let mut out = Vec::new();
        write(root, &mut out).unwrap();
        String::from_utf8(out).unwrap().replace('\\', "/")
    }

    #[test]
    fn writes_what_changes_and_nothing_else() {
        let root = workspace(TEXT);
        let client = "wrote crates/codegen/snapshots/small/client.rs\n";
        let view = "wrote crates/codegen/snapshots/small/generator-view.yaml\n";
        assert_eq!(written(root.path()), format!("{client}{view}"));
        assert_eq!(written(root.path()), "unchanged\n");
        fs::write(root.path().join(FOLDERS).join("small/client.rs"), "").unwrap();
        assert_eq!(written(root.path()), client);
    }

    #[test]
    fn a_folder_may_bring_its_own_contract() {
        let root = workspace("not read");
        let own = root.path().join(FOLDERS).join("small/contract.yaml");
        fs::write(own, TEXT).unwrap();
        assert!(written(root.path()).starts_with("wrote "));
    }

    #[test]
    fn check_writes_nothing_and_names_the_command() {
        let root = workspace(TEXT);
        written(root.path());
        assert!(check(root.path(), &mut Vec::new()).is_ok());

        let view = root.path().join(FOLDERS).join("small/generator-view.yaml");
        let old = fs::read_to_string(&view).unwrap().replace("Small", "Tiny");
        fs::write(&view, &old).unwrap();
        let error = check(root.path(), &mut Vec::new()).unwrap_err().to_string();
        assert!(
            error.contains("-  title: Tiny\n+  title: Small\n"),
            "{error}"
        );
        assert!(
            error.ends_with("to write them: `cargo xtask regen`"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&view).unwrap(), old);
    }

    #[test]
    fn a_contract_error_names_the_place_and_touches_no_file() {
        let root = workspace(TEXT);
        written(root.path());
        let broken = root.path().join(FOLDERS).join("zz");
        fs::create_dir(&broken).unwrap();
        fs::write(broken.join("contract.yaml"), "openapi: 3.1.0").unwrap();
        let client = root.path().join(FOLDERS).join("small/client.rs");
        fs::write(&client, "mine").unwrap();

        let error = write(root.path(), &mut Vec::new()).unwrap_err().to_string();
        let error = error.replace('\\', "/");
        assert!(
            error.starts_with("crates/codegen/snapshots/zz/contract.yaml at `#/openapi`: "),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&client).unwrap(), "mine");
    }
}
