//! How many calls a list may take.

/// How many calls may be made: the service counts them.
#[derive(Debug, Default)]
pub(super) struct CallBudget {
    /// Calls made, as far as windows know: retries are not counted.
    pub(super) calls: u64,
    /// Rows seen, each once.
    pub(super) rows: u64,
    /// Calls in advance.
    pub(super) trust: u64,
}

impl CallBudget {
    /// Twice what one page after another takes for the rows seen and one more, and what is trusted.
    pub(super) fn allows(&self, page_size: u32) -> bool {
        self.calls < 2 * (self.rows / u64::from(page_size) + 1) + self.trust
    }
}
