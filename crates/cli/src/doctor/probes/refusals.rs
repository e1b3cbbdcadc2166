//! Values that make no sense, and what becomes of them.

use crate::doctor::examination::Examination;
use crate::doctor::question::Question;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe};

pub(in crate::doctor) const LIMIT_OF_0: Probe = Probe {
    check: "limit of 0",
    expected: REFUSED,
    run: |it| Box::pin(run(it, ("limit", "0"), Question::Limit)),
};

pub(in crate::doctor) const LIMIT_OF_101: Probe = Probe {
    check: "limit of 101",
    expected: REFUSED,
    run: |it| Box::pin(run(it, ("limit", "101"), Question::Limit)),
};

pub(in crate::doctor) const UNKNOWN_STATUS: Probe = Probe {
    check: "unknown status",
    expected: REFUSED,
    run: |it| Box::pin(run(it, ("status", "no_such_status"), Question::Status)),
};

pub(in crate::doctor) const UNKNOWN_CURSOR: Probe = Probe {
    check: "unknown cursor",
    expected: REFUSED,
    run: |it| {
        let query = ("after", "batch_00000000-0000-4000-8000-000000000000");
        Box::pin(run(it, query, Question::Cursor))
    },
};

pub(in crate::doctor) const MALFORMED_TIME: Probe = Probe {
    check: "malformed time",
    expected: REFUSED,
    run: |it| Box::pin(run(it, ("create_after", "2025-03-04"), Question::Time)),
};

/// The bodies of all of these, once they were asked.
pub(in crate::doctor) const ERROR_BODIES: Probe = Probe {
    check: "bodies of errors",
    expected: "compatible shape",
    run: |it| Box::pin(async move { bodies(it) }),
};

const REFUSED: &str = "status 400";

async fn run(
    examination: &mut Examination,
    query: (&'static str, &'static str),
    question: Question,
) -> Findings {
    let answer = examination.ask(&[query]).await?;
    let text = answer.describe();
    if answer.status == 429 {
        return Err(Inconclusive::new(text));
    }
    let settled = match question {
        Question::Limit => format!("{}: {text}", query.1),
        Question::Cursor => format!("of no batch: {text}"),
        _ => text.clone(),
    };
    examination.settle(question, settled);
    let verdict = match answer.status {
        400 => Verdict::Ok,
        _ => Verdict::News,
    };
    if answer.rows().is_none() {
        examination.refusals.push(answer);
    }
    Ok(Found::new(verdict, text))
}

fn bodies(examination: &mut Examination) -> Findings {
    let mut shapes: Vec<&str> = Vec::new();
    for answer in &examination.refusals {
        let shape = answer.error_shape().unwrap_or(if answer.is_html() {
            "HTML"
        } else {
            "no known shape"
        });
        if !shapes.contains(&shape) {
            shapes.push(shape);
        }
    }
    if shapes.is_empty() {
        return Err(Inconclusive::new("no error was seen"));
    }
    let text = shapes.join(", ");
    examination.settle(Question::ErrorBodies, text.as_str());
    let verdict = match shapes.as_slice() {
        ["compatible shape"] => Verdict::Ok,
        _ => Verdict::News,
    };
    Ok(Found::new(verdict, text))
}
