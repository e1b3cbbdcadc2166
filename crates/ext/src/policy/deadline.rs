//! By when a call or a list must be done.

use std::fmt;
use std::time::Duration;

/// By when a call must be done, on the clock of its client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    of: &'static str,
    /// The time that was set.
    set: Duration,
    pub(crate) at: Duration,
}

impl Deadline {
    pub(crate) fn of_call(set: Duration, start: Duration) -> Self {
        Self::new("call's", set, start)
    }

    pub(crate) fn of_list(set: Duration, start: Duration) -> Self {
        Self::new("list's", set, start)
    }

    pub(crate) fn of_file(set: Duration, start: Duration) -> Self {
        Self::new("file's", set, start)
    }

    pub(crate) fn of_results(set: Duration, start: Duration) -> Self {
        Self::new("results'", set, start)
    }

    fn new(of: &'static str, set: Duration, start: Duration) -> Self {
        Self {
            of,
            set,
            at: start.saturating_add(set),
        }
    }

    pub(crate) fn left(&self, now: Duration) -> Duration {
        self.at.saturating_sub(now)
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} deadline of {:?}", self.of, self.set)
    }
}
