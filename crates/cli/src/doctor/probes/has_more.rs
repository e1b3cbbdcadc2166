//! Whether `has_more` says that there is more although there is not.

use super::window;
use crate::doctor::examination::Examination;
use crate::doctor::question::Question;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe};

pub(in crate::doctor) const PROBE: Probe = Probe {
    check: "has_more on a last page",
    expected: "false",
    run: |examination| Box::pin(run(examination)),
};

/// A page that is full, and has a filter: there the service was seen to be wrong.
async fn run(examination: &mut Examination) -> Findings {
    let Some(zone) = examination.zone else {
        return Err(Inconclusive::new("no window of time can be built"));
    };
    let (_, created) = examination.newest()?;
    let (after, before) = ((created - 1, zone), (created + 1, zone));
    let whole = window::ask(examination, after, before, "100").await?;
    let rows = whole.rows().unwrap_or_default().len();
    if rows == 0 || rows == 100 {
        return Err(Inconclusive::new(format!(
            "a window of {rows} batches shows nothing"
        )));
    }
    let page = if whole.has_more() {
        whole
    } else {
        window::ask(examination, after, before, &rows.to_string()).await?
    };
    if !page.has_more() {
        return Ok(Found::ok("false, on a full page under a filter"));
    }
    let last = page.rows().and_then(|rows| rows.last());
    let Some(last) = last.and_then(|row| row["id"].as_str()) else {
        return Err(Inconclusive::new("true, but without a cursor"));
    };
    let next = examination.ask(&[("after", last), ("limit", "1")]).await?;
    let text = "true, on a full page under a filter";
    match next.rows() {
        Some(_) => {
            examination.settle(Question::HasMore, "on a full page under a filter");
            Ok(Found::new(Verdict::News, text))
        }
        None => Err(Inconclusive::new(format!(
            "{text}; behind it, {}",
            next.describe()
        ))),
    }
}
