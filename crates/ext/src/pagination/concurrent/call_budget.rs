//! How many calls a list may take.

/// How many calls may be made: the service counts them. Windows never take more than twice those
/// of one page after another, whatever the list turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CallBudget {
    pub(super) page_size: u32,
    /// Calls made, as far as windows know: retries are not counted.
    pub(super) calls: u64,
    /// Rows seen, each once.
    pub(super) rows: u64,
    /// Whether more rows follow those.
    pub(super) goes_on: bool,
    pub(super) cap: Option<Cap>,
}

/// How many rows the reader is to be given at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cap {
    pub(super) rows: u64,
    /// How many of them are still to be fetched if nothing but the reader's window has any.
    pub(super) left: u64,
}

impl CallBudget {
    /// Whether another call may be made that the reader does not wait for.
    pub(super) fn allows(&self) -> bool {
        let pages = |rows: u64| rows.div_ceil(u64::from(self.page_size));
        // What lies beyond a cap may be of no use at all.
        let is_within_cap = |cap: Cap| self.calls + pages(cap.left) < 2 * pages(cap.rows);
        self.calls < 2 * pages(self.rows + u64::from(self.goes_on))
            && self.cap.is_none_or(is_within_cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_calls_of_one_page_after_another_are_allowed() {
        let cap = |rows, left| Some(Cap { rows, left });
        for (calls, rows, goes_on, cap, allowed) in [
            (3, 100, true, None, true),
            (4, 100, true, None, false),
            (1, 100, false, None, true),
            (2, 100, false, None, false),
            (7, 301, false, None, true),
            (8, 301, false, None, false),
            // Two pages of three are still to be fetched, if nothing fetched in advance helps.
            (3, 100, true, cap(250, 150), true),
            (4, 1000, true, cap(250, 150), false),
            (4, 1000, true, cap(250, 50), true),
            (1, 100, true, cap(50, 0), true),
            (2, 1000, true, cap(50, 0), false),
        ] {
            let budget = CallBudget {
                page_size: 100,
                calls,
                rows,
                goes_on,
                cap,
            };
            assert_eq!(budget.allows(), allowed, "{budget:?}");
        }
    }
}
