//! A contract of a library, made to show what the published one does not have, and what the tests
//! say about a report.

use qwen_batches_conformance::{Contract, Kind, Report, Request};

pub(crate) const LIBRARY: &str = include_str!("library.yaml");

pub(crate) fn library() -> Contract {
    Contract::parse(LIBRARY).expect("a good contract")
}

pub(crate) fn get(path: &str) -> Request {
    Request::new("GET", path).header("Authorization", "Bearer key")
}

/// `at` and `rule` of each violation, or `undocumented` and `at`.
pub(crate) fn places(report: &Report) -> Vec<(&str, &str)> {
    report
        .findings
        .iter()
        .map(|finding| match finding.kind {
            Kind::Undocumented => ("undocumented", finding.at.as_str()),
            _ => (finding.at.as_str(), finding.rule.as_str()),
        })
        .collect()
}
