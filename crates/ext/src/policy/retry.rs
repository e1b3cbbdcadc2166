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

/// Who is told of retries.
#[derive(Clone)]
pub(crate) struct RetryHook(pub(crate) Arc<dyn Fn(&Retry<'_>) + Send + Sync>);

impl fmt::Debug for RetryHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RetryHook")
    }
}

/// When a failed call is made again.
///
/// Made again are calls that failed in transport (no connection, time limit, a reply cut short)
/// and those answered with 408, 409, 429 or 5xx, unless the answer says that the account is in
/// arrears. The pause before the n-th retry is random, up to the base delay doubled n - 1 times
/// ("full jitter"), and never longer than the cap; a pause that the server asks for is kept to.
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
    max_hint: Duration,
    budget: u32,
}

impl Default for RetryPolicy {
    /// Four retries within two minutes; pauses up to 0.5, 1, 2 and 4 seconds; server's wishes up
    /// to one minute.
    fn default() -> Self {
        Self {
            max_retries: 4,
            max_elapsed: Duration::from_secs(120),
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            max_hint: Duration::from_secs(60),
            budget: 100,
        }
    }
}

impl RetryPolicy {
    /// No retries at all.
    pub fn off() -> Self {
        Self::default().max_retries(0)
    }

    /// How often a call is made again at most: 4 times by default.
    #[must_use]
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// How long after its first attempt a call may still be made again; waiting for the rate limit
    /// counts. Two minutes by default.
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
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// The longest pause that the server may ask for: a minute by default. If it asks for more, the
    /// call fails and the error carries the wish ([`Error::retry_after`]).
    #[must_use]
    pub fn max_hint(mut self, hint: Duration) -> Self {
        self.max_hint = hint;
        self
    }

    /// How many retries a client and its clones have in all. Each call that succeeds gives one
    /// back, up to this number; when none is left, failures are final at once, so that a service
    /// that is down is not buried under retries. 100 by default.
    #[must_use]
    pub fn budget(mut self, retries: u32) -> Self {
        self.budget = retries;
        self
    }

    /// A full budget, to be shared by the clones of a client.
    pub(crate) fn new_budget(&self) -> RetryBudget {
        RetryBudget::new(self.budget)
    }

    /// The pause before the retry that follows attempt `attempt` (counted from 1), or nothing if
    /// there is to be none.
    pub(crate) fn pause(
        &self,
        attempt: u32,
        elapsed: Duration,
        hint: Option<Duration>,
        random: f64,
    ) -> Option<Duration> {
        if attempt > self.max_retries || hint.is_some_and(|hint| hint > self.max_hint) {
            return None;
        }
        let pause = hint.unwrap_or_else(|| {
            let doubled = 2_u32.saturating_pow(attempt - 1);
            let longest = self.base_delay.saturating_mul(doubled).min(self.max_delay);
            let share = longest.as_secs_f64() * random.clamp(0.0, 1.0);
            Duration::try_from_secs_f64(share).unwrap_or(longest)
        });
        (elapsed.saturating_add(pause) <= self.max_elapsed).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn pauses() {
        let policy = RetryPolicy::default();
        for (attempt, elapsed, hint, random, expected) in [
            (1, Duration::ZERO, None, 1.0, Some(SECOND / 2)),
            (1, Duration::ZERO, None, 0.0, Some(Duration::ZERO)),
            (3, SECOND, None, 0.5, Some(SECOND)),
            (4, SECOND, None, 1.0, Some(4 * SECOND)),
            (5, SECOND, None, 1.0, None),
            (1, 119 * SECOND, Some(2 * SECOND), 0.0, None),
            (1, Duration::ZERO, Some(7 * SECOND), 0.0, Some(7 * SECOND)),
            (1, Duration::ZERO, Some(61 * SECOND), 0.0, None),
        ] {
            let pause = policy.pause(attempt, elapsed, hint, random);
            assert_eq!(
                pause, expected,
                "attempt {attempt}, {elapsed:?}, {hint:?}, {random}"
            );
        }
        let endless = policy.max_retries(u32::MAX);
        assert_eq!(endless.pause(1000, SECOND, None, 1.0), Some(20 * SECOND));
        let huge = endless.base_delay(Duration::MAX).max_delay(Duration::MAX);
        assert_eq!(huge.pause(9, SECOND, None, 1.0), None);
        assert_eq!(RetryPolicy::off().pause(1, Duration::ZERO, None, 0.0), None);
    }
}
