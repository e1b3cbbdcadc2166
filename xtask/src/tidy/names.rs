//! Package names say where a package stands.

use std::path::Path;

use anyhow::Result;

use super::members;

/// What the names of published packages begin with.
pub(crate) const PREFIX: &str = "qwen-batches-";

/// Folders of packages that are never published, and their names.
pub(super) const UNPUBLISHED: [(&str, &str); 2] = [("tests", "contract-tests"), ("xtask", "xtask")];

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let members = members::read(root)?;
    let problems = members
        .iter()
        .filter_map(|member| problem(&member.folder, &member.name));
    Ok(problems.collect())
}

fn problem(folder: &Path, name: &str) -> Option<String> {
    let expected = name_of(folder);
    (name != expected).then(|| {
        let folder = folder.display();
        format!("{folder}/Cargo.toml: the package is named `{name}`; in this folder, name it `{expected}`")
    })
}

fn name_of(folder: &Path) -> String {
    let unpublished = UNPUBLISHED
        .iter()
        .find(|(path, _)| Path::new(path) == folder);
    match (unpublished, folder.file_name()) {
        (Some((_, name)), _) => (*name).to_owned(),
        (None, last) => format!("{PREFIX}{}", last.unwrap_or_default().to_string_lossy()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_folders() {
        for (folder, name) in [
            ("openapi", "qwen-batches-openapi"),
            ("crates/ext", "qwen-batches-ext"),
            ("tests", "contract-tests"),
            ("xtask", "xtask"),
        ] {
            assert_eq!(problem(Path::new(folder), name), None);
        }
    }

    #[test]
    fn another_name_fails() {
        assert_eq!(
            problem(Path::new("crates/ext"), "qwen-batches-extra").unwrap(),
            "crates/ext/Cargo.toml: the package is named `qwen-batches-extra`; in this folder, \
             name it `qwen-batches-ext`"
        );
        assert!(problem(Path::new("tests"), "qwen-batches-tests").is_some());
    }
}
