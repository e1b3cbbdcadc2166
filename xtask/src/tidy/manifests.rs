//! Dependencies are declared once, in order; each member says what it is for.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use toml_edit::{Document, Item, TableLike};

use super::members;

const ROOT: &str = "Cargo.toml";
const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = workspace_problems(&read(root, ROOT)?);
    for member in members::read(root)? {
        let path = member.folder.join(ROOT).display().to_string();
        problems.extend(member_problems(&path, &read(root, &path)?));
    }
    Ok(problems)
}

fn read(root: &Path, path: &str) -> Result<Document<String>> {
    let text =
        fs::read_to_string(root.join(path)).with_context(|| format!("{path} cannot be read"))?;
    parse(text).with_context(|| path.to_owned())
}

fn parse(text: String) -> Result<Document<String>> {
    Document::parse(text).context("not readable as TOML")
}

fn workspace_problems(manifest: &Document<String>) -> Vec<String> {
    let workspace = &manifest["workspace"];
    let mut problems = Vec::new();
    let members = workspace.get("members").and_then(Item::as_array);
    for member in members.into_iter().flatten() {
        let above = member
            .decor()
            .prefix()
            .and_then(|prefix| match prefix.span() {
                Some(span) => manifest.raw().get(span),
                None => prefix.as_str(),
            });
        if !above.unwrap_or_default().contains('#') {
            let name = member.as_str().unwrap_or_default();
            problems.push(format!(
                "{ROOT}: member `{name}` has no comment above that says what it is for"
            ));
        }
    }
    let dependencies = workspace.get("dependencies").and_then(Item::as_table_like);
    let names: Vec<&str> = dependencies.map(keys).unwrap_or_default();
    for pair in names.windows(2) {
        if pair[0] > pair[1] {
            problems.push(format!(
                "{ROOT}: [workspace.dependencies] is alphabetical; move `{}` above `{}`",
                pair[1], pair[0]
            ));
        }
    }
    // Versions move together.
    let version = workspace
        .get("package")
        .and_then(|package| package.get("version"));
    let version = version.and_then(Item::as_str).unwrap_or_default();
    for (name, dependency) in dependencies.into_iter().flat_map(|table| table.iter()) {
        let is_member = dependency.get("path").is_some();
        let required = dependency.get("version").and_then(Item::as_str);
        if is_member && required != Some(version) {
            problems.push(format!(
                "{ROOT}: write `version = \"{version}\"` at `{name}`, as in [workspace.package]"
            ));
        }
    }
    problems
}

fn member_problems(path: &str, manifest: &Document<String>) -> Vec<String> {
    let mut problems = Vec::new();
    if !is_inherited(&manifest["package"]["version"]) {
        problems.push(format!("{path}: write `version.workspace = true`"));
    }
    for table in dependency_tables(manifest) {
        for (name, dependency) in table.iter() {
            let has_version = dependency.get("version").is_some();
            if !is_inherited(dependency) || has_version {
                problems.push(format!(
                    "{path}: declare `{name}` in [workspace.dependencies] of the root, and here \
                     write `{name}.workspace = true`"
                ));
            }
        }
    }
    problems
}

fn dependency_tables(manifest: &Document<String>) -> Vec<&dyn TableLike> {
    let targets = manifest.get("target").and_then(Item::as_table_like);
    let targets = targets.into_iter().flat_map(|table| table.iter());
    let places = std::iter::once(manifest.as_item()).chain(targets.map(|(_, target)| target));
    places
        .flat_map(|place| SECTIONS.map(|section| place.get(section)))
        .flatten()
        .filter_map(Item::as_table_like)
        .collect()
}

fn is_inherited(item: &Item) -> bool {
    item.get("workspace").and_then(Item::as_bool) == Some(true)
}

/// The keys of `table` in the order in which they are written.
fn keys(table: &dyn TableLike) -> Vec<&str> {
    table.iter().map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace_problems_of(text: &str) -> Vec<String> {
        workspace_problems(&parse(text.to_owned()).unwrap())
    }

    fn member_problems_of(dependencies: &str) -> Vec<String> {
        let text = format!("[package]\nname = \"a\"\nversion.workspace = true\n{dependencies}");
        member_problems("a/Cargo.toml", &parse(text).unwrap())
    }

    #[test]
    fn a_tidy_workspace_passes() {
        let text = "
            [workspace]
            members = [
                # The first.
                \"a\",
                # The second.
                \"b\",
            ]
            [workspace.package]
            version = \"1.0.0\"
            [workspace.dependencies]
            a = { path = \"a\", version = \"1.0.0\" }
            bytes = \"1\"
            # Pinned, with its reason.
            clap = { version = \"=4.0.0\" }
            clap-extra = \"1\"
        ";
        assert_eq!(workspace_problems_of(text), [""; 0]);
    }

    #[test]
    fn disorder_and_a_missing_comment_fail() {
        let text = "
            [workspace]
            members = [
                # The first.
                \"a\",
                \"b\",
            ]
            [workspace.dependencies]
            clap = \"4\"
            bytes = \"1\"
        ";
        assert_eq!(
            workspace_problems_of(text),
            [
                "Cargo.toml: member `b` has no comment above that says what it is for",
                "Cargo.toml: [workspace.dependencies] is alphabetical; move `bytes` above `clap`",
            ]
        );
    }

    #[test]
    fn a_member_of_another_version_fails() {
        let text = |version: &str| {
            format!(
                "[workspace.package]\nversion = \"1.1.0\"\n[workspace.dependencies]\n\
                 a = {{ path = \"a\"{version} }}\n"
            )
        };
        for version in ["", ", version = \"1.0.0\"", ", version = \"1.1\""] {
            assert_eq!(
                workspace_problems_of(&text(version)),
                ["Cargo.toml: write `version = \"1.1.0\"` at `a`, as in [workspace.package]"]
            );
        }
        assert_eq!(
            workspace_problems_of(&text(", version = \"1.1.0\"")),
            [""; 0]
        );
    }

    #[test]
    fn inherited_dependencies_pass() {
        let text = "
            [dependencies]
            bytes.workspace = true
            clap = { workspace = true, features = [\"env\"] }
            [target.'cfg(unix)'.dev-dependencies]
            libc.workspace = true
        ";
        assert_eq!(member_problems_of(text), [""; 0]);
    }

    #[test]
    fn a_version_of_its_own_fails_in_every_section() {
        for section in [
            "dependencies",
            "dev-dependencies",
            "build-dependencies",
            "target.'cfg(unix)'.dependencies",
        ] {
            for entry in ["bytes = \"1\"", "bytes = { path = \"../bytes\" }"] {
                assert_eq!(
                    member_problems_of(&format!("[{section}]\n{entry}\n")),
                    [
                        "a/Cargo.toml: declare `bytes` in [workspace.dependencies] of the root, and \
                      here write `bytes.workspace = true`"
                    ],
                    "{section}: {entry}"
                );
            }
        }
    }

    #[test]
    fn a_package_version_of_its_own_fails() {
        let text = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n".to_owned();
        assert_eq!(
            member_problems("a/Cargo.toml", &parse(text).unwrap()),
            ["a/Cargo.toml: write `version.workspace = true`"]
        );
    }
}
