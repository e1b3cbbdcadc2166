//! What was found, for people: the table of targets, and the file.

use super::figures::{Finding, Unit};

/// How every figure came about; the rest is in the tables.
const HOW: &str = "\
# Benchmarks

Written by `cargo xtask bench`; [`bench/`](bench/README.md) says how it is measured and what each program is.

A figure is the median of its runs. What is compared runs in turn, and each run gives one ratio; the noise is the least and the most of them. Rows and ids that every program came to are checked against the server's.
";

/// The table of all figures and their targets.
pub(super) fn targets(findings: &[Finding]) -> String {
    let rows = findings.iter().map(|finding| {
        vec![
            finding.work.clone(),
            finding.what.clone(),
            finding.measured(),
            finding.noise(),
            finding
                .target
                .map_or(String::new(), |most| finding.unit.show(most)),
            finding.verdict(),
        ]
    });
    table(
        &["work", "figure", "measured", "noise", "at most", "verdict"],
        rows,
    )
}

/// The whole file.
pub(super) fn file(findings: &[Finding], texts: &[String], facts: &[(String, String)]) -> String {
    let mut text = format!("{HOW}\n## Targets\n\n{}", targets(findings));
    text.push_str("\n## Behind the ratios\n\n");
    text.push_str(&behind(findings));
    for told in texts {
        text.push_str(&format!("\n## Single parts\n\n```text\n{told}```\n"));
    }
    text.push_str("\n## Machine and versions\n\n");
    let facts = facts
        .iter()
        .map(|(name, value)| vec![name.clone(), value.clone()]);
    text.push_str(&table(&["what", "which"], facts));
    text.push_str("\n## Commands\n\n```text\n");
    let mut told: Vec<&str> = Vec::new();
    for command in findings.iter().flat_map(|finding| &finding.commands) {
        if !told.contains(&command.as_str()) {
            told.push(command);
        }
    }
    text.push_str(&told.join("\n"));
    text.push_str("\n```\n");
    text
}

/// The table of what the ratios are made of.
pub(super) fn behind(findings: &[Finding]) -> String {
    let rows = findings.iter().flat_map(|finding| {
        finding.behind.iter().map(|figure| {
            let ratio = figure.ours / figure.theirs;
            vec![
                finding.work.clone(),
                finding.what.clone(),
                figure.figure.to_owned(),
                figure.unit.show(figure.ours),
                figure.unit.show(figure.theirs),
                Unit::Ratio.show(ratio),
            ]
        })
    });
    table(
        &[
            "work",
            "figure",
            "of it",
            "first",
            "second",
            "first / second",
        ],
        rows,
    )
}

/// A table in Markdown that is also one in a terminal.
fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut lines = vec![head.iter().map(|&name| name.to_owned()).collect()];
    lines.extend(rows);
    let width = |column: usize| {
        let cells = lines
            .iter()
            .map(|line: &Vec<String>| line[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let rule = widths.iter().map(|&width| "-".repeat(width)).collect();
    lines.insert(1, rule);
    let mut text = String::new();
    for line in lines {
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(&format!("| {cell:width$} "));
        }
        text.push_str("|\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::figures::Behind;
    use super::*;

    fn findings() -> [Finding; 2] {
        let ratio = Finding {
            work: "rows".to_owned(),
            what: "time".to_owned(),
            unit: Unit::Ratio,
            runs: vec![1.2, 1.25, 1.1],
            target: Some(1.1),
            behind: vec![Behind {
                figure: "seconds",
                unit: Unit::Seconds,
                ours: 3.0,
                theirs: 2.0,
            }],
            commands: vec!["serve".to_owned(), "list".to_owned()],
        };
        let count = Finding {
            work: "pages".to_owned(),
            what: "calls".to_owned(),
            unit: Unit::Count,
            runs: vec![7.0],
            target: None,
            behind: Vec::new(),
            commands: vec!["serve".to_owned()],
        };
        [ratio, count]
    }

    #[test]
    fn targets_are_a_table() {
        let expected = "\
| work  | figure | measured | noise                    | at most | verdict       |
| ----- | ------ | -------- | ------------------------ | ------- | ------------- |
| rows  | time   | 1.200    | 1.100 to 1.250 in 3 runs | 1.100   | MISSED by 9 % |
| pages | calls  | 7        | 1 run                    |         |               |
";
        assert_eq!(targets(&findings()), expected);
    }

    #[test]
    fn the_file_holds_everything() {
        let facts = [("memory".to_owned(), "24.0 GiB".to_owned())];
        let text = file(&findings(), &["parts  1 µs\n".to_owned()], &facts);
        assert!(text.starts_with("# Benchmarks\n\nWritten by `cargo xtask bench`"));
        for part in [
            "| MISSED by 9 % |",
            "| rows | time   | seconds | 3.00 s | 2.00 s | 1.500          |\n",
            "## Single parts\n\n```text\nparts  1 µs\n```\n",
            "| memory | 24.0 GiB |\n",
            "## Commands\n\n```text\nserve\nlist\n```\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
