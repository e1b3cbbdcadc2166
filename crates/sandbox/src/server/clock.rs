//! How time passes in a sandbox.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::data::NOW;

/// How time passes in a sandbox, for [`SandboxBuilder::clock`](crate::SandboxBuilder::clock).
///
/// Batches with a [`Lifecycle`](crate::Lifecycle) move on with it, and the horizon of 30 days does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// It stands still.
    #[default]
    Still,
    /// The first request arrives at the start, and each later one so many seconds after the
    /// one before it, whatever it asks for. What a client sees depends on how often it has asked,
    /// and on nothing else: this is the clock for tests.
    PerRequest {
        /// Seconds from one request to the next.
        seconds: u32,
    },
    /// It runs so many times as fast as Tokio's clock: at 60, an hour passes in a minute. This is
    /// the clock for people.
    Fast {
        /// Seconds of the sandbox for each second outside.
        factor: u32,
    },
}

/// Where a test keeps the time, in Unix seconds.
pub(super) type TimeSource = Arc<dyn Fn() -> i64 + Send + Sync>;

/// A clock that has been started.
pub(super) struct Started {
    clock: Clock,
    source: Option<TimeSource>,
    start: i64,
    instant: Instant,
}

impl Started {
    pub(super) fn new(clock: Clock, source: Option<TimeSource>, start: i64) -> Self {
        Self {
            clock,
            source,
            start,
            instant: Instant::now(),
        }
    }

    pub(super) fn moves(&self) -> bool {
        self.source.is_some() || self.clock != Clock::Still
    }

    /// The instant at which the `n`-th request arrives, from 1; in Unix seconds.
    pub(super) fn at(&self, n: usize) -> i64 {
        let passed = match self.moves() {
            true => i64::try_from(self.passed(n).as_secs()).unwrap_or(i64::MAX),
            false => 0,
        };
        self.start.saturating_add(passed).min(*NOW.end())
    }

    /// How much time has passed at the `n`-th request: outside, if the clock stands still.
    pub(super) fn passed(&self, n: usize) -> Duration {
        if let Some(source) = &self.source {
            let passed = source().saturating_sub(self.start);
            return Duration::from_secs(u64::try_from(passed).unwrap_or_default());
        }
        match self.clock {
            Clock::Still => self.instant.elapsed(),
            Clock::PerRequest { seconds } => {
                let seconds = (n.saturating_sub(1) as u64).saturating_mul(seconds.into());
                Duration::from_secs(seconds)
            }
            Clock::Fast { factor } => self.instant.elapsed().saturating_mul(factor),
        }
    }
}
