//! The order of a list.

use crate::doctor::examination::Examination;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe};

pub(in crate::doctor) const PROBE: Probe = Probe {
    check: "order",
    expected: "newest first",
    run: |examination| Box::pin(async move { run(examination) }),
};

fn run(examination: &Examination) -> Findings {
    let rows = examination.first_page.as_ref().and_then(|page| page.rows());
    let times: Vec<i64> = rows
        .into_iter()
        .flatten()
        .filter_map(|row| row["created_at"].as_i64())
        .collect();
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        return Err(Inconclusive::new("there are no batches"));
    };
    if first == last {
        return Err(Inconclusive::new(
            "there are no two batches of different times",
        ));
    }
    Ok(if times.is_sorted_by(|one, next| one >= next) {
        Found::ok(format!("newest first, in {} batches", times.len()))
    } else if times.is_sorted() {
        Found::new(Verdict::Violation, "oldest first")
    } else {
        Found::new(Verdict::Violation, "neither newest nor oldest first")
    })
}
