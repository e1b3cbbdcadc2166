//! The published crates, as others get them.
//!
//! Each is built alone from its tarball, with the features that it asks for itself: in the workspace
//! it may lean on what another member turns on. Then a crate that is no member
//! (`xtask/cases/consumer`) is built and tested on the tarballs.

mod consumer;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use cargo_metadata::{Metadata, Package};

use crate::cargo::{cargo, metadata};
use crate::command::{self, succeed};

/// What a tarball may hold at its top: what it takes to build the crate, and what cargo adds.
const MAY_HOLD: [&str; 12] = [
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "batches.yaml",
    "build.rs",
    "examples",
    "lib.rs",
    "src",
];

/// What each tarball must hold: nothing but the tarball reaches a user.
const MUST_HOLD: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Packages what is published, as it is in the tree, and proves that it can be used.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> Result<()> {
    let metadata = metadata(root)?;
    let folder = metadata
        .target_directory
        .join("package")
        .into_std_path_buf();
    let packages: Vec<Tarball> = published(&metadata)
        .map(|package| Tarball::of(package, &folder))
        .collect();
    for tarball in packages.iter().map(|package| &package.path) {
        // What an earlier run has left must not pass for this one's.
        if tarball.exists() {
            fs::remove_file(tarball)
                .with_context(|| format!("{} cannot be removed", tarball.display()))?;
        }
    }

    let mut command = cargo(root, &["package", "--locked", "--allow-dirty"]);
    for package in &packages {
        command.args(["--package", &package.name]);
    }
    succeed(&mut command).context("cargo package")?;

    let mut problems = Vec::new();
    for package in &packages {
        let files = package.files()?;
        problems.extend(content_problems(&package.name, &files));
        let bytes = fs::metadata(&package.path)
            .with_context(|| package.stem.clone())?
            .len();
        let kib = bytes.div_ceil(1024);
        writeln!(out, "{}: {} files, {kib} KiB", package.stem, files.len())?;
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }

    consumer::run(root, metadata.target_directory.as_std_path(), &packages)?;
    writeln!(
        out,
        "a crate outside the workspace builds on them and passes its test"
    )?;
    Ok(())
}

/// The members that go to the registry.
fn published(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    let members = metadata.packages.iter();
    members.filter(|package| package.publish.is_none())
}

/// A package as it goes to the registry.
#[derive(Debug)]
struct Tarball {
    /// The name of the package.
    name: String,
    /// Name and version: the folder in the tarball, and the name of its file.
    stem: String,
    path: PathBuf,
}

impl Tarball {
    fn of(package: &Package, folder: &Path) -> Self {
        let stem = format!("{}-{}", package.name, package.version);
        Self {
            name: package.name.to_string(),
            path: folder.join(format!("{stem}.crate")),
            stem,
        }
    }

    /// What it holds, from the folder in it.
    fn files(&self) -> Result<Vec<String>> {
        let list = self.tar("-tzf", self.path.parent().unwrap_or(Path::new("")))?;
        let folder = format!("{}/", self.stem);
        let files = list.lines().filter_map(|line| line.strip_prefix(&folder));
        Ok(files.map(str::to_owned).collect())
    }

    /// The folder of the package, unpacked in `folder`.
    fn unpack(&self, folder: &Path) -> Result<PathBuf> {
        self.tar("-xzf", folder)?;
        Ok(folder.join(&self.stem))
    }

    /// Every platform has a `tar` by now.
    fn tar(&self, what: &str, folder: &Path) -> Result<String> {
        let path = self.path.to_str().context("a path that is not UTF-8")?;
        command::text("tar", &[what, path], folder)
    }
}

fn content_problems(package: &str, files: &[String]) -> Vec<String> {
    let tops: Vec<&str> = files
        .iter()
        .map(|file| file.split('/').next().unwrap_or(file))
        .collect();
    let missing = MUST_HOLD
        .iter()
        .filter(|file| !tops.contains(file))
        .map(|file| format!("{package}: its tarball lacks {file}"));
    let needless = files
        .iter()
        .zip(&tops)
        .filter(|(_, top)| !MAY_HOLD.contains(top))
        .map(|(file, _)| {
            format!("{package}: its tarball holds {file}; `include` is to leave it out")
        });
    missing.chain(needless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tarball_holds_what_it_takes_and_no_more() {
        let whole = [&MUST_HOLD[..], &["src/lib.rs", "src/a/b.rs", "build.rs"]].concat();
        let whole: Vec<String> = whole.into_iter().map(str::to_owned).collect();
        assert_eq!(content_problems("a", &whole), [""; 0]);
        let with_tests = [&whole[..], &["tests/a/main.rs".to_owned()]].concat();
        assert_eq!(
            content_problems("a", &with_tests),
            ["a: its tarball holds tests/a/main.rs; `include` is to leave it out"]
        );
        assert_eq!(
            content_problems("a", &whole[1..]),
            ["a: its tarball lacks Cargo.toml"]
        );
        assert_eq!(content_problems("a", &[]).len(), MUST_HOLD.len());
    }
}
