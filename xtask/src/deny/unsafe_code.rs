//! Unsafe code is forbidden by a lint of the workspace, which each member has to take over.

use std::path::Path;

use anyhow::{Context as _, Result};
use cargo_metadata::Metadata;
use toml_edit::{Document, Item};

use crate::files;

pub(super) fn problems(root: &Path, metadata: &Metadata) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    problems.extend(workspace_problem(&read(&root.join("Cargo.toml"))?));
    for package in &metadata.packages {
        let manifest = read(package.manifest_path.as_std_path())?;
        problems.extend(member_problem(&package.name, &manifest));
    }
    Ok(problems)
}

fn read(path: &Path) -> Result<Document<String>> {
    Document::parse(files::read(path)?)
        .with_context(|| format!("{} is not readable as TOML", path.display()))
}

fn workspace_problem(manifest: &Document<String>) -> Option<String> {
    let lint = ["workspace", "lints", "rust", "unsafe_code"]
        .into_iter()
        .try_fold(manifest.as_item(), |item, key| item.get(key));
    let forbids = lint.and_then(Item::as_str) == Some("forbid");
    (!forbids).then(|| {
        "Cargo.toml: write `unsafe_code = \"forbid\"` in [workspace.lints.rust]".to_owned()
    })
}

fn member_problem(name: &str, manifest: &Document<String>) -> Option<String> {
    let inherited = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(Item::as_bool);
    (inherited != Some(true))
        .then(|| format!("`{name}`: write `workspace = true` in [lints] of its Cargo.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document<String> {
        Document::parse(text.to_owned()).unwrap()
    }

    #[test]
    fn the_lint_must_forbid() {
        let of = |level: &str| {
            let text = format!("[workspace.lints.rust]\nunsafe_code = \"{level}\"");
            workspace_problem(&parse(&text))
        };
        assert_eq!(of("forbid"), None);
        assert!(of("deny").is_some());
        assert!(workspace_problem(&parse("[workspace]")).is_some());
    }

    #[test]
    fn each_member_must_take_it_over() {
        assert_eq!(
            member_problem("a", &parse("[lints]\nworkspace = true")),
            None
        );
        for wrong in ["", "[lints]\nworkspace = false", "[lints.rust]"] {
            assert!(
                member_problem("a", &parse(wrong)).is_some_and(|problem| problem.contains("`a`"))
            );
        }
    }
}
