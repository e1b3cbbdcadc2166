//! What can go wrong.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::member_change::MemberChange;
use super::response::ScriptedResponse;
use super::selection::Selection;
use crate::listing::{FilterParam, Order, Quirk};

/// What goes wrong. The README has a table of what a client sees of each, and of which are
/// known to happen.
///
/// In JSON a fault is its name in `snake_case`; where it has fields, an object with that name as
/// its only key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    // The rows.
    /// New batches are created before the response; see [`Sandbox::rows`](crate::Sandbox::rows).
    /// They are `validating`, and created at the sandbox's now, or with its newest batch if that
    /// is later.
    AppearAtHead {
        /// How many, 100 000 at most.
        rows: usize,
    },
    /// The oldest batches leave the horizon of 30 days before the response. They still serve as
    /// cursors. (The clock of the sandbox does not move for it.)
    ExpireAtTail {
        /// How many.
        rows: usize,
    },

    // The list.
    /// Filters are ignored, as by a server that does not know them.
    IgnoreFilters {
        /// Which; all if there are none here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        filters: Vec<FilterParam>,
    },
    /// Rows do not come newest first, and the lines of a file not in the order of the input: that is
    /// then what is called newest first.
    Order {
        /// How they come.
        is: Order,
    },
    /// Other behaviour where the contract leaves it open; no fault.
    Quirk(Quirk),

    // The page.
    /// `after` is ignored: each page is the first one, with `has_more: true`.
    StickyCursor,
    /// Behind so many pages comes the first one again, each with `has_more: true`.
    CycleCursor {
        /// How many pages make a round.
        length: usize,
    },
    /// A page behind a cursor starts with the last rows of the page before; it has no more rows
    /// than it would have had. If there are as many of these rows as `limit` allows, a client gets
    /// no further.
    OverlapRows {
        /// How many rows come again.
        rows: usize,
    },
    /// Every cursor is refused, with the error for one that no batch has.
    RefuseCursor,
    /// A page without rows, whatever there is to list.
    EmptyPage {
        /// Its `has_more`.
        has_more: bool,
        /// What it has for a `last_id`; none by default.
        #[serde(default)]
        cursor: EmptyCursor,
    },
    /// A page whose `has_more` is not to be trusted.
    HasMore {
        /// Its value; without one, the key is left out.
        says: Option<bool>,
    },
    /// `last_id` is not the id of the last row.
    LastId {
        /// What it is.
        is: WrongId,
    },
    /// `first_id` is not the id of the first row.
    FirstId {
        /// What it is.
        is: WrongId,
    },
    /// Ids are sent encoded. As `after` the form that `last_id` has is accepted; the other
    /// form gets the status 500.
    EncodedIds {
        /// Which ids.
        of: IdsOf,
    },
    /// Rows of a page or lines of a file come twice, one after the other. The page has no more rows
    /// than it would have had; the last ones come on the next page.
    RepeatRows {
        /// Each so many-th row, from 1.
        every: usize,
    },
    /// A member of rows of a page or of lines of a file is changed; a batch alone is the first row.
    Member {
        /// Which rows, from 1; all by default.
        #[serde(default = "Selection::all", skip_serializing_if = "Selection::is_all")]
        rows: Selection,
        /// A JSON pointer, such as `/request_counts/completed` or `/response/body`. Rows without the object that
        /// holds the member stay as they are.
        pointer: String,
        /// What becomes of it.
        becomes: MemberChange,
    },
    /// Rows have the members that OpenAI requires, and no others: `id`, `object`, `endpoint`,
    /// `input_file_id`, `completion_window`, `status`, `created_at`.
    RequiredMembersOnly,
    /// A member of the page is changed.
    PageMember {
        /// A JSON pointer, such as `/object` or `/has_more`.
        pointer: String,
        /// What becomes of it.
        becomes: MemberChange,
    },
    /// A row of a page or a line of a file is something else; shorter ones are left as they are.
    BadRow {
        /// Its place, from 1.
        at: usize,
        /// What stands there instead.
        row: Value,
    },

    // The response.
    /// From the first request on that meets with it, all requests get the status 429,
    /// without a header that gives the time to wait; other steps of the script do not matter to that.
    Throttle {
        /// How many seconds of the sandbox's clock that lasts, or of Tokio's clock where the
        /// sandbox's stands still.
        seconds: u32,
    },
    /// Any other response; see [`Fault::status`].
    Response(ScriptedResponse),
    /// A gateway's page in place of the response.
    Html {
        /// From 200 to 599.
        status: u16,
    },
    /// A body that holds an error (`internal_server_error`), with the status 200.
    ErrorAsSuccess,
    /// A byte order mark comes before the body.
    ByteOrderMark,
    /// The last byte of the body is missing, and HTTP does not show it.
    MalformedJson,
    /// A header has another value.
    Header {
        /// Its name.
        name: String,
        /// Its value; without one, the header is left out.
        value: Option<String>,
    },

    // The delivery.
    /// The connection is reset. What was sent before can be lost with it.
    Reset {
        /// When.
        after: Sent,
    },
    /// The connection is closed in an orderly way, and too early.
    Cut {
        /// When.
        after: Sent,
    },
    /// The response comes to a halt, until it is let go
    /// ([`Sandbox::release`](crate::Sandbox::release)), the client hangs up, or the sandbox
    /// stops.
    Stall {
        /// When.
        after: Sent,
        /// Milliseconds after which it goes on by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_ms: Option<u64>,
    },
    /// The body comes in pieces, and there is a halt as in [`Fault::Stall`] before each.
    SlowBytes {
        /// How many bytes make a piece.
        chunk: usize,
        /// Milliseconds after which it goes on by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pause_ms: Option<u64>,
    },
    /// After all but the last byte of the body come blanks, until the client hangs up or the
    /// sandbox stops.
    EndlessBody,
}

