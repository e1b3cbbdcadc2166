//! Whether the library does with each choice of its features.

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::cargo::{Mismatch, cargo, cargo_test, metadata};
use crate::command::succeed;

const PACKAGE: &str = "qwen-batches";

/// Lints the library with none of its features, with those that are on by default, with each alone
/// and with all; then runs the tests that other gates leave out: of what is there without TLS, and
/// of what is behind a feature that is off by default.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> Result<()> {
    let metadata = metadata(root)?;
    let package = metadata.packages.iter().find(|p| p.name == PACKAGE);
    let features = &package.context("no library")?.features;
    let names = features.keys().filter(|name| *name != "default");
    let sets = sets(names.map(String::as_str));
    ensure!(sets.len() > 3, "the library has no features");
    for set in &sets {
        writeln!(out, "$ cargo clippy {}", set.join(" "))?;
        out.flush()?;
        let lint = [
            "clippy",
            "--package",
            PACKAGE,
            "--lib",
            "--locked",
            "--quiet",
        ];
        let arguments = [&lint, set.as_slice(), &["--", "-D", "warnings"]].concat();
        succeed(&mut cargo(root, &arguments))?;
    }
    // What `--test` names is built, and no example.
    let examples = [
        "build",
        "--package",
        PACKAGE,
        "--examples",
        "--all-features",
    ];
    writeln!(out, "$ cargo {}", examples.join(" "))?;
    out.flush()?;
    succeed(cargo(root, &examples).args(["--locked", "--quiet"]))?;
    for tests in [
        ["--no-default-features", "--test=no_tls"].as_slice(),
        &[
            "--all-features",
            "--test=blocking",
            "--test=examples",
            "--test=tracing",
        ],
    ] {
        writeln!(out, "$ cargo test {}", tests.join(" "))?;
        out.flush()?;
        let test = ["test", "--package", PACKAGE, "--locked", "--quiet"];
        let arguments = [&test, tests].concat();
        succeed(&mut cargo_test(root, &arguments, Mismatch::Fails))?;
    }
    writeln!(out, "features: {} choices do", sets.len())?;
    Ok(())
}

/// None, the default, each alone, and all.
fn sets<'a>(features: impl Iterator<Item = &'a str>) -> Vec<Vec<&'a str>> {
    let alone = features.map(|feature| vec!["--no-default-features", "--features", feature]);
    [vec!["--no-default-features"], vec![]]
        .into_iter()
        .chain(alone)
        .chain([vec!["--all-features"]])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_is_tried_alone() {
        let sets: Vec<_> = sets(["a", "b"].into_iter())
            .iter()
            .map(|set| set.join(" "))
            .collect();
        assert_eq!(
            sets,
            [
                "--no-default-features",
                "",
                "--no-default-features --features a",
                "--no-default-features --features b",
                "--all-features",
            ]
        );
    }
}
