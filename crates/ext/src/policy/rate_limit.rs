//! Keeping within the calls that the service allows.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use crate::policy::runtime::Runtime;
use crate::policy::trace;

const WINDOW: Duration = Duration::from_secs(60);

/// A wait that somebody in front of a terminal would wonder about.
const NOTICED: Duration = Duration::from_secs(1);

/// How many list calls a [`Client`](crate::Client) and its clones make.
///
/// The service allows 100 list calls a minute for the whole main account, all keys and users
/// together (documented). That is the default; lower it where others list, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    per_minute: Option<u32>,
}

impl RateLimit {
    /// At most `calls` calls in any 60 seconds, retries included; 0 counts as 1.
    pub const fn per_minute(calls: u32) -> Self {
        Self {
            per_minute: Some(if calls == 0 { 1 } else { calls }),
        }
    }

    /// As many calls as one likes: for servers that do not limit, such as a sandbox.
    pub const fn off() -> Self {
        Self { per_minute: None }
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::per_minute(100)
    }
}

/// A sliding window over the calls made; shared by the clones of a client.
///
/// A token bucket would not do: a full one lets its whole content through at once, and then as
/// much again within the same minute.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    /// When the last calls were let through, oldest first; never more than the limit.
    calls: Mutex<VecDeque<Duration>>,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            calls: Mutex::default(),
        }
    }

    /// Waits until a call may be made, and counts it.
    pub(crate) async fn acquire(&self, runtime: &dyn Runtime) {
        while let Some(wait) = self.try_acquire(runtime.elapsed()) {
            if wait < NOTICED {
                trace::debug!("rate limit reached: waiting {wait:.1?}");
            } else {
                trace::warn!("rate limit reached: waiting {wait:.1?}");
            }
            runtime.sleep(wait).await;
        }
    }

    /// Counts a call, or says how long to wait before asking again.
    fn try_acquire(&self, now: Duration) -> Option<Duration> {
        let limit = self.limit.per_minute? as usize;
        let mut calls = self
            .calls
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        while calls.front().is_some_and(|&call| call + WINDOW <= now) {
            calls.pop_front();
        }
        match calls.front() {
            Some(&oldest) if calls.len() >= limit => Some(oldest + WINDOW - now),
            _ => {
                calls.push_back(now);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_sixty_seconds_hold_at_most_the_limit() {
        let limiter = Limiter::new(RateLimit::per_minute(3));
        let mut now = Duration::ZERO;
        let mut made = Vec::new();
        while made.len() < 20 {
            match limiter.try_acquire(now) {
                None => {
                    made.push(now);
                    now += Duration::from_secs(1);
                }
                Some(wait) => now += wait,
            }
        }
        for (index, &call) in made.iter().enumerate().skip(3) {
            let fourth_last = made[index - 3];
            assert!(call - fourth_last >= WINDOW, "{made:?}");
        }
        // Never idle without cause: three calls a minute are three calls a minute.
        assert_eq!(made[18], Duration::from_secs(6 * 60));
    }

    #[test]
    fn off_never_waits() {
        let limiter = Limiter::new(RateLimit::off());
        assert!((0..1000).all(|_| limiter.try_acquire(Duration::ZERO).is_none()));
    }
}
