//! What the registry shows of a package is there, and so is the licence in its tarball.
//!
//! Each package has copies of the licences. Links would do on Unix; a checkout on Windows turns them
//! into files that hold a path, and that path would be what is published.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use cargo_metadata::Package;

/// Folders of packages that are never published.
const UNPUBLISHED: [(&str, &str); 2] = [("tests", "contract-tests"), ("xtask", "xtask")];
use crate::cargo::metadata;

const README: &str = "README.md";
const LICENCES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// The registry takes no more.
const MAX_KEYWORDS: usize = 5;

pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let metadata = metadata(root)?;
    let mut problems = Vec::new();
    let readme = fs::read_to_string(root.join(README)).context(README)?;
    for package in &metadata.packages {
        let stays = UNPUBLISHED.iter().any(|(_, name)| package.name == *name);
        if stays != package.publish.is_some() {
            let word = if stays { "write" } else { "remove" };
            problems.push(format!("{}: {word} `publish = false`", package.name));
        }
        if stays {
            continue;
        }
        problems.extend(description_problems(package));
        problems.extend(rust_problem(package, &readme));
        let folder = package
            .manifest_path
            .parent()
            .context("a manifest has a folder")?;
        problems.extend(licence_problems(root, &package.name, folder.as_std_path())?);
    }
    Ok(problems)
}

fn description_problems(package: &Package) -> Vec<String> {
    let readme = package.readme.as_ref().map(|path| path.as_str());
    [
        ("description", package.description.is_some()),
        ("license", package.license.is_some()),
        ("repository", package.repository.is_some()),
        ("rust-version", package.rust_version.is_some()),
        (
            "keywords",
            (1..=MAX_KEYWORDS).contains(&package.keywords.len()),
        ),
        ("categories", !package.categories.is_empty()),
        ("README.md beside Cargo.toml", readme == Some(README)),
    ]
    .into_iter()
    .filter(|(_, is_there)| !is_there)
    .map(|(what, _)| {
        format!(
            "{}: what is published has {what}; see another member's",
            package.name
        )
    })
    .collect()
}

/// Whoever reads the front page is told which Rust will do.
fn rust_problem(package: &Package, readme: &str) -> Option<String> {
    let version = package.rust_version.as_ref()?;
    let words = format!("Rust {}.{} or later", version.major, version.minor);
    let name = &package.name;
    (!readme.contains(&words)).then(|| format!("{README}: write `{words}`, as {name} needs it"))
}

fn licence_problems(root: &Path, package: &str, folder: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for licence in LICENCES {
        let ours = root.join(licence);
        let ours = fs::read(&ours).with_context(|| format!("{} cannot be read", ours.display()))?;
        let copy = folder.join(licence);
        let is_link = copy.is_symlink();
        if is_link || fs::read(&copy).ok().as_ref() != Some(&ours) {
            problems.push(format!(
                "{package}: copy {licence} from the root beside its Cargo.toml"
            ));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn package(change: impl FnOnce(&mut serde_json::Value)) -> Package {
        let mut package = json!({
            "name": "a", "version": "0.1.0", "id": "a", "dependencies": [], "targets": [],
            "features": {}, "manifest_path": "a/Cargo.toml", "description": "A.",
            "license": "MIT", "repository": "https://a.example", "rust_version": "1.88",
            "keywords": ["a"], "categories": ["b"], "readme": "README.md",
        });
        change(&mut package);
        serde_json::from_value(package).unwrap()
    }

    #[test]
    fn a_described_package_passes() {
        assert_eq!(description_problems(&package(|_| {})), [""; 0]);
    }

    #[test]
    fn what_the_registry_would_not_show_fails() {
        for (key, value) in [
            ("description", json!(null)),
            ("license", json!(null)),
            ("repository", json!(null)),
            ("rust_version", json!(null)),
            ("keywords", json!([])),
            ("keywords", json!(["a", "b", "c", "d", "e", "f"])),
            ("categories", json!([])),
            ("readme", json!(null)),
            ("readme", json!("../README.md")),
        ] {
            let problems = description_problems(&package(|package| package[key] = value));
            assert_eq!(problems.len(), 1, "{key}");
            let key = key.replace('_', "-");
            let named = problems[0].to_lowercase();
            assert!(
                named.starts_with("a: what is published has ") && named.contains(&key),
                "{named}"
            );
        }
    }

    #[test]
    fn the_front_page_names_the_oldest_rust() {
        let package = package(|_| {});
        assert_eq!(rust_problem(&package, "It needs Rust 1.88 or later."), None);
        assert_eq!(
            rust_problem(&package, "It needs Rust 1.85 or later.").unwrap(),
            "README.md: write `Rust 1.88 or later`, as a needs it"
        );
    }

    #[test]
    fn a_licence_is_a_copy() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a");
        fs::create_dir(&folder).unwrap();
        for licence in LICENCES {
            fs::write(root.path().join(licence), licence).unwrap();
        }
        let problems = || licence_problems(root.path(), "a", &folder).unwrap();
        assert_eq!(problems().len(), LICENCES.len());
        for licence in LICENCES {
            fs::copy(root.path().join(licence), folder.join(licence)).unwrap();
        }
        assert_eq!(problems(), [""; 0]);
        fs::write(folder.join("LICENSE-MIT"), "../LICENSE-MIT").unwrap();
        assert_eq!(
            problems(),
            ["a: copy LICENSE-MIT from the root beside its Cargo.toml"]
        );
    }
}
