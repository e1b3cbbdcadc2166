//! What can go wrong.

use std::str::FromStr;
use std::time::Duration;

use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{Problem, ScriptError};
use super::member::MemberChange;
use super::quirk::Quirk;
use super::reply;
use super::{Requests, Script, ScriptedReply, Step};
use crate::query::FilterParam;
use crate::wire::Wire;

/// How deep JSON may be nested: that many brackets, twice, are built in memory.
const MAX_DEPTH: usize = 10_000_000;
/// How many rows may appear at a request.
const MAX_NEW_ROWS: usize = 100_000;

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
    /// New batches are created before the answer; see [`Sandbox::rows`](crate::Sandbox::rows).
    /// They are `validating`, and created at the sandbox's now, or with its newest batch if that
    /// is later.
    AppearAtHead {
        /// How many, 100 000 at most.
        rows: usize,
    },
    /// The oldest batches leave the horizon of 30 days before the answer. They still serve as
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
    /// Rows do not come newest first.
    Order {
        /// How they come.
        is: Order,
    },
    /// An answer to an open question, which is no fault.
    Quirk(Quirk),

    // The page.
    /// `after` is ignored: each page is the first one, and says that there are more.
    StickyCursor,
    /// Behind so many pages comes the first one again, and each says that there are more.
    CycleCursor {
        /// How many pages make a round.
        length: usize,
    },
    /// A page behind a cursor starts with the last rows of the page before; it has no more rows
    /// than it would have had. If there are as many of these rows as `limit` allows, a walk gets
    /// no further.
    OverlapRows {
        /// How many rows come again.
        rows: usize,
    },
    /// Every cursor is refused, with the error for one that no batch has.
    RefuseCursor,
    /// A page without rows, whatever there is to list.
    EmptyPage {
        /// What it says of more pages.
        has_more: bool,
        /// What it has for a `last_id`; none by default.
        #[serde(default)]
        cursor: EmptyCursor,
    },
    /// A page whose `has_more` is not to be trusted.
    HasMore {
        /// What it says; without a value, the key is left out.
        says: Option<bool>,
    },
    /// Ids that are null or left out.
    MissingIds {
        /// Which ids.
        of: IdsOf,
        /// Whether the keys are left out; by default they are null.
        #[serde(default)]
        absent: bool,
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
    /// Ids are sent encoded. As `after` a server takes ids as `last_id` has them, and answers the
    /// other form with the status 500.
    EncodedIds {
        /// Which ids.
        of: IdsOf,
    },
    /// Rows come twice, one after the other. The page has no more rows than it would have had;
    /// the last ones come on the next page.
    RepeatRows {
        /// Each so many-th row, from 1.
        every: usize,
    },
    /// A member of rows is changed.
    Member {
        /// Which rows of the page, from 1; all by default.
        #[serde(default = "all", skip_serializing_if = "is_all")]
        rows: Requests,
        /// A JSON pointer, such as `/request_counts/completed`. Rows without the object that
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
    /// A row is something else; shorter pages are left as they are.
    BadRow {
        /// Its place on the page, from 1.
        at: usize,
        /// What stands there instead.
        row: Value,
    },

    // The reply.
    /// From the first request on that meets with it, all requests are answered with the status
    /// 429, without a header that says how long; other steps of the script do not matter to that.
    Throttle {
        /// How many seconds of the sandbox's clock that lasts, or of Tokio's clock where the
        /// sandbox's stands still.
        seconds: u32,
    },
    /// Any other reply; see [`Fault::status`].
    Reply(ScriptedReply),
    /// A gateway's page in place of the reply.
    Html {
        /// From 200 to 599.
        status: u16,
    },
    /// No body, and no content type.
    Empty {
        /// From 200 to 599.
        status: u16,
    },
    /// A body that holds an error (`internal_server_error`), with the status 200.
    ErrorAsSuccess,
    /// Elsewhere, with the status 307.
    Redirect {
        /// Where to.
        location: String,
    },
    /// A page whose `data` are arrays in arrays, all well-formed.
    DeeplyNested {
        /// How many arrays, from 1 to 10 000 000.
        depth: usize,
    },
    /// A byte order mark comes before the body.
    ByteOrderMark,
    /// The last byte of the body is missing, and HTTP does not show it.
    MalformedJson,
    /// A body that is called something else.
    WrongContentType {
        /// What it is called; without a value, the header is left out.
        content_type: Option<String>,
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
    /// The reply comes to a halt, until it is let go
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

/// How much of a reply is sent before it breaks off or comes to a halt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// Not a byte.
    Nothing,
    /// The status line and the headers.
    Head,
    /// The head, and so many bytes of the body; never its last one.
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

/// An order of rows in a list, other than newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Order {
    /// Newest first.
    #[default]
    NewestFirst,
    /// The whole list comes oldest first.
    OldestFirst,
    /// One row of those that come newest first, one of those that come oldest first, and so on.
    Interleaved,
    /// Every other row newest first, and then the others newest first.
    TwoRuns,
}

/// What a page says instead of the id of its first or last row.
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
    /// A reply with this status. It is the usual one until a body is given:
    /// `Fault::status(429).header("retry-after", "1")`.
    pub fn status(status: u16) -> ScriptedReply {
        ScriptedReply::new(status)
    }

    /// The connection is reset before a byte of the reply.
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

    /// Not a byte of the reply comes until it is let go.
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

    /// What it is called in JSON and in [`RecordedRequest::faults`](crate::RecordedRequest).
    pub fn name(&self) -> &'static str {
        match self {
            Self::AppearAtHead { .. } => "appear_at_head",
            Self::ExpireAtTail { .. } => "expire_at_tail",
            Self::IgnoreFilters { .. } => "ignore_filters",
            Self::Order { .. } => "order",
            Self::Quirk(_) => "quirk",
            Self::StickyCursor => "sticky_cursor",
            Self::CycleCursor { .. } => "cycle_cursor",
            Self::OverlapRows { .. } => "overlap_rows",
            Self::RefuseCursor => "refuse_cursor",
            Self::EmptyPage { .. } => "empty_page",
            Self::HasMore { .. } => "has_more",
            Self::MissingIds { .. } => "missing_ids",
            Self::LastId { .. } => "last_id",
            Self::FirstId { .. } => "first_id",
            Self::EncodedIds { .. } => "encoded_ids",
            Self::RepeatRows { .. } => "repeat_rows",
            Self::Member { .. } => "member",
            Self::RequiredMembersOnly => "required_members_only",
            Self::PageMember { .. } => "page_member",
            Self::BadRow { .. } => "bad_row",
            Self::Throttle { .. } => "throttle",
            Self::Reply(_) => "reply",
            Self::Html { .. } => "html",
            Self::Empty { .. } => "empty",
            Self::ErrorAsSuccess => "error_as_success",
            Self::Redirect { .. } => "redirect",
            Self::DeeplyNested { .. } => "deeply_nested",
            Self::ByteOrderMark => "byte_order_mark",
            Self::MalformedJson => "malformed_json",
            Self::WrongContentType { .. } => "wrong_content_type",
            Self::Reset { .. } => "reset",
            Self::Cut { .. } => "cut",
            Self::Stall { .. } => "stall",
            Self::SlowBytes { .. } => "slow_bytes",
            Self::EndlessBody => "endless_body",
        }
    }

    /// How it delivers a reply, if it has a say in that.
    pub(super) fn wire(&self) -> Option<Wire> {
        let time = |ms: Option<u64>| ms.map(Duration::from_millis);
        match *self {
            Self::Reset { after } => Some(Wire::Reset(after)),
            Self::Cut { after } => Some(Wire::Cut(after)),
            Self::Stall { after, for_ms } => Some(Wire::Stall(after, time(for_ms))),
            Self::SlowBytes { chunk, pause_ms } => Some(Wire::Slow {
                chunk,
                pause: time(pause_ms),
            }),
            Self::EndlessBody => Some(Wire::Endless),
            _ => None,
        }
    }

    /// Whether it puts another reply in the place of the one that it finds.
    pub(super) fn replaces(&self) -> bool {
        match self {
            Self::Reply(reply) => reply.replaces(),
            Self::Html { .. }
            | Self::Empty { .. }
            | Self::ErrorAsSuccess
            | Self::Redirect { .. }
            | Self::DeeplyNested { .. } => true,
            _ => false,
        }
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        match self {
            Self::Reply(reply) => reply.check(),
            Self::Html { status } => reply::gateway(*status).check(),
            Self::Empty { status } => Self::status(*status).empty().check(),
            Self::Redirect { location: value } => check_header("location", value),
            Self::WrongContentType {
                content_type: Some(value),
            } => check_header("content_type", value),
            Self::DeeplyNested { depth } => check_count("depth", *depth, MAX_DEPTH),
            Self::AppearAtHead { rows } => check_count("rows", *rows, MAX_NEW_ROWS),
            Self::ExpireAtTail { rows } | Self::OverlapRows { rows } => {
                check_count("rows", *rows, usize::MAX)
            }
            Self::CycleCursor { length } => check_count("length", *length, usize::MAX),
            Self::BadRow { at, .. } => check_count("at", *at, usize::MAX),
            Self::SlowBytes { chunk, .. } => check_count("chunk", *chunk, usize::MAX),
            Self::RepeatRows { every } => check_count("every", *every, usize::MAX),
            Self::Quirk(quirk) => quirk.check(),
            Self::Member {
                rows,
                pointer,
                becomes,
            } => {
                rows.check().map_err(|problem| problem.within("rows"))?;
                check_member(pointer, becomes)
            }
            Self::PageMember { pointer, becomes } => check_member(pointer, becomes),
            Self::IgnoreFilters { .. }
            | Self::Order { .. }
            | Self::LastId { .. }
            | Self::FirstId { .. }
            | Self::EncodedIds { .. }
            | Self::RequiredMembersOnly
            | Self::Throttle { .. }
            | Self::ByteOrderMark
            | Self::StickyCursor
            | Self::RefuseCursor
            | Self::EmptyPage { .. }
            | Self::HasMore { .. }
            | Self::MissingIds { .. }
            | Self::ErrorAsSuccess
            | Self::MalformedJson
            | Self::WrongContentType { content_type: None }
            | Self::Reset { .. }
            | Self::Cut { .. }
            | Self::Stall { .. }
            | Self::EndlessBody => Ok(()),
        }
    }
}

