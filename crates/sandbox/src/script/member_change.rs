//! What can happen to a member of a JSON document.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What becomes of a member of a row or of a page, in [`Fault::Member`](super::Fault::Member) and
/// [`Fault::PageMember`](super::Fault::PageMember).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MemberChange {
    /// It is not there.
    Absent,
    /// It is null.
    Null,
    /// It has this value, or is added with it.
    Value(Value),
    /// A number becomes a string of its digits, any other value a string of its JSON.
    Text,
    /// A whole number is written with a fraction: `1767000000.5`.
    Float,
    /// A number of seconds becomes one of milliseconds.
    Milliseconds,
    /// A string with a byte that is not UTF-8.
    InvalidUtf8,
    /// A string with half of a surrogate pair, `"\ud800"`.
    LoneSurrogate,
    /// `NaN`, which JSON does not have.
    Nan,
    /// `1e999`, which is too large for a double.
    HugeNumber,
    /// That many arrays in each other, from 1 to 10 000 000.
    Nested(usize),
    /// A string of so many letters, from 1 to 100 000 000.
    Long(usize),
    /// The key comes twice, with the same value.
    Twice,
}
