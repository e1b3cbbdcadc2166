//! A contract of this workspace, in one of its versions.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use cargo_metadata::semver::Version;
use serde_json::Value;

use super::document;
use crate::CONTRACT;
use crate::cargo::output;

/// A contract, as text and as a tree.
#[derive(Debug)]
pub(crate) struct Contract {
    /// Where it comes from, for people.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) document: Value,
    pub(crate) version: Version,
}

impl Contract {
    pub(crate) fn read(name: String, text: String) -> Result<Self> {
        let document = document::parse(&text).context(name.clone())?;
        let version = document.pointer("/info/version").and_then(Value::as_str);
        let version = version.and_then(|version| Version::parse(version).ok());
        let version = version.with_context(|| format!("{name}: `/info/version` is no version"))?;
        Ok(Self {
            version,
            name,
            text,
            document,
        })
    }

    /// The one that is being worked on.
    pub(crate) fn current(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join(CONTRACT)).context(CONTRACT)?;
        Self::read(CONTRACT.to_owned(), text)
    }

    /// The one in the file `base`, or of the revision `base` if there is no such file.
    pub(crate) fn at(root: &Path, base: &str) -> Result<Self> {
        if Path::new(base).is_file() {
            let text =
                fs::read_to_string(base).with_context(|| format!("{base} cannot be read"))?;
            return Self::read(base.to_owned(), text);
        }
        let commit = format!("{base}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--end-of-options", &commit];
        let commit = output(Command::new("git").current_dir(root).args(arguments))
            .with_context(|| format!("`{base}` is neither a file nor a revision"))?;
        let name = format!("{}:{CONTRACT}", commit.trim());
        let text = output(Command::new("git").current_dir(root).args(["show", &name]))?;
        Self::read(format!("{base}:{CONTRACT}"), text)
    }
}
