//! The clock by which the library compares times: that of the server that is asked.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches::{Runtime, Sleep, TokioRuntime};
use qwen_batches_sandbox::Sandbox;

use crate::clock;
use crate::failure::Failure;

/// Pauses take the time that they take; what "now" is depends on the server.
#[derive(Clone, Debug)]
pub(crate) struct ServerTime {
    tokio: Arc<TokioRuntime>,
    /// In which time may pass faster.
    sandbox: Option<Arc<Sandbox>>,
}

impl ServerTime {
    pub(crate) fn new(sandbox: Option<Arc<Sandbox>>) -> Self {
        Self {
            tokio: Arc::default(),
            sandbox,
        }
    }

    pub(crate) fn now(&self) -> Result<Timestamp, Failure> {
        let of_sandbox = self.sandbox.as_ref().map(|sandbox| sandbox.now());
        match of_sandbox.and_then(|now| Timestamp::from_second(now).ok()) {
            Some(now) => Ok(now),
            None => clock::now(),
        }
    }
}

impl Runtime for ServerTime {
    fn elapsed(&self) -> Duration {
        self.tokio.elapsed()
    }

    fn wall_clock(&self) -> Timestamp {
        self.now().unwrap_or_else(|_| self.tokio.wall_clock())
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.tokio.sleep(duration)
    }

    fn random(&self) -> f64 {
        self.tokio.random()
    }
}
