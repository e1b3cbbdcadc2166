//! Which requests a step holds for.

use std::fmt;
use std::ops::{RangeFrom, RangeFull, RangeInclusive, RangeToInclusive};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::Problem;

/// The requests that meet with a fault, counted from 1: one of them, a range, all from one on,
/// or each k-th of these.
///
/// In JSON a number, or an object with any of `from`, `to` and `every`.
///
/// ```
/// use qwen_batches_sandbox::Requests;
///
/// let holds_for = |requests: Requests| Vec::from_iter((1..=9).filter(|n| requests.holds(*n)));
/// assert_eq!(holds_for(Requests::from(3)), [3]);
/// assert_eq!(holds_for(Requests::from(3..=5)), [3, 4, 5]);
/// assert_eq!(holds_for(Requests::from(7..)), [7, 8, 9]);
/// assert_eq!(holds_for(Requests::from(..).every(3)), [3, 6, 9]);
/// assert_eq!(holds_for(Requests::from(4..).every(2)), [5, 7, 9]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requests {
    from: usize,
    to: Option<usize>,
    every: usize,
}

impl Requests {
    /// Of these requests each `k`-th alone: of all those from 4 on and with `k = 2`, 5 is the
    /// first.
    pub fn every(mut self, k: usize) -> Self {
        self.every = k;
        self
    }

    /// Whether the `n`-th request is one of them.
    pub fn holds(&self, n: usize) -> bool {
        n >= self.from
            && self.to.is_none_or(|to| n <= to)
            && (n - self.from + 1).is_multiple_of(self.every)
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.from == 0 {
            return Err(Problem::new("requests are counted from 1"));
        }
        if self.every == 0 {
            return Err(Problem::new("there is no 0th request to hold for").within("every"));
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

impl From<usize> for Requests {
    fn from(n: usize) -> Self {
        Self::range(n, Some(n))
    }
}

impl From<RangeInclusive<usize>> for Requests {
    fn from(range: RangeInclusive<usize>) -> Self {
        Self::range(*range.start(), Some(*range.end()))
    }
}

impl From<RangeToInclusive<usize>> for Requests {
    fn from(range: RangeToInclusive<usize>) -> Self {
        Self::range(1, Some(range.end))
    }
}

impl From<RangeFrom<usize>> for Requests {
    fn from(range: RangeFrom<usize>) -> Self {
        Self::range(range.start, None)
    }
}

impl From<RangeFull> for Requests {
    fn from(_: RangeFull) -> Self {
        Self::range(1, None)
    }
}

/// The object of the JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelled {
    #[serde(default = "one")]
    from: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<usize>,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    every: usize,
}

fn one() -> usize {
    1
}

// By reference, as serde asks.
fn is_one(n: &usize) -> bool {
    *n == 1
}

impl Serialize for Requests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { from, to, every } = *self;
        if to == Some(from) && every == 1 {
            return from.serialize(serializer);
        }
        Spelled { from, to, every }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Requests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberOrObject)
    }
}

struct NumberOrObject;

impl<'de> Visitor<'de> for NumberOrObject {
    type Value = Requests;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of a request, or an object with `from`, `to` or `every`")
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<Requests, E> {
        // More than a usize holds is more than there will ever be.
        Ok(usize::try_from(n).unwrap_or(usize::MAX).into())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Requests, A::Error> {
        let Spelled { from, to, every } = Spelled::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Requests { from, to, every })
    }
}
