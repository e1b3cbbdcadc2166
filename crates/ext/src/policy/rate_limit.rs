//! How many calls may be made in a minute.

use std::collections::VecDeque;
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(60);

/// How many calls a [`Client`](crate::Client) and its clones make.
///
/// The service allows 100 list calls a minute for the whole main account, all keys and users
/// together, and 1000 calls for single batches (documented). These are the defaults; lower them
/// where others call, too. For the content of files no limit is documented, and none is kept.
///
/// Each kind of call waits by itself, and calls of a kind are served in the order in which they were
/// made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    per_minute: Option<u32>,
    batches_per_minute: Option<u32>,
}

impl RateLimit {
    /// At most `calls` list calls in any 60 seconds, retries included; 0 counts as 1. Calls for
    /// single batches keep to their default of 1000.
    pub const fn per_minute(calls: u32) -> Self {
        Self {
            per_minute: Some(at_least_one(calls)),
            batches_per_minute: Some(1000),
        }
    }

    /// At most `calls` calls for [single batches](crate::Client::batch) in any 60 seconds, retries
    /// included; 0 counts as 1.
    #[must_use]
    pub const fn batches_per_minute(mut self, calls: u32) -> Self {
        self.batches_per_minute = Some(at_least_one(calls));
        self
    }

    /// No limit, for servers that have no rate limit, such as a sandbox.
    pub const fn off() -> Self {
        Self {
            per_minute: None,
            batches_per_minute: None,
        }
    }

    /// The limit of single batches in the place of that of lists.
    pub(super) fn of_batches(self) -> Self {
        Self {
            per_minute: self.batches_per_minute,
            ..self
        }
    }
}

const fn at_least_one(calls: u32) -> u32 {
    if calls == 0 { 1 } else { calls }
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::per_minute(100)
    }
}

/// A sliding window over the calls made.
///
/// A token bucket would not do: a full one lets its whole content through at once, and then as
/// much again within the same minute.
#[derive(Debug)]
pub(super) struct CallWindow {
    limit: RateLimit,
    /// When the last calls were let through, oldest first; never more than the limit.
    calls: VecDeque<Duration>,
}

impl CallWindow {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            calls: VecDeque::new(),
        }
    }

    /// When the next call but `ahead` may be made at the earliest: `now`, or later.
    pub(super) fn opens(&mut self, now: Duration, ahead: usize) -> Duration {
        let Some(limit) = self.limit.per_minute else {
            return now;
        };
        let limit = limit as usize;
        while self.calls.front().is_some_and(|&call| call + WINDOW <= now) {
            self.calls.pop_front();
        }
        let Some(behind) = ahead.checked_sub(limit - self.calls.len()) else {
            return now;
        };
        // Each call waits for the one that is `limit` calls before it.
        let before = self.calls.get(behind % limit).copied().unwrap_or(now);
        let rounds = u32::try_from(behind / limit + 1).unwrap_or(u32::MAX);
        before.saturating_add(WINDOW.saturating_mul(rounds))
    }

    /// Counts a call made `now`, when the window was open.
    pub(super) fn count(&mut self, now: Duration) {
        if self.limit.per_minute.is_some() {
            self.calls.push_back(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_sixty_seconds_hold_at_most_the_limit() {
        let mut window = CallWindow::new(RateLimit::per_minute(3));
        let mut now = Duration::ZERO;
        let mut made = Vec::new();
        while made.len() < 20 {
            now = window.opens(now, 0);
            window.count(now);
            made.push(now);
            now += Duration::from_secs(1);
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
        let mut window = CallWindow::new(RateLimit::off());
        for _ in 0..1000 {
            assert_eq!(window.opens(Duration::ZERO, 1000), Duration::ZERO);
            window.count(Duration::ZERO);
        }
    }

    /// What a waiting call expects is what it gets, if all those before it are made.
    #[test]
    fn the_wait_of_a_queue_is_known() {
        let seconds = Duration::from_secs;
        let mut window = CallWindow::new(RateLimit::per_minute(3));
        window.count(seconds(0));
        window.count(seconds(20));
        for (ahead, expected) in [(0, 30), (1, 60), (2, 80), (3, 90), (4, 120), (7, 180)] {
            let opens = window.opens(seconds(30), ahead);
            assert_eq!(opens, seconds(expected), "{ahead}");
        }
    }
}
