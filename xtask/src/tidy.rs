//! What holds in this tree and no other tool checks: a problem is a line.

mod claims;
mod layering;
mod leftovers;
mod provenance;

use std::io::Write;
use std::path::Path;

use anyhow::{Result, ensure};

/// Runs all checks and fails with every problem that they find.
pub(crate) fn tidy(root: &Path, out: &mut dyn Write) -> Result<()> {
    let mut count = 0;
    for (name, problems) in [
        ("layering", layering::check(root)?),
        ("provenance", provenance::check(root)?),
        ("leftovers", leftovers::check(root)?),
    ] {
        writeln!(out, "{name}: {} problems", problems.len())?;
        for problem in &problems {
            writeln!(out, "  {problem}")?;
        }
        count += problems.len();
    }
    ensure!(count == 0, "the problems are listed above");
    Ok(())
}
