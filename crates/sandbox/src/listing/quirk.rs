//! What the service does where that is undocumented.

use serde::{Deserialize, Serialize};

/// Behaviour that differs from the sandbox's usual one where the contract leaves it open: it is not
/// wrong.
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
    /// What a parameter holds is not checked: a value that makes no sense counts as absent.
    LenientParameters,
    /// A full page under a filter has `has_more: true`, even if nothing follows.
    OverReportsMore,
    /// An empty page has `"data": []` in place of null.
    EmptyArray,
    /// Errors have the service's native, flat shape.
    NativeErrors,
    /// Errors are HTML, as from a gateway in front of the service.
    HtmlErrors,
    /// Errors come with the status 200.
    ErrorsAsSuccess,
    /// Requests that failed stand in the output file, with their own status, and count as completed;
    /// there is no error file.
    FailedInOutput,
    /// Requests that never ran, of an expired or cancelled batch, stand in no file; there is no error
    /// file, since all that failed are such. They count as failed.
    OmitsUnrun,
    /// The errors of results have `error_code` and `error_message` in place of `code` and `message`.
    PrefixedErrors,
    /// A file of results does not end with a newline.
    NoFinalNewline,
    /// A file of results has a strong `etag`, and a part of it can be asked for by `range`, under the
    /// condition of an `if-range` as well.
    Ranges,
}

/// Whether `create_after` and `create_before` include the second that they name.
///
/// Which of the two the service does is undocumented; a client has to be right under both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Bounds {
    /// `create_after <= created_at <= create_before`.
    #[default]
    Inclusive,
    /// `create_after < created_at < create_before`.
    Exclusive,
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

/// The order of the rows of a list; newest first is documented, the others are faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Order {
    /// Newest first.
    #[default]
    NewestFirst,
    /// Oldest first.
    OldestFirst,
    /// One row of those that come newest first, one of those that come oldest first, and so on.
    Interleaved,
    /// Pages come newest first, and the rows of each oldest first; `first_id` and `last_id` stay as
    /// they are.
    ReversedPages,
    /// Every other row newest first, and then the others newest first.
    TwoRuns,
    /// Newest first, and every so many-th row behind all others, likewise newest first.
    SomeLast {
        /// Every so many-th.
        every: usize,
    },
}
