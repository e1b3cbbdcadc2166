//! Time and chance, injected, so that tests neither wait nor guess.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// A pause that has begun.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The source of a [`Client`](crate::Client)'s clock, timers and randomness.
///
/// [`TokioRuntime`] is the real one. A test supplies its own, by which hours pass at once.
pub trait Runtime: fmt::Debug + Send + Sync {
    /// Time since some fixed moment; it never goes back.
    fn elapsed(&self) -> Duration;

    /// The time of day, by which dates in responses are judged.
    fn wall_clock(&self) -> Timestamp;

    /// A pause of this length.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// A random number, at least 0 and less than 1.
    fn random(&self) -> f64;
}

/// The clock and the timer of tokio, and a thread's own random numbers. Where a test has paused
/// tokio's clock, this one stands still, too.
#[derive(Debug)]
pub struct TokioRuntime {
    start: Instant,
}

impl TokioRuntime {
    /// A runtime whose [`elapsed`](Runtime::elapsed) counts from now.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for TokioRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for TokioRuntime {
    fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(self.start)
    }

    fn wall_clock(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}
