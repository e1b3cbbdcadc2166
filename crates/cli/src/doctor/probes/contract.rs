//! All replies against the contract: a row for each way in which they deviate.

use qwen_batches_conformance::{Finding, Kind};

use crate::doctor::Found;
use crate::doctor::examination::Examination;
use crate::doctor::report::Verdict;

/// These have rows of their own, if there was a page at all.
pub(in crate::doctor) const CONTENT_TYPE: &str = "/headers/content-type";
pub(super) const REQUEST_ID: &str = "/headers/x-request-id";
const STATUS: &str = "/body/data/*/status";

const CHECK: &str = "contract";

pub(in crate::doctor) fn judge(examination: &mut Examination) {
    let all = examination.answers.len();
    let has_rows = examination.first_page.is_some();
    let mut ways: Vec<Way> = Vec::new();
    for (reply, (_, deviations)) in examination.answers.iter().enumerate() {
        for deviation in deviations {
            let way = Way::of(deviation, reply);
            if has_rows && way.is_told_elsewhere() {
                continue;
            }
            match ways.iter_mut().find(|known| known.is(&way)) {
                Some(known) => known.see(reply),
                None => ways.push(way),
            }
        }
    }
    if ways.is_empty() {
        let found = Found::ok(format!("{all} of {all} replies obey it"));
        examination.add(CHECK, "every reply obeys it", Ok(found));
    }
    for way in ways {
        let text = format!(
            "{}: {}, in {} of {all} replies",
            way.at, way.message, way.replies
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
    replies: usize,
    last: usize,
}

impl Way {
    fn of(deviation: &Finding, reply: usize) -> Self {
        let steps = deviation.at.split('/').map(|step| {
            let is_number = !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
            if is_number { "*" } else { step }
        });
        Self {
            verdict: match deviation.kind {
                Kind::Undocumented => Verdict::News,
                _ => Verdict::Violation,
            },
            at: steps.collect::<Vec<_>>().join("/"),
            rule: deviation.rule.clone(),
            message: deviation.message.clone(),
            replies: 1,
            last: reply,
        }
    }

    fn is(&self, other: &Self) -> bool {
        (self.verdict, &self.at, &self.rule) == (other.verdict, &other.at, &other.rule)
    }

    fn see(&mut self, reply: usize) {
        if self.last != reply {
            self.last = reply;
            self.replies += 1;
        }
    }

    fn is_told_elsewhere(&self) -> bool {
        [CONTENT_TYPE, REQUEST_ID].contains(&self.at.as_str())
            || (self.at == STATUS && self.verdict == Verdict::News)
    }
}
