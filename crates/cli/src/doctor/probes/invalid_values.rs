//! Values that make no sense, and what becomes of them.

use crate::doctor::examination::Examination;
use crate::doctor::finding::Verdict;
use crate::doctor::finding::{Findings, Found, Inconclusive};
use crate::doctor::question::Question;

pub(super) async fn run(
    examination: &mut Examination,
    query: (&'static str, &'static str),
    question: Question,
) -> Findings {
    let response = examination.ask(&[query]).await?;
    let text = response.describe();
    if response.status == 429 {
        return Err(Inconclusive::new(text));
    }
    let settled = match question {
        Question::Limit => format!("{}: {text}", query.1),
        Question::Cursor => format!("of no batch: {text}"),
        _ => text.clone(),
    };
    examination.settle(question, settled);
    let verdict = match response.status {
        400 => Verdict::Ok,
        _ => Verdict::Undocumented,
    };
    if response.rows().is_none() {
        examination.error_responses.push(response);
    }
    Ok(Found::new(verdict, text))
}

/// The bodies of all errors that were seen.
pub(super) fn bodies(examination: &mut Examination) -> Findings {
    let mut shapes: Vec<&str> = Vec::new();
    for response in &examination.error_responses {
        let shape = response.error_shape().unwrap_or(if response.is_html() {
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
        _ => Verdict::Undocumented,
    };
    Ok(Found::new(verdict, text))
}
