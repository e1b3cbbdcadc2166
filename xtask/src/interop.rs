//! Foreign programs against the contract, the sandbox and the client: a folder of `tests/interop` is
//! a suite of pytest files, with the packages that it needs.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::cargo::{cargo, metadata, run};
use crate::venv::Venv;

/// Installs what the suite needs, builds the command line, and runs pytest.
pub(crate) fn interop(root: &Path, suite: &str, arguments: &[String]) -> Result<()> {
    let sources = root.join("tests/interop").join(suite);
    let pins = sources.join("requirements.txt");
    ensure!(pins.is_file(), "tests/interop has no suite `{suite}`");
    let target = metadata(root)?.target_directory.into_std_path_buf();
    let folder = target.join("interop").join(suite);
    let venv = Venv::install(folder.join("venv"), &pins)?;
    install_programs(&sources, &folder)?;
    let node = folder.join("node");
    if sources.join("package-lock.json").is_file() {
        install_node(&sources, &node)?;
    }
    // The one that `cargo test --workspace` builds, too.
    let build = ["build", "--locked", "--workspace", "--bins", "--tests"];
    run(&mut cargo(root, &build))?;
    let binary = format!("debug/qwen-batches{}", std::env::consts::EXE_SUFFIX);
    let mut pytest = Command::new(venv.program("python"));
    pytest
        .current_dir(root)
        .args(["-m", "pytest", "-p", "no:cacheprovider", "--durations=0"])
        .args(["--durations-min=1", "--rootdir=tests/interop"])
        .arg(format!("tests/interop/{suite}"))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("INTEROP_BINARY", target.join(binary))
        .env("INTEROP_NODE", node);
    run(&mut pytest)
}

/// Installs programs whose packages do not go with those of the tests: each file
/// `requirements-NAME.txt` has an environment of its own.
fn install_programs(sources: &Path, folder: &Path) -> Result<()> {
    for entry in fs::read_dir(sources)? {
        let pins = entry?.path();
        let name = pins.file_name().and_then(|name| name.to_str());
        let name = name.and_then(|name| name.strip_prefix("requirements-")?.strip_suffix(".txt"));
        if let Some(name) = name {
            Venv::install(folder.join(name), &pins)?;
        }
    }
    Ok(())
}

/// Installs the packages of Node, if the lock file or the version of Node has changed.
fn install_node(sources: &Path, folder: &Path) -> Result<()> {
    let version = Command::new("node").arg("--version").output();
    let mut wanted = version.context("this needs Node, with npm")?.stdout;
    wanted.extend(fs::read(sources.join("package-lock.json"))?);
    let stamp = folder.join("pins");
    if fs::read(&stamp).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(sources.join(file), folder.join(file)).with_context(|| file.to_owned())?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut ci = Command::new(npm);
    ci.current_dir(folder)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    run(&mut ci)?;
    // Last: an installation that broke off has no stamp.
    fs::write(stamp, wanted)?;
    Ok(())
}
