//! Bends a page: which rows it has, and what it says of itself.

use serde_json::Value;

use super::{EmptyCursor, Fault, IdsOf, MemberChange, Order, REQUIRED_MEMBERS, Requests, WrongId};
use crate::listing::Listing;
use crate::query::ListQuery;
use crate::raw;
use crate::reply::{Page, Refusal};
use crate::rules::Rules;

const PAGE_IDS: [&str; 2] = ["first_id", "last_id"];
/// Stands before an encoded id.
const ENCODED: &str = "batch_enc_";

/// The page of a query under these faults; adds the names of those that took effect.
pub(super) fn bent(
    faults: &[&Fault],
    names: &mut Vec<&'static str>,
    listing: &Listing,
    mut query: ListQuery,
    rules: &Rules,
) -> Result<Page, Refusal> {
    let sent = query.after.clone();
    for fault in faults {
        if let (Fault::RefuseCursor, Some(cursor)) = (fault, &sent) {
            names.push(fault.name());
            return Err(Refusal::parameter("after", cursor, "no batch has this id"));
        }
        match turn(fault, listing, &mut query, rules) {
            Ok(false) => {}
            Ok(true) => names.push(fault.name()),
            Err(refusal) => {
                names.push(fault.name());
                return Err(refusal);
            }
        }
    }
    let mut page = listing.page(&query, rules)?;
    for fault in faults {
        if bend(fault, &mut page, sent.as_deref()) && !names.contains(&fault.name()) {
            names.push(fault.name());
        }
    }
    Ok(page)
}

/// Turns a query to another place of the list; says whether it did.
fn turn(
    fault: &Fault,
    listing: &Listing,
    query: &mut ListQuery,
    rules: &Rules,
) -> Result<bool, Refusal> {
    let Some(after) = &query.after else {
        return Ok(false);
    };
    match fault {
        Fault::StickyCursor => query.after = None,
        Fault::CycleCursor { length } => {
            let rows = listing.before(query, rules)?.len();
            if rows.div_ceil(query.limit) < *length {
                return Ok(false);
            }
            query.after = None;
        }
        Fault::OverlapRows { rows } => {
            query.after = listing.before(query, rules)?.into_iter().nth(*rows);
        }
        Fault::EncodedIds { of } => match (decoded(after), of) {
            (Some(id), IdsOf::Page | IdsOf::Both) => query.after = Some(id),
            (None, IdsOf::Rows) => return Ok(false),
            (None, _) if !listing.has(after) => return Ok(false),
            _ => return Err(Refusal::wrong_form(after)),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

/// Bends a page that has its rows; says whether it did. `sent` is the request's own cursor.
fn bend(fault: &Fault, page: &mut Page, sent: Option<&str>) -> bool {
    match fault {
        Fault::Order { is } => return *is != Order::NewestFirst,
        Fault::StickyCursor | Fault::CycleCursor { .. } => page.has_more = true,
        Fault::EmptyPage { has_more, cursor } => {
            page.rows.clear();
            page.full = false;
            page.has_more = *has_more;
            page.first_id = None;
            page.last_id = match cursor {
                EmptyCursor::None => None,
                EmptyCursor::Same => sent.map(str::to_owned),
                EmptyCursor::Next => page.last_id.take(),
            };
        }
        Fault::HasMore { says: Some(more) } => page.has_more = *more,
        Fault::HasMore { says: None } => lose(page, "has_more"),
        Fault::LastId { is } => page.last_id = wrong_id(page, "last_id", *is),
        Fault::FirstId { is } => page.first_id = wrong_id(page, "first_id", *is),
        Fault::EncodedIds { of } => encode(page, *of),
        Fault::RepeatRows { every } => return repeat(page, *every),
        Fault::Member {
            rows,
            pointer,
            becomes,
        } => return change_rows(page, rows, pointer, becomes),
        Fault::RequiredMembersOnly => {
            for row in page.rows.iter_mut().filter_map(Value::as_object_mut) {
                row.retain(|key, _| REQUIRED_MEMBERS.contains(&&**key));
            }
        }
        Fault::PageMember { pointer, becomes } => {
            page.members.push((pointer.clone(), becomes.clone()));
        }
        Fault::MissingIds { of, absent } => {
            if matches!(of, IdsOf::Page | IdsOf::Both) {
                lose_page_ids(page, *absent);
            }
            if matches!(of, IdsOf::Rows | IdsOf::Both) {
                lose_row_ids(page, *absent);
            }
        }
        Fault::BadRow { at, row } => match page.rows.get_mut(at - 1) {
            Some(place) => *place = row.clone(),
            None => return false,
        },
        _ => return false,
    }
    true
}

fn lose(page: &mut Page, key: &str) {
    page.members.push((format!("/{key}"), MemberChange::Absent));
}

fn row_id(row: Option<&Value>) -> Option<String> {
    Some(row?.get("id")?.as_str()?.to_owned())
}

fn wrong_id(page: &mut Page, key: &str, is: WrongId) -> Option<String> {
    match is {
        WrongId::FirstRow => row_id(page.rows.first()),
        WrongId::LastRow => row_id(page.rows.last()),
        WrongId::Unknown => Some("batch_unknown".to_owned()),
        WrongId::Null => None,
        WrongId::Absent => {
            lose(page, key);
            None
        }
    }
}

fn encode(page: &mut Page, of: IdsOf) {
    if matches!(of, IdsOf::Page | IdsOf::Both) {
        page.first_id = page.first_id.as_deref().map(encoded);
        page.last_id = page.last_id.as_deref().map(encoded);
    }
    if matches!(of, IdsOf::Rows | IdsOf::Both) {
        for row in &mut page.rows {
            if let Some(id) = row_id(Some(row)) {
                row["id"] = encoded(&id).into();
            }
        }
    }
}

fn encoded(id: &str) -> String {
    id.bytes().fold(ENCODED.to_owned(), |encoded, byte| {
        format!("{encoded}{byte:02x}")
    })
}

fn decoded(id: &str) -> Option<String> {
    let digits = id.strip_prefix(ENCODED)?.as_bytes().chunks(2);
    let bytes = digits.map(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok());
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
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

fn change_rows(page: &mut Page, rows: &Requests, pointer: &str, becomes: &MemberChange) -> bool {
    let raw = &mut page.raw;
    let mut changed = false;
    for (place, row) in (1..).zip(&mut page.rows) {
        if rows.holds(place) {
            changed |= raw::change(row, pointer, becomes, raw);
        }
    }
    changed
}

fn lose_page_ids(page: &mut Page, absent: bool) {
    page.first_id = None;
    page.last_id = None;
    if absent {
        PAGE_IDS.into_iter().for_each(|key| lose(page, key));
    }
}

fn lose_row_ids(page: &mut Page, absent: bool) {
    for row in page.rows.iter_mut().filter_map(Value::as_object_mut) {
        if absent {
            row.shift_remove("id");
        } else {
            row.insert("id".to_owned(), Value::Null);
        }
    }
}
