//! Cursors that go in a circle.

/// Finds out in constant space that cursors repeat: each is compared with one that is kept, and
/// the kept one is replaced at steps 1, 2, 4, 8 ... (Brent's algorithm).
#[derive(Debug, Default)]
pub(super) struct CycleGuard {
    kept: Option<String>,
    steps: u64,
}

impl CycleGuard {
    pub(super) fn closes(&mut self, cursor: &str) -> bool {
        if self.kept.as_deref() == Some(cursor) {
            return true;
        }
        self.steps += 1;
        if self.steps.is_power_of_two() {
            self.kept = Some(cursor.to_owned());
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cycle_closes_and_no_straight_line_does() {
        for (lead, length) in [(0, 1), (0, 2), (3, 1), (7, 5), (1, 100)] {
            let mut guard = CycleGuard::default();
            let step = (0..).position(|n: usize| {
                let cursor = if n < lead {
                    n
                } else {
                    lead + (n - lead) % length
                };
                guard.closes(&cursor.to_string())
            });
            assert!(
                step.is_some_and(|step| step <= 3 * (lead + length) + 2),
                "{lead} {length}"
            );
        }
        let mut guard = CycleGuard::default();
        assert!((0..5000).all(|cursor| !guard.closes(&cursor.to_string())));
    }
}
