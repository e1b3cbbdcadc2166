//! What changed in the public API since a release.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use cargo_metadata::semver::Version;

use super::tags;
use crate::command;
use crate::public_api::{self, Change};

/// The name of each reviewed text, in the folder of its crate.
const FILE: &str = "public-api.txt";

/// The changes since `previous` with the file that shows them, by crate.
pub(super) fn changes(root: &Path, previous: &Version) -> Result<Vec<(String, Change)>> {
    let tag = tags::name(previous);
    let then = files(root, &["ls-tree", "-r", "--name-only", &tag])?;
    let now = files(root, &["ls-files"])?;
    let mut changes = Vec::new();
    for file in then.union(&now) {
        let old = if then.contains(file) {
            command::text("git", &["show", &format!("{tag}:{file}")], root)?
        } else {
            String::new()
        };
        let new = if now.contains(file) {
            fs::read_to_string(root.join(file)).with_context(|| format!("{file} cannot be read"))?
        } else {
            String::new()
        };
        let found = public_api::changes(&old, &new).with_context(|| file.clone())?;
        changes.extend(found.into_iter().map(|change| (file.clone(), change)));
    }
    Ok(changes)
}

fn files(root: &Path, list: &[&str]) -> Result<BTreeSet<String>> {
    let files = command::text("git", list, root)?;
    let is_ours = |path: &&str| path.rsplit('/').next() == Some(FILE);
    Ok(files.lines().filter(is_ours).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::super::tags::tests::Repository;
    use super::*;

    #[test]
    fn all_that_changed_since_the_tag_is_told() {
        let repository = Repository::new();
        repository.write("a/public-api.txt", "# A\n# f\npub fn f() {}\n");
        repository.write("gone/public-api.txt", "# A\n# h\npub fn h() {}\n");
        repository.commit();
        repository.tag("v0.1.0");
        fs::remove_file(repository.root().join("gone/public-api.txt")).unwrap();
        repository.write(
            "a/public-api.txt",
            "# A\n# f\npub fn f() {}\n# g\npub fn g() {}\n",
        );
        repository.write("new/public-api.txt", "# A\n# i\npub fn i() {}\n");
        repository.write("new/not-public-api.txt", "no Rust");
        repository.commit();
        let changes = changes(repository.root(), &Version::new(0, 1, 0)).unwrap();
        let told: Vec<String> = changes
            .iter()
            .map(|(file, change)| format!("{file}: {change}"))
            .collect();
        assert_eq!(
            told,
            [
                "a/public-api.txt: compatible + g: pub fn g () { }",
                "gone/public-api.txt: breaking - h: pub fn h () { }",
                "new/public-api.txt: compatible + i: pub fn i () { }",
            ]
        );
    }
}
