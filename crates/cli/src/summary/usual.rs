//! How long batches usually take, and whether one takes too long.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches::{Batch, BatchExt as _, Outcome};

/// So many batches have to have been completed before any time is a usual one.
const ENOUGH: usize = 10;
/// Long past the usual is so many times as long ...
const TIMES: u32 = 3;
/// ... and this long at least: a batch of three requests was seen without progress after an hour.
const LEAST: Duration = Duration::from_secs(6 * 3600);

/// How long the completed batches of a list took, by their endpoints.
#[derive(Debug, Default)]
pub(super) struct Usual(HashMap<String, Vec<Duration>>);

impl Usual {
    /// Takes a batch into account, if it is completed.
    pub(super) fn add(&mut self, batch: &Batch) {
        let is_completed = matches!(
            batch.outcome(),
            Outcome::Succeeded | Outcome::SucceededInPart { .. }
        );
        if let Some(duration) = batch.duration().filter(|_| is_completed) {
            let durations = self.0.entry(batch.endpoint.clone()).or_default();
            durations.push(duration);
        }
    }

    /// Within what time nine of ten batches of an endpoint were completed; none if too few were.
    pub(super) fn of(&self, endpoint: &str) -> Option<Duration> {
        let mut durations = self.0.get(endpoint)?.clone();
        if durations.len() < ENOUGH {
            return None;
        }
        let place = durations.len() * 9 / 10;
        Some(*durations.select_nth_unstable(place).1)
    }
}

/// Whether a batch that is under way is likely to be stuck: long past what is usual for its
/// endpoint in the same list.
///
/// Counts that stand still are no sign: they do so for half an hour while work goes on.
pub(super) fn is_stuck(batch: &Batch, usual: Option<Duration>, now: Timestamp) -> bool {
    let age = batch.created().map(|created| now.duration_since(created));
    let age = age.and_then(|age| Duration::try_from(age).ok());
    let (Some(usual), Some(age)) = (usual, age) else {
        return false;
    };
    age > usual.saturating_mul(TIMES).max(LEAST)
}

#[cfg(test)]
mod tests {
    use qwen_batches_sandbox::{BatchRow, row};

    use super::*;

    const HOUR: i64 = 3600;

    fn batch(row: BatchRow) -> Batch {
        serde_json::from_value(row.build()).expect("a batch")
    }

    fn completed(hours: i64) -> Batch {
        let row = row("batch_1").status("completed").request_counts(9, 9, 0);
        batch(row.created_at(HOUR).set("completed_at", HOUR * (1 + hours)))
    }

    #[test]
    fn long_past_the_usual() {
        let hours = |hours: u64| Some(Duration::from_secs(3600 * hours));
        for (usual, age, expected) in [
            (None, 1_000, false),
            (hours(4), 12, false),
            (hours(4), 13, true),
            // Where all are done in minutes, an hour is nothing.
            (hours(0), 6, false),
            (hours(0), 7, true),
            (Some(Duration::MAX), 1_000, false),
            (hours(1), -1, false),
        ] {
            let now = Timestamp::from_second(1_741_305_600).expect("a time");
            let created = now.as_second() - age * HOUR;
            let batch = batch(row("batch_1").created_at(created));
            assert_eq!(is_stuck(&batch, usual, now), expected, "{usual:?} {age}");
        }
    }

    #[test]
    fn the_usual_is_that_of_the_endpoint() {
        let mut usual = Usual::default();
        for hours in 1..=9 {
            usual.add(&completed(hours));
        }
        assert_eq!(usual.of("/v1/chat/completions"), None, "too few");
        usual.add(&batch(
            row("batch_1").status("expired").set("expired_at", HOUR),
        ));
        assert_eq!(usual.of("/v1/chat/completions"), None, "not completed");
        usual.add(&completed(10));
        let expected = Duration::from_secs(10 * 3600);
        assert_eq!(usual.of("/v1/chat/completions"), Some(expected));
        assert_eq!(usual.of("/v1/embeddings"), None);
    }
}
