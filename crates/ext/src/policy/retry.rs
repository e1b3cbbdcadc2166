//! When a failed call is made again, and after which pause.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::policy::retry_budget::RetryBudget;
use crate::types::error::Error;

/// A call that failed and is about to be made again; see
/// [`ClientBuilder::on_retry`](crate::ClientBuilder::on_retry).
#[derive(Debug)]
#[non_exhaustive]
pub struct Retry<'a> {
    /// How often the call was made so far.
    pub attempts: u32,
    /// The pause before it is made again.
    pub pause: Duration,
    /// Why the last attempt failed.
    pub error: &'a Error,
}

/// Who hears of retries.
#[derive(Clone)]
pub(crate) struct RetryHook(pub(crate) Arc<dyn Fn(&Retry<'_>) + Send + Sync>);

impl fmt::Debug for RetryHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RetryHook")
    }
}

/// When a failed call is made again.
///
/// A call is retried if it failed in transport (no connection, timeout, truncated response) or got
/// a 408, 409, 429 or 5xx response, unless the response says that the account is in arrears. The
/// pause before the n-th retry is random, up to the base delay doubled n - 1 times ("full jitter"),
/// and never longer than the cap. It comes on top of a pause that the server asks for, which holds
/// all clones of the client.
///
/// A 429 is handled separately. The service limits the calls of a whole account in a minute, and
/// does not report how much of the quota is left: a client and its clones all pause, and try
/// again one call at a time, until the service accepts one, for [two
/// minutes](Self::rate_limited_for). These retries do not count towards the maximum number.
///
/// ```
/// use std::time::Duration;
/// use qwen_batches::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_retries(8).max_elapsed(Duration::from_secs(600));
/// let none = RetryPolicy::off();
/// # assert_ne!(patient, none);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_retries: u32,
    max_elapsed: Duration,
    base_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
    rate_limited_for: Duration,
    budget: u32,
}

/// The longest pause between two tries while the service throttles everybody and names no pause: so long
/// a list may stand still after the service accepts calls again.
const MAX_THROTTLED_DELAY: Duration = Duration::from_secs(5);

impl Default for RetryPolicy {
    /// Four retries within two minutes; pauses up to 0.5, 1, 2 and 4 seconds; pauses that the
    /// server asks for up to one minute. While the service limits the rate, two minutes.
    fn default() -> Self {
        Self {
            max_retries: 4,
            max_elapsed: Duration::from_secs(120),
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            max_retry_after: Duration::from_secs(60),
            rate_limited_for: Duration::from_secs(120),
            budget: 100,
        }
    }
}

impl RetryPolicy {
    /// No retries at all.
    pub fn off() -> Self {
        Self::default()
            .max_retries(0)
            .rate_limited_for(Duration::ZERO)
    }

    /// The maximum number of retries of a call, not counting those after a 429: 4 by default.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// How long after its first attempt a call may still be made again; what it waits while the
    /// service limits the rate does not count. Two minutes by default.
    #[must_use]
    pub fn max_elapsed(mut self, elapsed: Duration) -> Self {
        self.max_elapsed = elapsed;
        self
    }

    /// The longest pause before the first retry: half a second by default.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest pause before any retry that the server does not ask for: 20 seconds by default.
    /// After a 429 it is 5 seconds at most.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest pause that the server may ask for: a minute by default. If it asks for more, the
    /// call fails, and the error carries it ([`Error::retry_after`]). For a 429 this is
    /// [`rate_limited_for`](Self::rate_limited_for).
    #[must_use]
    pub fn max_retry_after(mut self, retry_after: Duration) -> Self {
        self.max_retry_after = retry_after;
        self
    }

    /// How long to try again while the service responds with 429, and the longest pause that a 429
    /// may ask for: two minutes by default, since the quota is one of a minute. With zero, a 429 is
    /// final at once.
    #[must_use]
    pub fn rate_limited_for(mut self, duration: Duration) -> Self {
        self.rate_limited_for = duration;
        self
    }

