//! What faults do to a page that has its rows, and to a batch alone.

use serde_json::Value;

use super::cursors::encoded;
use super::raw_json::{RawValues, change};
use crate::listing::{Order, Page};
use crate::script::{EmptyCursor, Fault, IdsOf, MemberChange, WrongId};

/// The members that OpenAI's description of a batch requires.
const REQUIRED_MEMBERS: [&str; 7] = [
    "id",
    "object",
    "endpoint",
    "input_file_id",
    "completion_window",
    "status",
    "created_at",
];

/// Changes of the page's own members, by JSON pointer.
pub(super) type PageMembers = Vec<(String, MemberChange)>;

/// A page, and what of it is written when it has become JSON.
pub(super) struct Draft<'a> {
    pub(super) page: &'a mut Page,
    pub(super) members: &'a mut PageMembers,
    pub(super) raw: &'a mut RawValues,
    /// The request's own cursor.
    pub(super) after: Option<&'a str>,
}

impl Draft<'_> {
    /// Changes the page; returns whether the fault does anything to it.
    pub(super) fn apply(&mut self, fault: &Fault) -> bool {
        match fault {
            Fault::Order {
                is: Order::ReversedPages,
            } => self.page.rows.reverse(),
            Fault::Order { is } => return *is != Order::NewestFirst,
            Fault::StickyCursor | Fault::CycleCursor { .. } => self.page.has_more = true,
            Fault::EmptyPage { has_more, cursor } => self.empty(*has_more, *cursor),
            Fault::HasMore { says: Some(more) } => self.page.has_more = *more,
            Fault::HasMore { says: None } => self.leave_out("has_more"),
            Fault::LastId { is } => self.page.last_id = self.wrong_id("last_id", *is),
            Fault::FirstId { is } => self.page.first_id = self.wrong_id("first_id", *is),
            Fault::EncodedIds { of } => {
                if *of != IdsOf::Rows {
                    self.page.first_id = self.page.first_id.as_deref().map(encoded);
                    self.page.last_id = self.page.last_id.as_deref().map(encoded);
                }
                change_batches(fault, &mut self.page.rows, self.raw);
            }
            Fault::RepeatRows { every } => return repeat(self.page, *every),
            Fault::PageMember { pointer, becomes } => {
                self.members.push((pointer.clone(), becomes.clone()));
            }
            _ => return change_batches(fault, &mut self.page.rows, self.raw),
        }
        true
    }

    fn empty(&mut self, has_more: bool, cursor: EmptyCursor) {
        self.page.rows.clear();
        self.page.has_more = has_more;
        self.page.first_id = None;
        self.page.last_id = match cursor {
            EmptyCursor::None => None,
            EmptyCursor::Same => self.after.map(str::to_owned),
            EmptyCursor::Next => self.page.last_id.take(),
        };
    }

    fn leave_out(&mut self, key: &str) {
        self.members.push((format!("/{key}"), MemberChange::Absent));
    }

    fn wrong_id(&mut self, key: &str, is: WrongId) -> Option<String> {
        match is {
            WrongId::FirstRow => row_id(self.page.rows.first()),
            WrongId::LastRow => row_id(self.page.rows.last()),
            WrongId::Unknown => Some("batch_unknown".to_owned()),
            WrongId::Null => None,
            WrongId::Absent => {
                self.leave_out(key);
                None
            }
        }
    }
}

/// Changes batches, of a page or one alone; returns whether the fault does anything to them.
pub(super) fn change_batches(fault: &Fault, batches: &mut [Value], raw: &mut RawValues) -> bool {
    match fault {
        Fault::RequiredMembersOnly => {
            for batch in batches.iter_mut().filter_map(Value::as_object_mut) {
                batch.retain(|key, _| REQUIRED_MEMBERS.contains(&&**key));
            }
            true
        }
        Fault::EncodedIds {
            of: IdsOf::Rows | IdsOf::Both,
        } => {
            for batch in batches {
                if let Some(id) = row_id(Some(batch)) {
                    batch["id"] = encoded(&id).into();
                }
            }
            true
        }
        _ => change_rows(fault, batches, raw),
    }
}

/// Changes batches, or lines of a file; returns whether the fault does anything to them.
pub(super) fn change_rows(fault: &Fault, rows: &mut [Value], raw: &mut RawValues) -> bool {
    match fault {
        Fault::Member {
            rows: selection,
            pointer,
            becomes,
        } => {
            let mut changed = false;
            for (place, row) in (1..).zip(rows) {
                changed |= selection.holds(place) && change(row, pointer, becomes, raw);
            }
            changed
        }
        Fault::BadRow { at, row } => match rows.get_mut(at - 1) {
            Some(place) => {
                *place = row.clone();
                true
            }
            None => false,
        },
        _ => false,
    }
}

fn row_id(row: Option<&Value>) -> Option<String> {
    Some(row?.get("id")?.as_str()?.to_owned())
}

/// Repeats every so many-th row, and cuts the page to the length that it had.
fn repeat(page: &mut Page, every: usize) -> bool {
    let length = page.rows.len();
    let rows = (1..).zip(std::mem::take(&mut page.rows));
    page.rows = rows
        .flat_map(|(place, row): (usize, _)| {
            let times = if place.is_multiple_of(every) { 2 } else { 1 };
            std::iter::repeat_n(row, times)
        })
        .collect();
    let repeats = page.rows.len() > length;
    page.rows.truncate(length);
    let last_id = row_id(page.rows.last());
    page.has_more |= last_id != page.last_id;
    page.last_id = last_id;
    repeats
}
