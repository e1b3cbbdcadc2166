//! What a fault is called, and whether it can be done.

use jiff::tz::Offset;

use super::error::Problem;
use super::fault::Fault;
use super::member_change::MemberChange;
use super::response::{check_header, gateway};
use crate::listing::{Order, Quirk};

/// How deep JSON may be nested: that many brackets, twice, are built in memory.
const MAX_DEPTH: usize = 10_000_000;
/// How long a string may be.
const MAX_LENGTH: usize = 100_000_000;
/// How many rows may appear at a request.
const MAX_NEW_ROWS: usize = 100_000;

impl Fault {
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
            Self::LastId { .. } => "last_id",
            Self::FirstId { .. } => "first_id",
            Self::EncodedIds { .. } => "encoded_ids",
            Self::RepeatRows { .. } => "repeat_rows",
            Self::Member { .. } => "member",
            Self::RequiredMembersOnly => "required_members_only",
            Self::PageMember { .. } => "page_member",
            Self::BadRow { .. } => "bad_row",
            Self::Throttle { .. } => "throttle",
            Self::Response(_) => "response",
            Self::Html { .. } => "html",
            Self::ErrorAsSuccess => "error_as_success",
            Self::Header { .. } => "header",
            Self::ByteOrderMark => "byte_order_mark",
            Self::MalformedJson => "malformed_json",
            Self::Reset { .. } => "reset",
            Self::Cut { .. } => "cut",
            Self::Stall { .. } => "stall",
            Self::SlowBytes { .. } => "slow_bytes",
            Self::EndlessBody => "endless_body",
        }
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        match self {
            Self::Response(response) => response.check(),
            Self::Html { status } => gateway(*status).check(),
            Self::Header { name, value } => {
                let value = value.as_deref().unwrap_or_default();
                check_header(name, value).map_err(|problem| problem.within(name))
            }
            Self::AppearAtHead { rows } => check_count("rows", *rows, MAX_NEW_ROWS),
            Self::ExpireAtTail { rows } | Self::OverlapRows { rows } => {
                check_count("rows", *rows, usize::MAX)
            }
            Self::CycleCursor { length } => check_count("length", *length, usize::MAX),
            Self::BadRow { at, .. } => check_count("at", *at, usize::MAX),
            Self::SlowBytes { chunk, .. } => check_count("chunk", *chunk, usize::MAX),
            Self::RepeatRows { every } => check_count("every", *every, usize::MAX),
            Self::Order {
                is: Order::SomeLast { every },
            } => check_count("every", *every, usize::MAX).map_err(|problem| problem.within("is")),
            Self::Quirk(Quirk::ZoneOffsetHours(hours)) if Offset::from_hours(*hours).is_err() => {
                let text = format!("a zone is at most 25 hours away from UTC, not {hours}");
                Err(Problem::new(text).within("zone_offset_hours"))
            }
            Self::Member {
                rows,
                pointer,
                becomes,
            } => {
                rows.check().map_err(|problem| problem.within("rows"))?;
                check_member(pointer, becomes)
            }
            Self::PageMember { pointer, becomes } => check_member(pointer, becomes),
            _ => Ok(()),
        }
    }
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
        MemberChange::Long(length) => {
            check_count("long", *length, MAX_LENGTH).map_err(|problem| problem.within("becomes"))
        }
        _ => Ok(()),
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
