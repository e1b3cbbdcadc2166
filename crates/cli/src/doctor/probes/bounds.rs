//! Whether a time filter includes the second that it names.

use super::window;
use crate::doctor::examination::Examination;
use crate::doctor::question::Question;
use crate::doctor::report::Verdict;
use crate::doctor::{Findings, Found, Inconclusive, Probe};

pub(in crate::doctor) const PROBE: Probe = Probe {
    check: "bounds of the time filters",
    expected: "both included",
    run: |examination| Box::pin(run(examination)),
};

async fn run(examination: &mut Examination) -> Findings {
    let Some(zone) = examination.zone else {
        return Err(Inconclusive::new("their zone is not known"));
    };
    let (id, created) = examination.newest()?;
    let after = window::ask(examination, (created, zone), (created + 1, zone), "100").await?;
    let before = window::ask(examination, (created - 1, zone), (created, zone), "100").await?;
    let (verdict, text) = match (after.contains(&id), before.contains(&id)) {
        (true, true) => (Verdict::Ok, "both included"),
        (false, false) => (Verdict::News, "both excluded"),
        (true, false) => (
            Verdict::News,
            "create_after included, create_before excluded",
        ),
        (false, true) => (
            Verdict::News,
            "create_after excluded, create_before included",
        ),
    };
    examination.settle(Question::Bounds, text);
    Ok(Found::new(verdict, text))
}
