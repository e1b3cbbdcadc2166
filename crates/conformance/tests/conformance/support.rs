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

/// `at` and `rule` of each violation, or `news` and `at`.
pub(crate) fn places(report: &Report) -> Vec<(&str, &str)> {
    report
        .deviations
        .iter()
        .map(|deviation| match deviation.kind {
            Kind::News => ("news", deviation.at.as_str()),
            _ => (deviation.at.as_str(), deviation.rule.as_str()),
        })
        .collect()
}
