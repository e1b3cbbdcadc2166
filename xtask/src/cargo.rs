//! Calls of cargo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use cargo_metadata::{Message, Metadata, MetadataCommand};

/// What becomes of a snapshot that differs from what its test produces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mismatch {
    Fails,
    IsAccepted,
}

/// A call of the cargo that runs this program.
pub(crate) fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(root).args(arguments);
    command
}

/// The members of the workspace at `root`, without what they depend on.
pub(crate) fn metadata(root: &Path) -> Result<Metadata> {
    MetadataCommand::new()
        .current_dir(root)
        .no_deps()
        .exec()
        .context("cargo metadata")
}

/// Where cargo has put the program `name`, by its messages in JSON.
pub(crate) fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let artifacts = Message::parse_stream(messages.as_bytes()).filter_map(Result::ok);
    let mut paths = artifacts.filter_map(|message| match message {
        Message::CompilerArtifact(artifact) if artifact.target.name == name => artifact.executable,
        _ => None,
    });
    paths.next().map(Into::into)
}

/// A call of `cargo test` of which the caller's environment does not decide what passes.
pub(crate) fn cargo_test(root: &Path, arguments: &[&str], mismatch: Mismatch) -> Command {
    let update = match mismatch {
        Mismatch::Fails => "no",
        Mismatch::IsAccepted => "always",
    };
    let mut command = cargo(root, arguments);
    command
        .env_remove("INSTA_FORCE_PASS")
        .env_remove("INSTA_FORCE_UPDATE")
        .env_remove("INSTA_FORCE_UPDATE_SNAPSHOTS")
        .env_remove("INSTA_PENDING_DIR")
        .env("INSTA_UPDATE", update);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mismatch_fails_whatever_the_environment_says() {
        let command = cargo_test(Path::new("."), &["test"], Mismatch::Fails);
        let env: Vec<_> = command.get_envs().collect();
        assert!(env.contains(&("INSTA_UPDATE".as_ref(), Some("no".as_ref()))));
        assert!(env.contains(&("INSTA_FORCE_PASS".as_ref(), None)));
    }
}
