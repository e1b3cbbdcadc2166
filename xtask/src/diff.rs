//! What changed in the contract, and for whom.
//!
//! One walk over two documents ([`walk`]) with a table of rules ([`rules`]) gives each change its
//! JSON pointer and its class. Judged is what is said about the wire: order, names of components
//! and whether something is written in place or referred to do not count.

mod change;
mod document;
mod published;
mod rules;
mod values;
pub(crate) mod version;
mod walk;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod mutations;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use cargo_metadata::semver::Version;
use serde_json::Value;

use self::change::Change;
pub(crate) use self::change::Class;
pub(crate) use self::published::accept;
use crate::CONTRACT;
use crate::cargo::output;

/// The place of the contract's version in it.
const VERSION: &str = "info.version";

const ACCEPT: &str = "cargo xtask regen --accept-version";

/// Prints what changed since `base`, a file or a revision; since the newest accepted version, if
/// there is no base. The exit code tells the gravest class.
pub(crate) fn run(root: &Path, base: Option<&str>, out: &mut dyn Write) -> Result<u8> {
    let old = match base {
        Some(base) => Some(Contract::at(root, base)?),
        None => published::newest(root)?,
    };
    let Some(old) = old else {
        nothing_accepted(out)?;
        return Ok(exit_code(None));
    };
    let new = Contract::current(root)?;
    let changes = walk::changes(&old.document, &new.document);
    print(&old, &new, &changes, out)?;
    if let Err(error) = version::check(VERSION, &old.version, &new.version, worst(&changes)) {
        writeln!(out, "{error}")?;
    }
    Ok(exit_code(worst(&changes)))
}

/// Prints what changed since the newest accepted version, and fails where `info.version` does not
/// follow from it.
pub(crate) fn check(root: &Path, out: &mut dyn Write) -> Result<()> {
    let Some(old) = published::newest(root)? else {
        return nothing_accepted(out);
    };
    let new = Contract::current(root)?;
    let changes = walk::changes(&old.document, &new.document);
    print(&old, &new, &changes, out)?;
    version::check(VERSION, &old.version, &new.version, worst(&changes))
        .with_context(|| format!("{} at `#/info/version`", CONTRACT))
}

/// A contract, as text and as a tree.
#[derive(Debug)]
struct Contract {
    /// Where it comes from, for people.
    name: String,
    text: String,
    document: Value,
    version: Version,
}

impl Contract {
    fn read(name: String, text: String) -> Result<Self> {
        let document = document::parse(&text).context(name.clone())?;
        let version = document::version(&document).and_then(|version| {
            Version::parse(version)
                .with_context(|| format!("`/info/version`, `{version}`, is not a version"))
        });
        Ok(Self {
            version: version.context(name.clone())?,
            name,
            text,
            document,
        })
    }

    /// The one that is being worked on.
    fn current(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join(CONTRACT))
            .with_context(|| format!("{} cannot be read", CONTRACT))?;
        Self::read(CONTRACT.to_owned(), text)
    }

    /// The one in the file `base`, or of the revision `base` if there is no such file.
    fn at(root: &Path, base: &str) -> Result<Self> {
        if Path::new(base).is_file() {
            let text =
                fs::read_to_string(base).with_context(|| format!("{base} cannot be read"))?;
            return Self::read(base.to_owned(), text);
        }
        let commit = format!("{base}^{{commit}}");
        let arguments = ["rev-parse", "--verify", "--end-of-options", &commit];
        let commit = output(Command::new("git").current_dir(root).args(arguments))
            .with_context(|| format!("`{base}` is neither a file nor a revision"))?;
        let name = format!("{}:{}", commit.trim(), CONTRACT);
        let text = output(Command::new("git").current_dir(root).args(["show", &name]))?;
        Self::read(format!("{base}:{}", CONTRACT), text)
    }
}

fn print(old: &Contract, new: &Contract, changes: &[Change], out: &mut dyn Write) -> Result<()> {
    for change in changes {
        writeln!(out, "{change}")?;
    }
    let count = |class| {
        changes
            .iter()
            .filter(|change| change.class == class)
            .count()
    };
    writeln!(
        out,
        "{} ({}) -> {} ({}): {} breaking, {} compatible, {} documentation",
        old.name,
        old.version,
        new.name,
        new.version,
        count(Class::Breaking),
        count(Class::Compatible),
        count(Class::Documentation),
    )?;
    Ok(())
}

fn nothing_accepted(out: &mut dyn Write) -> Result<()> {
    let folder = published::FOLDER;
    writeln!(
        out,
        "{folder} holds no accepted version yet, so there is nothing to compare with; to accept \
         this one: `{ACCEPT}`"
    )?;
    Ok(())
}

fn worst(changes: &[Change]) -> Option<Class> {
    changes.iter().map(|change| change.class).max()
}

/// 1 and 2 are taken: something went wrong, and the command line is wrong.
fn exit_code(worst: Option<Class>) -> u8 {
    match worst {
        None | Some(Class::Documentation) => 0,
        Some(Class::Compatible) => 10,
        Some(Class::Breaking) => 20,
    }
}
