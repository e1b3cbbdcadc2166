//! Single parts of our client, measured by divan.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::workbench::Workbench;
use crate::cargo::cargo;
use crate::process;

const ARGUMENTS: [&str; 4] = ["bench", "--locked", "--package", "bench-parts"];
const LIMIT: Duration = Duration::from_secs(1800);

/// The table that divan prints.
pub(super) fn run(workbench: &Workbench) -> Result<String> {
    let mut command = cargo(&workbench.sources(), &ARGUMENTS);
    command
        .args(["--quiet", "--bench", "parts"])
        .arg("--target-dir")
        .arg(&workbench.folder)
        .args(["--", "--color", "never"]);
    let output = process::output(&mut command, &workbench.log("parts"), LIMIT)
        .context("the benchmarks of single parts")?;
    ensure!(
        output.contains("decode_page_of_100"),
        "divan has measured nothing:\n{output}"
    );
    Ok(output
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect())
}
