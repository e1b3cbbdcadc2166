//! Answers to what is not known of the service.

use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use super::error::Problem;
use crate::filter::Bounds;

/// An answer to a question that the contract leaves open: not wrong, only another than the
/// sandbox's usual one.
///
/// It is set like a fault, always ([`SandboxBuilder::always`](crate::SandboxBuilder::always)) or
/// for some requests of a [`Script`](crate::Script), but is not named in
/// [`RecordedRequest::faults`](crate::RecordedRequest).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Quirk {
    /// The zone in which `create_after` and `create_before` are read, in hours east of UTC.
    ZoneOffsetHours(i8),
    /// Whether `create_after` and `create_before` include the second that they name.
    Bounds(Bounds),
    /// Which names `ds_name` finds.
    Names(NameMatch),
    /// What an `after` gets that no batch has.
    UnknownCursor(UnknownCursor),
}

/// Which names the filter `ds_name` finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NameMatch {
    /// Those that contain the text, in the same case.
    #[default]
    Contains,
    /// Those that contain the text, in any case.
    IgnoresCase,
    /// Those that have the text's characters in this order, in any case, with any others between
    /// them: `nev` finds `Nightly eval`.
    Fuzzy,
}

/// What an `after` gets that no batch has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnknownCursor {
    /// An error with the status 400.
    #[default]
    BadRequest,
    /// An error with the status 404.
    NotFound,
    /// A page without rows.
    EmptyPage,
    /// The first page.
    FirstPage,
}

impl Quirk {
    pub(super) fn check(&self) -> Result<(), Problem> {
        match self {
            Self::ZoneOffsetHours(hours) if Offset::from_hours(*hours).is_err() => {
                Err(Problem::new(format!(
                    "a zone is at most 25 hours away from UTC, not {hours}"
                )))
            }
            _ => Ok(()),
        }
    }
}
