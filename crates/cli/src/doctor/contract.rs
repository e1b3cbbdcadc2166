//! All responses against the contract: a row for each way in which they deviate.

use qwen_batches_conformance::{Finding, Kind};

use super::examination::{CONTENT_TYPE, Examination, REQUEST_ID};
use super::finding::{Found, Verdict};

const STATUS: &str = "/body/data/*/status";

const CHECK: &str = "contract";

pub(super) fn check(examination: &mut Examination) {
    let all = examination.responses.len();
    let has_rows = examination.first_page.is_some();
    let mut ways: Vec<Way> = Vec::new();
    for (n, (response, findings)) in examination.responses.iter().enumerate() {
        // A gateway that cannot reach the service breaks no contract.
        let is_down = response.status >= 500;
        for finding in findings.iter().filter(|_| !is_down) {
            let way = Way::of(finding, n);
            if has_rows && way.has_its_own_row() {
                continue;
            }
            match ways.iter_mut().find(|known| known.is(&way)) {
                Some(known) => known.see(n),
                None => ways.push(way),
            }
        }
    }
    if ways.is_empty() {
        let found = Found::ok(format!("{all} of {all} responses conform"));
        examination.add(CHECK, "every response conforms", Ok(found));
    }
    for way in ways {
        let text = format!(
            "{}: {}, in {} of {all} responses",
            way.at, way.message, way.responses
        );
        examination.add(CHECK, &way.rule, Ok(Found::new(way.verdict, text)));
    }
}

/// A way to deviate, in however many places.
struct Way {
    verdict: Verdict,
    /// With a star for the number of a row.
    at: String,
    rule: String,
    message: String,
    responses: usize,
    last: usize,
}

impl Way {
    fn of(finding: &Finding, n: usize) -> Self {
        let steps = finding.at.split('/').map(|step| {
            let is_number = !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
            if is_number { "*" } else { step }
        });
        Self {
            verdict: match finding.kind {
                Kind::Undocumented => Verdict::Undocumented,
                _ => Verdict::Violation,
            },
            at: steps.collect::<Vec<_>>().join("/"),
            rule: finding.rule.clone(),
            message: finding.message.clone(),
            responses: 1,
            last: n,
        }
    }

    fn is(&self, other: &Self) -> bool {
        (self.verdict, &self.at, &self.rule) == (other.verdict, &other.at, &other.rule)
    }

    fn see(&mut self, n: usize) {
        if self.last != n {
            self.last = n;
            self.responses += 1;
        }
    }

    fn has_its_own_row(&self) -> bool {
        [CONTENT_TYPE, REQUEST_ID].contains(&self.at.as_str())
            || (self.at == STATUS && self.verdict == Verdict::Undocumented)
    }
}
