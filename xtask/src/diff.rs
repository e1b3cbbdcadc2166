//! What changed in the contract, and whom that breaks.
//!
//! One walk over two documents ([`walk`]) with a table of rules ([`rules`]) gives each change its
//! JSON pointer and its class. What counts is the wire: order, names of components and whether
//! something is written in place or referred to do not.

mod change;
mod contract;
mod document;
mod published;
mod rules;
mod security;
mod version;
mod walk;

#[cfg(test)]
mod cases;

use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};

use self::change::{Change, Class};
use self::contract::Contract;
pub(crate) use self::published::accept;
use crate::CONTRACT;

/// Prints what changed since `base`, a file or a revision; since the newest accepted version, if
/// there is no base. The exit code is that of the gravest class.
pub(crate) fn run(root: &Path, base: Option<&str>, out: &mut dyn Write) -> Result<u8> {
    let old = match base {
        Some(base) => Contract::at(root, base)?,
        None => published::newest(root)?,
    };
    let new = Contract::current(root)?;
    let changes = walk::changes(&old.document, &new.document);
    print(&old, &new, &changes, out)?;
    if let Err(error) = version::check(&old.version, &new.version, change::worst(&changes)) {
        writeln!(out, "{error}")?;
    }
    Ok(exit_code(change::worst(&changes)))
}

/// Prints what changed since the newest accepted version, and fails where `info.version` does not
/// follow from it.
pub(crate) fn check(root: &Path, out: &mut dyn Write) -> Result<()> {
    let old = published::newest(root)?;
    let new = Contract::current(root)?;
    let changes = walk::changes(&old.document, &new.document);
    print(&old, &new, &changes, out)?;
    version::check(&old.version, &new.version, change::worst(&changes))
        .with_context(|| format!("{CONTRACT} at `#/info/version`"))
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

/// 1 and 2 are taken: something went wrong, and the command line is wrong.
fn exit_code(worst: Option<Class>) -> u8 {
    match worst {
        None | Some(Class::Documentation) => 0,
        Some(Class::Compatible) => 10,
        Some(Class::Breaking) => 20,
    }
}
