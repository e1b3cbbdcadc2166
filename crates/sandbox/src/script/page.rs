//! Bends a page: which rows it has, and what it says of itself.

use serde_json::Value;

use super::{EmptyCursor, Fault, IdsOf};
use crate::listing::Listing;
use crate::query::ListQuery;
use crate::reply::{Page, Refusal};

const PAGE_IDS: [&str; 2] = ["first_id", "last_id"];

/// The page of a query under these faults; adds the names of those that took effect.
pub(super) fn bent(
    faults: &[&Fault],
    names: &mut Vec<&'static str>,
    listing: &Listing,
    mut query: ListQuery,
) -> Result<Page, Refusal> {
    let sent = query.after.clone();
    for fault in faults {
        if let (Fault::RefuseCursor, Some(cursor)) = (fault, &sent) {
            names.push(fault.name());
            return Err(Refusal::parameter("after", cursor, "no batch has this id"));
        }
        if turn(fault, listing, &mut query)? {
            names.push(fault.name());
        }
    }
    let mut page = listing.page(&query)?;
    for fault in faults {
        if bend(fault, &mut page, sent.as_deref()) && !names.contains(&fault.name()) {
            names.push(fault.name());
        }
    }
    Ok(page)
}

/// Turns a query to another place of the list; says whether it did.
fn turn(fault: &Fault, listing: &Listing, query: &mut ListQuery) -> Result<bool, Refusal> {
    if query.after.is_none() {
        return Ok(false);
    }
    match fault {
        Fault::StickyCursor => query.after = None,
        Fault::CycleCursor { length } if listing.pages_before(query)? >= *length => {
            query.after = None;
        }
        Fault::OverlapRows { rows } => query.after = listing.earlier(query, *rows)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// Bends a page that has its rows; says whether it did. `sent` is the request's own cursor.
fn bend(fault: &Fault, page: &mut Page, sent: Option<&str>) -> bool {
    match fault {
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
        Fault::HasMore { says: None } => page.left_out.push("has_more"),
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

fn lose_page_ids(page: &mut Page, absent: bool) {
    page.first_id = None;
    page.last_id = None;
    if absent {
        page.left_out.extend(PAGE_IDS);
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
