//! The shape of a page without a batch.

use serde_json::Value;

use crate::doctor::examination::Examination;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe};

pub(in crate::doctor) const PROBE: Probe = Probe {
    check: "empty page",
    expected: "data null, ids null, has_more false",
    run: |examination| Box::pin(run(examination)),
};

/// An input file that does not exist is no error: it was recorded to match nothing.
async fn run(examination: &mut Examination) -> Findings {
    let query = [(
        "input_file_ids",
        "file-batch-00000000-0000-4000-8000-000000000000",
    )];
    let answer = examination.ask(&query).await?;
    match (answer.rows(), answer.json()) {
        (Some([]), Some(page)) => Ok(shape(page)),
        (Some(_), _) => {
            let text = format!("{}, of an input that does not exist", answer.describe());
            Ok(Found::new(Verdict::Violation, text))
        }
        _ => Err(Inconclusive::new(answer.describe())),
    }
}

fn shape(page: &Value) -> Found {
    let data = if page["data"].is_null() { "null" } else { "[]" };
    let ids = ["first_id", "last_id"].map(|key| page.get(key));
    let ids = match ids {
        [Some(Value::Null), Some(Value::Null)] => "null",
        [None, None] => "absent",
        _ => "set",
    };
    let has_more = &page["has_more"];
    let verdict = match (data, ids, has_more.as_bool()) {
        ("null", "null", Some(false)) => Verdict::Ok,
        _ => Verdict::News,
    };
    Found::new(
        verdict,
        format!("data {data}, ids {ids}, has_more {has_more}"),
    )
}
