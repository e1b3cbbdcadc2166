//! What holds in this tree without any compiler's help. Each check is data in, problems out.

mod claims;
mod layering;
mod leftovers;
mod manifests;
mod members;
mod provenance;
mod published;

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};

pub(crate) use self::manifests::check as manifest_problems;

type Check = fn(&Path) -> Result<Vec<String>>;

const CHECKS: [(&str, Check); 5] = [
    ("layering", layering::check),
    ("provenance", provenance::check),
    ("manifests", manifests::check),
    ("published", published::check),
    ("leftovers", leftovers::check),
];

/// Runs all checks and fails with every problem that they find.
pub(crate) fn run(root: &Path, out: &mut dyn Write) -> Result<()> {
    let mut count = 0;
    for (name, check) in CHECKS {
        let problems = check(root)?;
        let verdict = if problems.is_empty() { "ok" } else { "FAILED" };
        writeln!(out, "{name}: {verdict}")?;
        for problem in &problems {
            writeln!(out, "  {problem}")?;
        }
        count += problems.len();
    }
    match count {
        0 => Ok(()),
        1 => bail!("tidy found 1 problem"),
        _ => bail!("tidy found {count} problems"),
    }
}