/// A status that ends a reply; those below 200 announce one.
pub(super) fn status_code(status: u16) -> Option<StatusCode> {
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| (200..600).contains(&status.as_u16()))
}

fn check_member(pointer: &str, becomes: &MemberChange) -> Result<(), Problem> {
    if !pointer.starts_with('/') {
        let text = "a JSON pointer to a member starts with a slash";
        return Err(Problem::new(text).within("pointer"));
    }
    match becomes {
        MemberChange::Nested(depth) => {
            check_count("nested", *depth, MAX_DEPTH).map_err(|problem| problem.within("becomes"))
        }
        _ => Ok(()),
    }
}

fn all() -> Requests {
    Requests::from(..)
}

fn is_all(rows: &Requests) -> bool {
    *rows == all()
}

fn check_header(field: &str, value: &str) -> Result<(), Problem> {
    match HeaderValue::from_str(value) {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::new("it does not fit into a header").within(field)),
    }
}

fn check_count(field: &str, count: usize, max: usize) -> Result<(), Problem> {
    if count == 0 {
        return Err(Problem::new("it must be at least 1").within(field));
    }
    if count > max {
        return Err(Problem::new(format!("{count} is more than {max}")).within(field));
    }
    Ok(())
}

impl From<Quirk> for Fault {
    fn from(quirk: Quirk) -> Self {
        Self::Quirk(quirk)
    }
}

impl FromStr for Fault {
    type Err = ScriptError;

    /// Reads a fault as a script has it, or its bare name: `sticky_cursor`.
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let json = match text.trim_start().starts_with(['{', '"']) {
            true => serde_json::from_str(text).map_err(ScriptError::json)?,
            false => Value::from(text),
        };
        let step = serde_json::json!([{ "on": { "from": 1 }, "fault": json }]);
        let script = Script::from_value(step)?;
        match <[Step; 1]>::try_from(Vec::from(script)) {
            Ok([step]) => Ok(step.fault),
            Err(_) => unreachable!("a script keeps its steps"),
        }
    }
}
