//! How time passes in a sandbox.

use tokio::time::Instant;

use crate::data::NOW;

/// How time passes in a sandbox, for [`SandboxBuilder::clock`](crate::SandboxBuilder::clock).
///
/// Batches with a [`Life`](crate::Life) move on with it, and the horizon of 30 days does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Clock {
    /// It stands still.
    #[default]
    Still,
    /// The first request is answered at the start, and each later one so many seconds after the
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

/// A clock that has been started.
pub(crate) struct Started {
    clock: Clock,
    start: i64,
    instant: Instant,
}

impl Started {
    pub(crate) fn new(clock: Clock, start: i64) -> Self {
        Self {
            clock,
            start,
            instant: Instant::now(),
        }
    }

    pub(crate) fn moves(&self) -> bool {
        self.clock != Clock::Still
    }

    /// The instant at which the `n`-th request is answered, from 1; in Unix seconds.
    pub(crate) fn at(&self, n: usize) -> i64 {
        let passed = match self.clock {
            Clock::Still => 0,
            Clock::PerRequest { seconds } => {
                (n.saturating_sub(1) as u128).saturating_mul(seconds.into())
            }
            Clock::Fast { factor } => {
                let millis = self.instant.elapsed().as_millis();
                millis.saturating_mul(factor.into()) / 1000
            }
        };
        let passed = i64::try_from(passed).unwrap_or(i64::MAX);
        self.start.saturating_add(passed).min(*NOW.end())
    }
}
