//! What was found, for people and for programs.

use std::io::{self, Write};
use std::time::Duration;

use anstyle::Style;
use clap::ValueEnum;
use qwen_batches::Client;
use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use super::finding::Verdict;
use super::question::Question;
use crate::style::{self, paint};
use crate::terminal::{escape, escape_json, fit};
use crate::words::count;

/// How a report is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    // Columns for people
    #[default]
    Table,
    // One JSON object
    Json,
}

/// A row of a report.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(super) check: String,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) verdict: Verdict,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Report {
    base_url: String,
    pub(super) calls: usize,
    /// How long a call took, half of them less, half of them more.
    pub(super) median: Duration,
    pub(super) findings: Vec<Finding>,
    settled: Vec<(Question, Vec<String>)>,
    /// The status with which the service refused the key.
    pub(crate) refused: Option<u16>,
    /// Whether the service gave a page at all.
    pub(crate) has_page: bool,
}

impl Verdict {
    const ALL: [Self; 4] = [
        Self::Ok,
        Self::Undocumented,
        Self::Violation,
        Self::Inconclusive,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Undocumented => "undocumented",
            Self::Violation => "violation",
            Self::Inconclusive => "inconclusive",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => style::GOOD,
            Self::Undocumented => style::NOTICE,
            Self::Violation => style::BAD,
            Self::Inconclusive => style::PLAIN,
        }
    }
}

impl Report {
    pub(super) fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
            calls: 0,
            median: Duration::ZERO,
            findings: Vec::new(),
            settled: Vec::new(),
            refused: None,
            has_page: false,
        }
    }

    /// Notes an answer; a question may have several.
    pub(super) fn settle(&mut self, question: Question, answer: String) {
        match self
            .settled
            .iter_mut()
            .find(|(known, _)| *known == question)
        {
            Some((_, answers)) if answers.contains(&answer) => {}
            Some((_, answers)) => answers.push(answer),
            None => self.settled.push((question, vec![answer])),
        }
    }

    /// Adds what was found elsewhere.
    pub(super) fn append(&mut self, other: Self) {
        self.calls += other.calls;
        self.findings.extend(other.findings);
    }

    /// A row that needed no call.
    pub(crate) fn add_open(&mut self, check: &str, expected: &str, found: &str) {
        self.findings.push(Finding {
            check: check.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
            verdict: Verdict::Inconclusive,
        });
    }

    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        let of_verdict = |finding: &&Finding| finding.verdict == verdict;
        self.findings.iter().filter(of_verdict).count()
    }

    /// Takes out of what was found what the service may have sent of secrets.
    pub(crate) fn mask(&mut self, client: &Client) {
        let answers = self.settled.iter_mut().flat_map(|(_, answers)| answers);
        let found = self.findings.iter_mut().map(|finding| &mut finding.found);
        for text in answers.chain(found) {
            *text = client.redact(text).into_owned();
        }
    }

    /// Writes the report to `out`.
    pub(crate) fn write(&self, format: Format, color: bool, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Table => self.write_table(color, out)?,
            Format::Json => self.write_json(out)?,
        }
        out.flush()
    }

    fn write_table(&self, color: bool, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", escape(&self.base_url))?;
        let rows = self.findings.iter().map(|finding| {
            let Finding {
                check,
                expected,
                found,
                verdict,
            } = finding;
            (verdict.style(), [verdict.name(), check, expected, found])
        });
        let header = (style::PLAIN, ["VERDICT", "CHECK", "EXPECTED", "FOUND"]);
        let rows: Vec<(Style, [&str; 4])> = [header].into_iter().chain(rows).collect();
        let width = |column: usize| {
            rows.iter()
                .map(|(_, row)| row[column].width())
                .max()
                .unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2)];
        for (style, [verdict, check, expected, found]) in &rows {
            writeln!(
                out,
                "{}  {}  {}  {}",
                paint(&fit(verdict, widths[0]), *style, color),
                fit(check, widths[1]),
                fit(expected, widths[2]),
                escape(found)
            )?;
        }
        if !self.settled.is_empty() {
            writeln!(
                out,
                "\nOpen questions of openapi/README.md, as this server answers them:"
            )?;
        }
        for (question, answers) in &self.settled {
            writeln!(
                out,
                "- {}\n  {}",
                question.text(),
                escape(&answers.join("; "))
            )?;
        }
        let counts = Verdict::ALL.map(|it| format!("{} {}", self.count(it), it.name()));
        let (calls, median) = (self.calls, self.median.as_millis());
        writeln!(
            out,
            "\n{}; {}, median {median} ms",
            counts.join(", "),
            count(calls, "call")
        )
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let findings = self.findings.iter().map(|finding| {
            json!({
                "check": finding.check,
                "expected": finding.expected,
                "found": finding.found,
                "verdict": finding.verdict.name(),
            })
        });
        let settled = self
            .settled
            .iter()
            .map(|(question, answers)| json!({ "question": question.text(), "answers": answers }));
        let report = json!({
            "base_url": self.base_url,
            "calls": self.calls,
            "median_ms": self.median.as_millis() as u64,
            "contract_holds": self.count(Verdict::Violation) == 0,
            "findings": findings.collect::<Vec<_>>(),
            "settled": settled.collect::<Vec<_>>(),
        });
        writeln!(out, "{}", escape_json(format!("{report:#}")))
    }
}
