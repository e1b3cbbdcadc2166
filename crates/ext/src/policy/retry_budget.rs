//! The retries that a client and its clones have in all.

use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug)]
pub(crate) struct RetryBudget {
    full: u32,
    left: AtomicU32,
}

impl RetryBudget {
    pub(crate) fn new(retries: u32) -> Self {
        Self {
            full: retries,
            left: AtomicU32::new(retries),
        }
    }

    /// Takes a retry; says whether there was one.
    pub(crate) fn take(&self) -> bool {
        let take = |left: u32| left.checked_sub(1);
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }

    /// Gives a retry back, since a call has succeeded.
    pub(crate) fn give_back(&self) {
        let give = |left: u32| (left < self.full).then(|| left + 1);
        // An error says that the budget is full.
        let _ = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_out_and_is_refilled_up_to_what_it_was() {
        let budget = RetryBudget::new(2);
        assert!(budget.take() && budget.take());
        assert!(!budget.take());
        for _ in 0..5 {
            budget.give_back();
        }
        assert!(budget.take() && budget.take() && !budget.take());
    }
}
