//! Where a page starts.

use crate::doctor::examination::Examination;
use crate::doctor::reply::Answer;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe};

pub(in crate::doctor) const PROBE: Probe = Probe {
    check: "page behind a cursor",
    expected: "starts with the next batch",
    run: |examination| Box::pin(run(examination)),
};

async fn run(examination: &mut Examination) -> Findings {
    let rows = examination.first_page.as_ref().and_then(Answer::rows);
    let id = |n: usize| rows.and_then(|rows| rows.get(n)?["id"].as_str());
    let (Some(cursor), Some(next)) = (id(0).map(str::to_owned), id(1).map(str::to_owned)) else {
        return Err(Inconclusive::new("there are no two batches"));
    };
    let answer = examination
        .ask(&[("after", &cursor), ("limit", "1")])
        .await?;
    match answer.rows() {
        Some([row]) if row["id"] == next.as_str() => Ok(Found::ok("starts with the next batch")),
        Some([row]) if row["id"] == cursor.as_str() => Ok(Found::new(
            Verdict::Violation,
            "starts with the cursor's own batch",
        )),
        Some([_]) => Ok(Found::new(Verdict::Violation, "starts with another batch")),
        Some(rows) => {
            let text = format!("{} batches, where one was asked for", rows.len());
            Ok(Found::new(Verdict::Violation, text))
        }
        None => Ok(Found::new(Verdict::Violation, answer.describe())),
    }
}