    /// How many retries a client and its clones may make in total, not counting retries after a
    /// 429. Each call that succeeds gives one back, and within ten minutes all of them come back by
    /// themselves; when none is left, failures are final at once, so that a service that is down is
    /// not buried under retries. 100 by default.
    #[must_use]
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = retries;
        self
    }

    /// A full budget, to be shared by the clones of a client.
    pub(crate) fn new_budget(&self) -> RetryBudget {
        RetryBudget::new(self.budget)
    }

    /// The pause before the retry that follows failure `failures` (counted from 1), or nothing if
    /// there is to be none.
    pub(crate) fn pause(
        &self,
        failures: u32,
        elapsed: Duration,
        retry_after: Option<Duration>,
        random: f64,
    ) -> Option<Duration> {
        let asked = retry_after.unwrap_or_default();
        if failures > self.max_retries || asked > self.max_retry_after {
            return None;
        }
        let longest = self.longest_delay(failures);
        let pause = asked.saturating_add(share(longest, random));
        (elapsed.saturating_add(pause) <= self.max_elapsed).then_some(pause)
    }

    /// How long to bear with a service that refuses everybody.
    pub(super) fn patience(&self) -> Duration {
        self.rate_limited_for
    }

    /// Whether a pause is short enough for a call that is refused with everybody.
    pub(super) fn bears_with(&self, retry_after: Option<Duration>) -> bool {
        retry_after.is_none_or(|pause| pause <= self.rate_limited_for)
    }

    /// The pause after that many throttled calls in a row, of all clones. At least half of what is added to the
    /// server's own is no matter of chance, so that a server that asks for nothing is left alone
    /// for a while.
    pub(super) fn throttled_pause(
        &self,
        throttles: u32,
        retry_after: Option<Duration>,
        random: f64,
    ) -> Duration {
        let longest = self.longest_delay(throttles).min(MAX_THROTTLED_DELAY);
        let added = share(longest, 0.5 + random / 2.0);
        retry_after.unwrap_or_default().saturating_add(added)
    }

    fn longest_delay(&self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.base_delay.saturating_mul(doubled).min(self.max_delay)
    }
}

fn share(longest: Duration, random: f64) -> Duration {
    let share = longest.as_secs_f64() * random.clamp(0.0, 1.0);
    Duration::try_from_secs_f64(share).unwrap_or(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses() {
        let policy = RetryPolicy::default();
        for (attempt, elapsed, retry_after, random, expected) in [
            (1, Duration::ZERO, None, 1.0, Some(SECOND / 2)),
            (1, Duration::ZERO, None, 0.0, Some(Duration::ZERO)),
            (3, SECOND, None, 0.5, Some(SECOND)),
            (4, SECOND, None, 1.0, Some(4 * SECOND)),
            (5, SECOND, None, 1.0, None),
            (1, 119 * SECOND, Some(2 * SECOND), 0.0, None),
            (1, Duration::ZERO, Some(7 * SECOND), 0.0, Some(7 * SECOND)),
            (
                1,
                Duration::ZERO,
                Some(7 * SECOND),
                1.0,
                Some(15 * SECOND / 2),
            ),
            (2, SECOND, Some(Duration::ZERO), 0.5, Some(SECOND / 2)),
            (1, Duration::ZERO, Some(61 * SECOND), 0.0, None),
        ] {
            let pause = policy.pause(attempt, elapsed, retry_after, random);
            assert_eq!(
                pause, expected,
                "attempt {attempt}, {elapsed:?}, {retry_after:?}, {random}"
            );
        }
        let endless = policy.max_retries(u32::MAX);
        assert_eq!(endless.pause(1000, SECOND, None, 1.0), Some(20 * SECOND));
        let huge = endless.base_delay(Duration::MAX).max_delay(Duration::MAX);
        assert_eq!(huge.pause(9, SECOND, None, 1.0), None);
        assert_eq!(RetryPolicy::off().pause(1, Duration::ZERO, None, 0.0), None);
    }
    #[test]
    fn pauses_while_everybody_is_refused() {
        let policy = RetryPolicy::default();
        for (throttles, retry_after, random, expected) in [
            (1, None, 0.0, SECOND / 4),
            (1, None, 1.0, SECOND / 2),
            (1, Some(Duration::ZERO), 0.0, SECOND / 4),
            (3, None, 0.5, SECOND * 3 / 2),
            (99, None, 1.0, MAX_THROTTLED_DELAY),
            (1, Some(61 * SECOND), 1.0, SECOND * 123 / 2),
        ] {
            let pause = policy.throttled_pause(throttles, retry_after, random);
            assert_eq!(pause, expected, "{throttles} {retry_after:?} {random}");
        }
        assert!(policy.bears_with(Some(120 * SECOND)) && !policy.bears_with(Some(121 * SECOND)));
    }
}
