//! In which order the rows of a list come.

/// Whether all rows so far came newest first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    last: Option<i64>,
    newest_first: bool,
    /// Whether two rows were created at different times: of one time alone, no order can be seen.
    seen: bool,
}

impl Order {
    /// Behind a row that was created at `last`, where there is one.
    pub(super) fn behind(last: Option<i64>, newest_first: bool) -> Self {
        Self {
            last,
            newest_first,
            seen: false,
        }
    }

    /// Takes the next row, created in this Unix second.
    pub(super) fn see(&mut self, created_at: i64) {
        if let Some(last) = self.last {
            self.newest_first &= created_at <= last;
            self.seen |= created_at != last;
        }
        self.last = Some(created_at);
    }

    /// Whether no row so far came before an older one.
    pub(super) fn is_newest_first(self) -> bool {
        self.newest_first
    }

    /// Whether a row that is too old shows that all behind it are, too.
    pub(super) fn is_certain(self) -> bool {
        self.newest_first && self.seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_certain_once_it_was_seen() {
        for (times, newest_first, certain) in [
            (&[][..], true, false),
            (&[5], true, false),
            (&[5, 5, 5], true, false),
            (&[5, 5, 4], true, true),
            (&[5, 4, 4, 3], true, true),
            (&[4, 5], false, false),
            (&[5, 4, 5, 3], false, false),
            (&[i64::MAX, i64::MIN], true, true),
        ] {
            let mut order = Order::behind(None, true);
            times.iter().for_each(|&time| order.see(time));
            let found = (order.is_newest_first(), order.is_certain());
            assert_eq!(found, (newest_first, certain), "{times:?}");
        }
    }
}
