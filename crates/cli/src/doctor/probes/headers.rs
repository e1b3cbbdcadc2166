//! The headers of all responses. Nothing is asked for it.

use std::collections::BTreeSet;

use crate::doctor::examination::{CONTENT_TYPE, Examination, REQUEST_ID};
use crate::doctor::finding::Verdict;
use crate::doctor::finding::{Findings, Found};
use crate::doctor::response::{Response, cut};

pub(super) fn content_type(examination: &mut Examination) -> Findings {
    let types: BTreeSet<String> = responses(examination)
        .map(|response| cut(response.header("content-type").unwrap_or("none")))
        .collect();
    let types: Vec<String> = types.into_iter().collect();
    let verdict = verdict(examination, CONTENT_TYPE);
    Ok(Found::new(verdict, types.join(", ")))
}

pub(super) fn request_id(examination: &mut Examination) -> Findings {
    let all = responses(examination).count();
    let with = responses(examination)
        .filter(|response| response.header("x-request-id").is_some())
        .count();
    let text = match all - with {
        0 => "on every response".to_owned(),
        missing => format!("missing on {missing} of {all} responses"),
    };
    Ok(Found::new(verdict(examination, REQUEST_ID), text))
}

pub(super) fn rate_limit(examination: &mut Examination) -> Findings {
    let headers: BTreeSet<String> = responses(examination)
        .flat_map(Response::rate_limit_headers)
        .collect();
    if headers.is_empty() {
        return Ok(Found::ok("none"));
    }
    let headers: Vec<String> = headers.into_iter().collect();
    Ok(Found::new(Verdict::Undocumented, cut(&headers.join(", "))))
}

fn responses(examination: &Examination) -> impl Iterator<Item = &Response> {
    examination.responses.iter().map(|(response, _)| response)
}

/// What the contract says about a header.
fn verdict(examination: &Examination, at: &str) -> Verdict {
    let mut findings = examination.responses.iter().flat_map(|(_, it)| it);
    if findings.any(|finding| finding.at == at) {
        Verdict::Violation
    } else {
        Verdict::Ok
    }
}
