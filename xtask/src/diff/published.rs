//! The accepted contracts: one file a version, as it was when it was accepted.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::semver::Version;

use super::walk::changes;
use super::{Contract, VERSION, version, worst};
use crate::CONTRACT;

/// The folder, from the root of the workspace.
pub(crate) const FOLDER: &str = "openapi/published";

/// The accepted contract of the highest version.
pub(crate) fn newest(root: &Path) -> Result<Option<Contract>> {
    let Some((version, path)) = files(root)?.pop() else {
        return Ok(None);
    };
    let name = path.display().to_string();
    let text =
        fs::read_to_string(root.join(&path)).with_context(|| format!("{name} cannot be read"))?;
    let contract = Contract::read(name, text)?;
    ensure!(
        contract.version == version,
        "{} holds version {}: a file of {FOLDER} is named after its version",
        contract.name,
        contract.version
    );
    Ok(Some(contract))
}

/// The files, by version.
fn files(root: &Path) -> Result<Vec<(Version, PathBuf)>> {
    let entries = match fs::read_dir(root.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).context(FOLDER),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = Path::new(FOLDER).join(entry.context(FOLDER)?.file_name());
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            let version = Version::parse(&stem)
                .with_context(|| format!("{} is not named after a version", path.display()))?;
            files.push((version, path));
        }
    }
    files.sort();
    Ok(files)
}

/// Keeps the contract as the accepted one of its version.
///
/// The version has to follow from what changed; under an accepted one only words may change.
pub(crate) fn accept(root: &Path, out: &mut dyn Write) -> Result<()> {
    let current = Contract::current(root)?;
    let path = Path::new(FOLDER).join(format!("{}.yaml", current.version));
    let name = path.display();
    if let Some(newest) = newest(root)? {
        let worst = worst(&changes(&newest.document, &current.document));
        version::check(VERSION, &newest.version, &current.version, worst)
            .with_context(|| format!("{} cannot be accepted", CONTRACT))?;
        if newest.version == current.version && newest.text == current.text {
            writeln!(out, "{name} is accepted already")?;
            return Ok(());
        }
    }
    fs::create_dir_all(root.join(FOLDER)).context(FOLDER)?;
    fs::write(root.join(&path), &current.text)
        .with_context(|| format!("{name} cannot be written"))?;
    writeln!(out, "accepted {name}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::super::{check, run};
    use super::*;

    fn contract(version: &str, text: &str, maximum: u32) -> String {
        format!(
            "openapi: 3.0.3\ninfo: {{ title: {text}, version: {version} }}\npaths:\n  /a:\n    \
             get:\n      operationId: a\n      parameters:\n        - {{ name: n, in: query, \
             schema: {{ type: integer, maximum: {maximum} }} }}\n      responses: {{}}\n"
        )
    }

    fn workspace(text: &str) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("openapi")).unwrap();
        edit(&root, text);
        root
    }

    fn edit(root: &TempDir, text: &str) {
        fs::write(root.path().join(CONTRACT), text).unwrap();
    }

    fn said(command: impl FnOnce(&mut dyn Write) -> Result<()>) -> String {
        let mut out = Vec::new();
        match command(&mut out) {
            Ok(()) => String::from_utf8(out).unwrap().replace('\\', "/"),
            Err(error) => format!("error: {error:#}"),
        }
    }

    #[test]
    fn without_an_accepted_version_there_is_nothing_to_compare_with() {
        let root = workspace(&contract("1.0.0", "A", 9));
        let mut out = Vec::new();
        assert_eq!(run(root.path(), None, &mut out).unwrap(), 0);
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("cargo xtask regen --accept-version"), "{out}");
        assert!(check(root.path(), &mut Vec::new()).is_ok());
    }

    #[test]
    fn accepts_a_version_once_and_then_its_words_alone() {
        let root = workspace(&contract("1.0.0", "A", 9));
        let accepted = || said(|out| accept(root.path(), out));
        assert_eq!(accepted(), "accepted openapi/published/1.0.0.yaml\n");
        assert_eq!(
            accepted(),
            "openapi/published/1.0.0.yaml is accepted already\n"
        );
        edit(&root, &contract("1.0.0", "B", 9));
        assert_eq!(accepted(), "accepted openapi/published/1.0.0.yaml\n");
        edit(&root, &contract("1.0.0", "B", 10));
        let refused = accepted();
        assert!(refused.contains("cannot be accepted"), "{refused}");
        assert!(refused.contains("needs `info.version` 1.1.0"), "{refused}");
        edit(&root, &contract("1.10.0", "B", 10));
        assert_eq!(accepted(), "accepted openapi/published/1.10.0.yaml\n");
        // The newest by version, not by name.
        edit(&root, &contract("1.9.0", "B", 10));
        assert!(accepted().contains("goes back"));
    }

    #[test]
    fn the_exit_code_and_the_check_follow_the_gravest_change() {
        let root = workspace(&contract("1.0.0", "A", 9));
        accept(root.path(), &mut Vec::new()).unwrap();
        for (version, text, maximum, code, passes) in [
            ("1.0.0", "A", 9, 0, true),
            ("1.0.0", "B", 9, 0, true),
            ("1.0.1", "A", 10, 10, false),
            ("1.1.0", "A", 10, 10, true),
            ("1.1.0", "A", 8, 20, false),
            ("2.0.0", "A", 8, 20, true),
        ] {
            edit(&root, &contract(version, text, maximum));
            let mut out = Vec::new();
            assert_eq!(run(root.path(), None, &mut out).unwrap(), code);
            let out = String::from_utf8(out).unwrap();
            assert_eq!(check(root.path(), &mut Vec::new()).is_ok(), passes, "{out}");
            assert_eq!(!out.contains("needs `info.version`"), passes, "{out}");
        }
    }

    #[test]
    fn a_base_may_be_a_file_and_is_named_if_it_is_neither_file_nor_revision() {
        let root = workspace(&contract("1.0.0", "A", 9));
        let base = root.path().join("base.yaml");
        fs::write(&base, contract("1.0.0", "A", 8)).unwrap();
        let mut out = Vec::new();
        assert_eq!(run(root.path(), base.to_str(), &mut out).unwrap(), 10);
        let error = run(root.path(), Some("no-such-thing"), &mut out).unwrap_err();
        assert!(
            error.to_string().contains("`no-such-thing` is neither"),
            "{error:#}"
        );
    }

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_refused() {
        let root = workspace(&contract("1.0.0", "A", 9));
        accept(root.path(), &mut Vec::new()).unwrap();
        let folder = root.path().join(FOLDER);
        fs::rename(folder.join("1.0.0.yaml"), folder.join("1.2.0.yaml")).unwrap();
        assert!(said(|out| check(root.path(), out)).contains("1.2.0.yaml holds version 1.0.0"));
        fs::rename(folder.join("1.2.0.yaml"), folder.join("new.yaml")).unwrap();
        assert!(said(|out| check(root.path(), out)).contains("not named after a version"));
    }
}
