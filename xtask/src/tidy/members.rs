//! The members of the workspace, as cargo sees them.

use std::path::{Path, PathBuf};

use anyhow::Result;
use cargo_metadata::DependencyKind;

use crate::cargo::metadata;

/// A package of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Its folder, from the root.
    pub(crate) folder: PathBuf,
    /// What its manifest names, whether or not a feature turns it on.
    pub(crate) dependencies: Vec<Dependency>,
}

#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: DependencyKind,
}

pub(crate) fn read(root: &Path) -> Result<Vec<Member>> {
    let metadata = metadata(root)?;
    let root = metadata.workspace_root.as_std_path();
    let mut members = Vec::new();
    for package in &metadata.packages {
        let folder = package.manifest_path.as_std_path().parent();
        let folder = folder.and_then(|folder| folder.strip_prefix(root).ok());
        let dependencies = package.dependencies.iter().map(|dependency| Dependency {
            name: dependency.name.clone(),
            kind: dependency.kind,
        });
        members.push(Member {
            name: package.name.to_string(),
            folder: folder.unwrap_or(Path::new("")).to_owned(),
            dependencies: dependencies.collect(),
        });
    }
    Ok(members)
}
