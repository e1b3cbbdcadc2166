//! The headers of all replies. Nothing is asked for it.

use std::collections::BTreeSet;

use super::contract;
use crate::doctor::examination::Examination;
use crate::doctor::reply::{Answer, cut};
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Probe};

pub(in crate::doctor) const CONTENT_TYPE: Probe = Probe {
    check: "content type",
    expected: "application/json",
    run: |it| Box::pin(async move { content_type(it) }),
};

pub(in crate::doctor) const REQUEST_ID: Probe = Probe {
    check: "x-request-id",
    expected: "on every reply",
    run: |it| Box::pin(async move { request_id(it) }),
};

pub(in crate::doctor) const RATE_LIMIT: Probe = Probe {
    check: "headers of a rate limit",
    expected: "none",
    run: |it| Box::pin(async move { rate_limit(it) }),
};

fn content_type(examination: &Examination) -> Findings {
    let types: BTreeSet<String> = answers(examination)
        .map(|answer| cut(answer.header("content-type").unwrap_or("none")))
        .collect();
    let types: Vec<String> = types.into_iter().collect();
    let verdict = verdict(examination, contract::CONTENT_TYPE);
    Ok(Found::new(verdict, types.join(", ")))
}

fn request_id(examination: &Examination) -> Findings {
    let all = answers(examination).count();
    let with = answers(examination)
        .filter(|answer| answer.header("x-request-id").is_some())
        .count();
    let text = match all - with {
        0 => "on every reply".to_owned(),
        missing => format!("missing on {missing} of {all} replies"),
    };
    Ok(Found::new(verdict(examination, contract::REQUEST_ID), text))
}

fn rate_limit(examination: &Examination) -> Findings {
    let headers: BTreeSet<String> = answers(examination)
        .flat_map(Answer::rate_limit_headers)
        .collect();
    if headers.is_empty() {
        return Ok(Found::ok("none"));
    }
    let headers: Vec<String> = headers.into_iter().collect();
    Ok(Found::new(Verdict::News, cut(&headers.join(", "))))
}

fn answers(examination: &Examination) -> impl Iterator<Item = &Answer> {
    examination.answers.iter().map(|(answer, _)| answer)
}

/// What the contract says to a header.
fn verdict(examination: &Examination, at: &str) -> Verdict {
    let mut deviations = examination.answers.iter().flat_map(|(_, it)| it);
    if deviations.any(|deviation| deviation.at == at) {
        Verdict::Violation
    } else {
        Verdict::Ok
    }
}
