//! What was found, for people: the table of targets, and the file.

use crate::figures::{Finding, Unit};

/// How every figure was measured; the rest is in the tables.
const HOW: &str = "\
# Benchmarks

Written by `cargo xtask bench`; [`bench/`](bench/README.md) says how it is measured and what each program is.

A figure is the median of its runs. What is compared runs in turn, and each run gives one ratio; the noise is the least and the most of them. Rows and ids that every program listed are checked against the server's.
";

/// The table of all figures and their targets.
pub(crate) fn targets(findings: &[Finding]) -> String {
    let head = ["work", "figure", "measured", "noise", "at most", "verdict"];
    let lines = findings.iter().map(|it| {
        let target = it.unit.show(it.target);
        let (work, what) = (it.work.clone(), it.what.clone());
        vec![work, what, it.measured(), it.noise(), target, it.verdict()]
    });
    table(&head, lines)
}

/// The table of what the ratios are made of.
pub(crate) fn behind(findings: &[Finding]) -> String {
    let head = [
        "work",
        "figure",
        "of it",
        "first",
        "second",
        "first / second",
    ];
    let lines = findings.iter().flat_map(|finding| {
        finding.behind.iter().map(|it| {
            vec![
                finding.work.clone(),
                finding.what.clone(),
                it.figure.to_owned(),
                it.unit.show(it.ours),
                it.unit.show(it.theirs),
                Unit::Ratio.show(it.ours / it.theirs),
            ]
        })
    });
    table(&head, lines)
}

/// The whole file.
pub(crate) fn file(findings: &[Finding], parts: &str, facts: &[(&str, String)]) -> String {
    let mut commands: Vec<&str> = Vec::new();
    for command in findings.iter().flat_map(|finding| &finding.commands) {
        if !commands.contains(&command.as_str()) {
            commands.push(command);
        }
    }
    let facts = facts
        .iter()
        .map(|(name, value)| vec![(*name).to_owned(), value.clone()]);
    format!(
        "{HOW}\n## Targets\n\n{}\n## Behind the ratios\n\n{}\n## Single parts\n\n```text\n{parts}```\n\n\
         ## Machine and versions\n\n{}\n## Commands\n\n```text\n{}\n```\n",
        targets(findings),
        behind(findings),
        table(&["what", "which"], facts),
        commands.join("\n"),
    )
}

/// A table in Markdown that is also one in a terminal.
fn table(head: &[&str], lines: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = vec![head.iter().map(|&name| name.to_owned()).collect()];
    table.extend(lines);
    let width = |column: usize| {
        let cells = table
            .iter()
            .map(|line: &Vec<String>| line[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    table.insert(1, widths.iter().map(|&width| "-".repeat(width)).collect());
    let mut text = String::new();
    for line in table {
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(&format!("| {cell:width$} "));
        }
        text.push_str("|\n");
    }
    text
}
