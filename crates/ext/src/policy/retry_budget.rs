//! The retries that a client and its clones have in all.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Within this time an empty budget is full again.
const REFILL: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(crate) struct RetryBudget {
    full: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    left: u32,
    /// Up to when what time gives back has been counted.
    counted: Duration,
}

/// What one call took from the budget. Dropping it before the call is over gives that back.
#[derive(Debug)]
pub(crate) struct Taken<'a> {
    budget: &'a RetryBudget,
    retries: u32,
}

impl RetryBudget {
    pub(crate) fn new(retries: u32) -> Self {
        let state = State {
            left: retries,
            counted: Duration::ZERO,
        };
        Self {
            full: retries,
            state: Mutex::new(state),
        }
    }

    /// What a call has taken before its first retry.
    pub(crate) fn nothing_taken(&self) -> Taken<'_> {
        Taken {
            budget: self,
            retries: 0,
        }
    }

    fn with_state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn give_back(&self, retries: u32) {
        self.with_state(|state| state.left = state.left.saturating_add(retries).min(self.full));
    }

    /// Adds what has come back by itself.
    fn refill(&self, state: &mut State, now: Duration) {
        if state.left == self.full {
            state.counted = state.counted.max(now);
            return;
        }
        let each = REFILL / self.full;
        let passed = now.saturating_sub(state.counted);
        let retries = u32::try_from(passed.as_nanos() / each.as_nanos().max(1)).unwrap_or(u32::MAX);
        let missing = self.full - state.left;
        state.left += retries.min(missing);
        state.counted = if retries >= missing {
            now
        } else {
            state.counted + each * retries
        };
    }
}

impl Taken<'_> {
    /// Takes a retry; returns whether there was one.
    pub(crate) fn take(&mut self, now: Duration) -> bool {
        let budget = self.budget;
        let taken = budget.with_state(|state| {
            budget.refill(state, now);
            let left = state.left.checked_sub(1);
            state.left = left.unwrap_or(0);
            left.is_some()
        });
        self.retries += u32::from(taken);
        taken
    }

    /// The call has succeeded: that is worth one retry.
    pub(crate) fn succeeded(&mut self) {
        self.retries = 0;
        self.budget.give_back(1);
    }

    /// The call has failed: what it took is spent.
    pub(crate) fn failed(&mut self) {
        self.retries = 0;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.budget.give_back(self.retries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::ZERO;

    fn left(budget: &RetryBudget, now: Duration) -> u32 {
        let mut probe = budget.nothing_taken();
        while probe.take(now) {}
        probe.retries
    }

    #[test]
    fn it_runs_out_and_is_refilled_up_to_what_it_was() {
        let budget = RetryBudget::new(2);
        let mut call = budget.nothing_taken();
        assert!(call.take(START) && call.take(START) && !call.take(START));
        call.failed();
        assert_eq!(left(&budget, START), 0);
        for _ in 0..5 {
            call.succeeded();
        }
        assert_eq!(left(&budget, START), 2);
    }

    #[test]
    fn a_call_that_is_dropped_gives_back_what_it_took() {
        let budget = RetryBudget::new(2);
        let mut call = budget.nothing_taken();
        assert!(call.take(START) && call.take(START));
        drop(call);
        assert_eq!(left(&budget, START), 2);
    }

    #[test]
    fn time_refills_it() {
        let budget = RetryBudget::new(10);
        let mut call = budget.nothing_taken();
        while call.take(START) {}
        call.failed();
        for (seconds, expected) in [(59, 0), (60, 1), (150, 2), (599, 9), (600, 10), (9999, 10)] {
            assert_eq!(left(&budget, Duration::from_secs(seconds)), expected);
        }
        assert_eq!(left(&RetryBudget::new(0), REFILL), 0);
    }
}
