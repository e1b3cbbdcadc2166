//! How a batch goes on, in a few words.

use std::time::Duration;

use qwen_batches::{Estimate, TimeLeft};
use serde_json::{Value, json};

/// From when on it is worth a word that there is no progress.
const QUIET: Duration = Duration::from_secs(10 * 60);

/// How a batch under way goes on: `12-25 min left`, `no progress for 28 min (usual up to 30)`.
pub(super) fn note(estimate: &Estimate) -> String {
    let minutes = estimate.no_progress_for.as_secs() / 60;
    if estimate.is_stuck {
        return format!("stuck? no progress for {minutes} min");
    }
    let left = estimate.left.as_ref().map(range);
    let quiet = (estimate.no_progress_for >= QUIET).then(|| {
        let usual = estimate.usual_up_to.as_secs() / 60;
        format!("no progress for {minutes} min (usual up to {usual})")
    });
    let parts: Vec<String> = left.into_iter().chain(quiet).collect();
    parts.join(", ")
}

/// For programs: seconds, and requests a minute.
pub(super) fn object(estimate: &Estimate) -> Value {
    let left = estimate.left.as_ref();
    json!({
        "requests_per_minute": estimate.rate.map(|rate| (rate * 100.0).round() / 100.0),
        "in_phase_seconds": estimate.in_phase.as_secs(),
        "no_progress_seconds": estimate.no_progress_for.as_secs(),
        "usual_up_to_seconds": estimate.usual_up_to.as_secs(),
        "stuck": estimate.is_stuck,
        "left_seconds": left.map(|left| [left.low.as_secs(), left.high.as_secs()]),
    })
}

/// In whole minutes, hours or days; not less than the range is.
fn range(left: &TimeLeft) -> String {
    let (low, high) = (left.low.as_secs(), left.high.as_secs());
    let (unit, seconds) = match high {
        0..=7_200 => ("min", 60),
        7_201..=172_800 => ("h", 3_600),
        _ => ("d", 86_400),
    };
    match (low / seconds, high.div_ceil(seconds)) {
        (low, high) if low == high => format!("{high} {unit} left"),
        (low, high) => format!("{low}-{high} {unit} left"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use qwen_batches::{Batch, History, PastDurations};
    use qwen_batches_sandbox::row;

    use super::*;

    #[test]
    fn a_note_is_short() {
        // By the minutes of polls, how many of 1000 requests are done.
        for (polls, expected) in [
            (&[(0, 0)][..], ""),
            (&[(0, 0), (9, 0)], ""),
            (
                &[(0, 0), (40, 0)],
                "no progress for 40 min (usual up to 150)",
            ),
            (&[(0, 0), (1, 100), (11, 400)], "9-82 min left"),
            (&[(0, 0), (1, 10), (60, 200)], "1-13 h left"),
            (
                &[(0, 0), (1, 100), (10, 889), (38, 889)],
                "7-37 min left, no progress for 28 min (usual up to 30)",
            ),
            (
                &[(0, 0), (1, 100), (10, 889), (85, 889)],
                "stuck? no progress for 75 min",
            ),
            (&[(0, 0), (1, 1000)], "1-15 min left"),
        ] {
            let mut history: Option<History> = None;
            let mut at = Timestamp::UNIX_EPOCH;
            for &(minute, done) in polls {
                at = Timestamp::from_second(1_741_305_600 + minute * 60).expect("a time");
                let batch = row("batch_x")
                    .created_at(1_741_305_600)
                    .status("in_progress");
                let batch = batch.request_counts(1000, done, 0).build();
                let batch: Batch = serde_json::from_value(batch).expect("a batch");
                let history = history.get_or_insert_with(|| History::new(&batch, at));
                history.see(&batch, at);
            }
            let history = history.expect("a poll");
            let estimate = Estimate::new(&history, &PastDurations::default(), at);
            assert_eq!(note(&estimate), expected, "{polls:?}");
        }
    }
}
