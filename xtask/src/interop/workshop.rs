//! Where the foreign programs stand, and how they are called.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::cargo::metadata;
use crate::files::{make_folder, remove_folder};
use crate::{contract, venv};

/// What the environment may say about the programs that are run here, or about the service.
const FOREIGN: [&str; 7] = [
    "DASHSCOPE_",
    "NODE_",
    "OPENAI_",
    "PYTHON",
    "QWEN_BATCHES_",
    "REDOCLY_",
    "SCHEMATHESIS_",
];

/// The folders: of this workspace, of its pins and scripts, and of all that is installed.
pub(crate) struct Workshop {
    pub(super) root: PathBuf,
    pub(super) pins: PathBuf,
    pub(super) folder: PathBuf,
}

impl Workshop {
    pub(super) fn open(root: &Path) -> Result<Self> {
        let metadata = metadata(root)?;
        let workshop = Self {
            root: root.to_owned(),
            pins: root.join("xtask/interop"),
            folder: metadata.target_directory.join("interop").into(),
        };
        make_folder(&workshop.logs())?;
        Ok(workshop)
    }

    pub(super) fn contract(&self) -> PathBuf {
        self.root.join(contract::PATH)
    }

    pub(super) fn log(&self, name: &str) -> PathBuf {
        self.logs().join(name)
    }

    pub(super) fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    pub(super) fn venv(&self) -> PathBuf {
        self.folder.join("venv")
    }

    pub(super) fn node_folder(&self) -> PathBuf {
        self.folder.join("node")
    }

    /// An empty folder for the files of one step.
    pub(super) fn empty_folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join("steps").join(name);
        remove_folder(&folder)?;
        make_folder(&folder)?;
        Ok(folder)
    }

    /// A call of the virtual environment's Python.
    pub(crate) fn python(&self) -> Command {
        self.python_tool("python")
    }

    /// A call of a program that a Python package brings.
    pub(super) fn python_tool(&self, name: &str) -> Command {
        isolated(venv::program(&self.venv(), name))
    }

    /// A call of Node, with a script that stands in the folder of its packages.
    pub(super) fn node(&self, script: &str) -> Command {
        let mut command = isolated("node".into());
        command.arg(self.node_folder().join(script));
        command
    }
}

/// A call that the caller's environment does not bend: no settings of its own, and no proxy on
/// the way to this machine.
pub(crate) fn isolated(program: PathBuf) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if FOREIGN.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(name);
        }
    }
    command
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .env("NO_COLOR", "1")
        .env("PYTHONHASHSEED", "0")
        .env("PYTHONUTF8", "1")
        .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")
        .env("REDOCLY_TELEMETRY", "off");
    command
}
