//! How a response gets on the wire, if otherwise than HTTP promises.

use std::time::Duration;

use crate::script::{Fault, Sent};

/// How the delivery of a response goes wrong.
#[derive(Clone, Copy)]
pub(crate) enum Delivery {
    Reset(Sent),
    Cut(Sent),
    Stall(Sent, Option<Duration>),
    Slow {
        chunk: usize,
        pause: Option<Duration>,
    },
    Endless,
}

impl Delivery {
    /// None for a fault that leaves the delivery alone.
    pub(super) fn of(fault: &Fault) -> Option<Self> {
        let time = |ms: Option<u64>| ms.map(Duration::from_millis);
        Some(match *fault {
            Fault::Reset { after } => Self::Reset(after),
            Fault::Cut { after } => Self::Cut(after),
            Fault::Stall { after, for_ms } => Self::Stall(after, time(for_ms)),
            Fault::SlowBytes { chunk, pause_ms } => Self::Slow {
                chunk,
                pause: time(pause_ms),
            },
            Fault::EndlessBody => Self::Endless,
            _ => return None,
        })
    }
}
