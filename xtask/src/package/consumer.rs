//! A crate outside the workspace that uses the packages as anybody would.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::Tarball;
use crate::cargo::cargo;
use crate::command::succeed;
use crate::files::{make_folder, read, remove_folder};

const SOURCES: &str = "xtask/cases/consumer";
const FILES: [&str; 3] = ["Cargo.toml", "src/lib.rs", "tests/list.rs"];

/// The packages that it stands on. cargo warns of a patch that nothing uses, and with one too few
/// the registry's would be built, which is found.
const PACKAGES: [&str; 5] = [
    "qwen-batches-api",
    "qwen-batches-codegen",
    "qwen-batches",
    "qwen-batches-openapi",
    "qwen-batches-sandbox",
];

/// What the names of our packages begin with.
const OURS: &str = "qwen-batches-";

/// Makes the crate anew under `target`, puts `tarballs` in the place of the registry's packages, and
/// runs its test.
pub(super) fn run(root: &Path, target: &Path, tarballs: &[Tarball]) -> Result<()> {
    let folder = target.join("consumer");
    let packages = folder.join("packages");
    let consumer = folder.join("consumer");
    remove_folder(&folder)?;
    make_folder(&packages)?;
    for file in FILES {
        copy(&root.join(SOURCES).join(file), &consumer.join(file))?;
    }
    // The versions that the workspace is tested with; cargo adds the crate, and drops what it does
    // not need.
    copy(&root.join("Cargo.lock"), &consumer.join("Cargo.lock"))?;

    let mut command = cargo(&consumer, &["test"]);
    // Most of what it depends on is built already.
    command.env("CARGO_TARGET_DIR", target);
    let used = |tarball: &&Tarball| PACKAGES.contains(&&*tarball.name);
    for tarball in tarballs.iter().filter(used) {
        let package = tarball.unpack(&packages)?;
        let path = package.to_str().context("a path that is not UTF-8")?;
        // In single quotes TOML takes a backslash for itself.
        let patch = format!("patch.crates-io.{}.path = '{path}'", tarball.name);
        command.args(["--config", &patch]);
    }
    succeed(&mut command).context("the crate outside the workspace fails on the packages")?;

    let lock = read(&consumer.join("Cargo.lock"))?;
    let foreign = from_registry(&lock);
    if !foreign.is_empty() {
        bail!(
            "taken from the registry, not from the tarballs: {}",
            foreign.join(", ")
        );
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    make_folder(to.parent().context("a file has a folder")?)?;
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    Ok(())
}

/// Our packages that `lock` has from anywhere but a folder.
fn from_registry(lock: &str) -> Vec<&str> {
    let packages = lock.split("[[package]]");
    let named = packages.filter_map(|package| {
        let name = package.trim_start().strip_prefix("name = \"")?;
        Some((name.split('"').next()?, package))
    });
    named
        .filter(|(name, package)| name.starts_with(OURS) && package.contains("\nsource = "))
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_of_the_registry_is_found() {
        let lock = "version = 4\n\n[[package]]\nname = \"serde\"\nsource = \"registry\"\n\n\
                    [[package]]\nname = \"qwen-batches-api\"\nversion = \"0.1.0\"\nsource = \"registry\"\n\n\
                    [[package]]\nname = \"qwen-batches\"\nversion = \"0.1.0\"\n";
        assert_eq!(from_registry(lock), ["qwen-batches-api"]);
    }
}
