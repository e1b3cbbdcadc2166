//! Nothing of one machine, and nothing unfinished, in the tree.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// What `git grep` looks for: files, pattern, what a match is.
const LEFTOVERS: [(&str, &str, &str); 2] = [
    (
        ":/",
        r"(^|[^A-Za-z0-9_.])/(work|farm|root|home)/",
        "a path of one machine",
    ),
    (
        ":/*.rs",
        r"\b(TODO|FIXME)\b|\b(todo|unimplemented)!|#\[ignore\]",
        "unfinished",
    ),
];

pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (files, pattern, advice) in LEFTOVERS {
        let mut grep = Command::new("git");
        grep.current_dir(root)
            .args([
                "grep",
                "--untracked",
                "--line-number",
                "-I",
                "--perl-regexp",
            ])
            .args(["-e", pattern, "--", files, ":!xtask/src/tidy/leftovers.rs"]);
        let output = grep.output().context("git cannot be run")?;
        // 1: nothing matches.
        let message = String::from_utf8_lossy(&output.stderr);
        ensure!(matches!(output.status.code(), Some(0 | 1)), "{message}");
        let found = String::from_utf8_lossy(&output.stdout);
        problems.extend(found.lines().map(|line| format!("{line}: {advice}")));
    }
    Ok(problems)
}
