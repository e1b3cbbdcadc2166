//! How long to wait until the next poll.

use std::time::Duration;

/// How much is added at random, at most, so that many watchers do not call at once.
const JITTER: f64 = 0.1;

#[derive(Debug)]
pub(super) struct PollBackoff {
    interval: Duration,
    longest: Duration,
    /// Polls in a row that brought no change.
    quiet: u32,
    /// Polls in a row that failed.
    failures: u32,
}

impl PollBackoff {
    pub(super) fn new(interval: Duration, longest: Duration) -> Self {
        Self {
            interval,
            longest: longest.max(interval),
            quiet: 0,
            failures: 0,
        }
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// The pause after a poll that has succeeded.
    pub(super) fn success(&mut self, changed: bool, random: f64) -> Duration {
        self.failures = 0;
        self.quiet = if changed {
            0
        } else {
            self.quiet.saturating_add(1)
        };
        self.pause(self.quiet, random)
    }

    /// The pause after a poll that has failed, at least as long as the service asks for.
    pub(super) fn failure(&mut self, retry_after: Option<Duration>, random: f64) -> Duration {
        let pause = self.pause(self.failures, random);
        self.failures = self.failures.saturating_add(1);
        pause.max(retry_after.unwrap_or_default())
    }

    fn pause(&self, doublings: u32, random: f64) -> Duration {
        let pause = self
            .interval
            .saturating_mul(2_u32.saturating_pow(doublings));
        let pause = pause.min(self.longest);
        let more = pause.as_secs_f64() * JITTER * random.clamp(0.0, 1.0);
        pause.saturating_add(Duration::try_from_secs_f64(more).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn quiet_polls_double_the_pause_up_to_the_longest() {
        let mut pace = PollBackoff::new(MINUTE, 5 * MINUTE);
        let mut pauses = |changed: &[bool]| -> Vec<Duration> {
            let changed = changed.iter();
            changed.map(|changed| pace.success(*changed, 0.0)).collect()
        };
        let quiet = pauses(&[true, false, false, false, false]);
        assert_eq!(quiet, [1, 2, 4, 5, 5].map(|n| n * MINUTE));
        assert_eq!(pauses(&[true, false]), [MINUTE, 2 * MINUTE]);
    }

    #[test]
    fn failures_double_it_too_and_the_service_may_ask_for_more() {
        let mut pace = PollBackoff::new(MINUTE, 5 * MINUTE);
        for (retry_after, expected) in [
            (None, MINUTE),
            (Some(MINUTE), 2 * MINUTE),
            (Some(9 * MINUTE), 9 * MINUTE),
            (None, 5 * MINUTE),
        ] {
            assert_eq!(pace.failure(retry_after, 0.0), expected);
        }
        assert_eq!(pace.failures(), 4);
        assert_eq!(pace.success(true, 0.0), MINUTE);
        assert_eq!(pace.failures(), 0);
    }

    #[test]
    fn chance_adds_a_tenth_at_most_and_nothing_overflows() {
        let mut pace = PollBackoff::new(MINUTE, MINUTE / 2);
        assert_eq!(pace.success(false, 1.0), MINUTE + MINUTE / 10);
        assert_eq!(pace.success(false, f64::NAN), MINUTE);
        let mut pace = PollBackoff::new(Duration::MAX, Duration::MAX);
        for _ in 0..100 {
            assert_eq!(pace.success(false, 1.0), Duration::MAX);
        }
    }
}
