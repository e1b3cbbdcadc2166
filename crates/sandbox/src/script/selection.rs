//! Which requests a step holds for, and which rows of a page a fault changes.

use std::ops::{RangeFrom, RangeFull, RangeInclusive, RangeToInclusive};

use serde::{Deserialize, Serialize};

use super::error::Problem;

/// Requests, or rows of a page, counted from 1: one of them, a range, all from one on, or each k-th
/// of these.
///
/// In JSON a number, or an object with any of `from`, `to` and `every`.
///
/// ```
/// use qwen_batches_sandbox::Selection;
///
/// let selected = |selection: Selection| Vec::from_iter((1..=9).filter(|n| selection.holds(*n)));
/// assert_eq!(selected(Selection::from(3)), [3]);
/// assert_eq!(selected(Selection::from(3..=5)), [3, 4, 5]);
/// assert_eq!(selected(Selection::from(7..)), [7, 8, 9]);
/// assert_eq!(selected(Selection::from(..).every(3)), [3, 6, 9]);
/// assert_eq!(selected(Selection::from(4..).every(2)), [5, 7, 9]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Spelled", into = "Spelled")]
pub struct Selection {
    from: usize,
    to: Option<usize>,
    every: usize,
}

impl Selection {
    /// Of these, each `k`-th alone: of all those from 4 on and with `k = 2`, 5 is the first.
    pub fn every(mut self, k: usize) -> Self {
        self.every = k;
        self
    }

    /// Whether the `n`-th is one of them.
    pub fn holds(&self, n: usize) -> bool {
        n >= self.from
            && self.to.is_none_or(|to| n <= to)
            && (n - self.from + 1).is_multiple_of(self.every)
    }

    /// All of them.
    pub(super) fn all() -> Self {
        Self::from(..)
    }

    pub(super) fn is_all(&self) -> bool {
        *self == Self::all()
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.from == 0 {
            return Err(Problem::new("counting starts at 1"));
        }
        if self.every == 0 {
            return Err(Problem::new("it must be at least 1").within("every"));
        }
        match self.to {
            Some(to) if to < self.from => Err(Problem::new(format!(
                "the range ends at {to}, before its start at {}",
                self.from
            ))),
            _ => Ok(()),
        }
    }

    fn range(from: usize, to: Option<usize>) -> Self {
        Self { from, to, every: 1 }
    }
}

impl From<usize> for Selection {
    fn from(n: usize) -> Self {
        Self::range(n, Some(n))
    }
}

impl From<RangeInclusive<usize>> for Selection {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self::range(*range.start(), Some(*range.end()))
    }
}

impl From<RangeToInclusive<usize>> for Selection {
    fn from(range: RangeToInclusive<usize>) -> Self {
        Self::range(1, Some(range.end))
    }
}

impl From<RangeFrom<usize>> for Selection {
    fn from(range: RangeFrom<usize>) -> Self {
        Self::range(range.start, None)
    }
}

impl From<RangeFull> for Selection {
    fn from(_: RangeFull) -> Self {
        Self::range(1, None)
    }
}

/// How JSON spells it.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "expected a number, or an object with `from`, `to` or `every`"
)]
enum Spelled {
    Number(usize),
    Range {
        #[serde(default = "one")]
        from: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<usize>,
        #[serde(default = "one", skip_serializing_if = "is_one")]
        every: usize,
    },
}

fn one() -> usize {
    1
}

// By reference, as serde asks.
fn is_one(n: &usize) -> bool {
    *n == 1
}

impl From<Spelled> for Selection {
    fn from(spelled: Spelled) -> Self {
        match spelled {
            Spelled::Number(n) => n.into(),
            Spelled::Range { from, to, every } => Self { from, to, every },
        }
    }
}

impl From<Selection> for Spelled {
    fn from(Selection { from, to, every }: Selection) -> Self {
        match to == Some(from) && every == 1 {
            true => Self::Number(from),
            false => Self::Range { from, to, every },
        }
    }
}