/// How much of a response is sent before it breaks off or comes to a halt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// Not a byte.
    Nothing,
    /// The status line and the headers.
    Head,
    /// The head, and so many bytes of the body; never its last one, unless it is chunked, as a file
    /// is: then the end of the body is missing.
    Body(usize),
}

/// The `last_id` of a page without rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EmptyCursor {
    /// Null.
    #[default]
    None,
    /// The request's own, so that the next page is the one that this should have been.
    Same,
    /// The one that this page should have had, so that its rows are passed over.
    Next,
}

/// What a page has instead of the id of its first or last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WrongId {
    /// The id of the first row.
    FirstRow,
    /// The id of the last row.
    LastRow,
    /// An id that no batch has.
    Unknown,
    /// Null.
    Null,
    /// The key is left out.
    Absent,
}

/// Which ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdsOf {
    /// `first_id` and `last_id`.
    Page,
    /// The `id` of each row.
    Rows,
    /// All of these.
    Both,
}

impl Fault {
    /// A response with this status. It is the usual one until a body is given:
    /// `Fault::status(429).header("retry-after", "1")`.
    pub fn status(status: u16) -> ScriptedResponse {
        ScriptedResponse::new(status)
    }

    /// The connection is reset before a byte of the response.
    pub fn reset() -> Self {
        Self::Reset {
            after: Sent::Nothing,
        }
    }

    /// The connection is closed after so many bytes of the body.
    pub fn cut_body(after: usize) -> Self {
        Self::Cut {
            after: Sent::Body(after),
        }
    }

    /// Not a byte of the response comes until it is let go.
    pub fn stall() -> Self {
        Self::Stall {
            after: Sent::Nothing,
            for_ms: None,
        }
    }

    /// The body comes in pieces of so many bytes, and each waits until it is let go.
    pub fn slow_bytes(chunk: usize) -> Self {
        Self::SlowBytes {
            chunk,
            pause_ms: None,
        }
    }

    /// Elsewhere, with the status 307.
    pub fn redirect(location: impl Into<String>) -> Self {
        let status = StatusCode::TEMPORARY_REDIRECT.as_u16();
        Self::Response(Self::status(status).empty().header("location", location))
    }

    /// A member of every row is changed.
    pub fn member(pointer: impl Into<String>, becomes: MemberChange) -> Self {
        Self::Member {
            rows: Selection::all(),
            pointer: pointer.into(),
            becomes,
        }
    }

    /// A member of the page is changed.
    pub fn page_member(pointer: impl Into<String>, becomes: MemberChange) -> Self {
        Self::PageMember {
            pointer: pointer.into(),
            becomes,
        }
    }

    /// A header has another value, or is left out.
    pub fn header(name: impl Into<String>, value: Option<&str>) -> Self {
        Self::Header {
            name: name.into(),
            value: value.map(str::to_owned),
        }
    }
}

impl From<Quirk> for Fault {
    fn from(quirk: Quirk) -> Self {
        Self::Quirk(quirk)
    }
}

impl From<ScriptedResponse> for Fault {
    fn from(response: ScriptedResponse) -> Self {
        Self::Response(response)
    }
}
