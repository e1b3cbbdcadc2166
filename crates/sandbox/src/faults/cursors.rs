//! Where a page starts, other than where `after` asks for.

use crate::listing::{ErrorResponse, ListQuery, Listing, Rules};
use crate::script::{Fault, IdsOf};

/// Stands before an encoded id.
const ENCODED: &str = "batch_enc_";

/// Moves the start of a query's page; returns whether it did.
pub(super) fn move_start(
    fault: &Fault,
    listing: &Listing,
    query: &mut ListQuery,
    rules: &Rules,
) -> Result<bool, ErrorResponse> {
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
        // Where the cursor is nobody's, there is nothing to overlap with.
        Fault::OverlapRows { .. } if !listing.has(after) => return Ok(false),
        Fault::OverlapRows { rows } => {
            query.after = listing.before(query, rules)?.into_iter().nth(*rows);
        }
        Fault::RefuseCursor => return Err(ErrorResponse::unknown_cursor(after)),
        Fault::EncodedIds { of } => match (decoded(after), of) {
            (Some(id), IdsOf::Page | IdsOf::Both) => query.after = Some(id),
            (None, IdsOf::Rows) => return Ok(false),
            (None, _) if !listing.has(after) => return Ok(false),
            _ => return Err(ErrorResponse::wrong_form(after)),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

/// The encoded form of an id; one that is encoded stays as it is.
pub(super) fn encoded(id: &str) -> String {
    if id.starts_with(ENCODED) {
        return id.to_owned();
    }
    id.bytes().fold(ENCODED.to_owned(), |encoded, byte| {
        format!("{encoded}{byte:02x}")
    })
}

pub(super) fn decoded(id: &str) -> Option<String> {
    let digits = id.strip_prefix(ENCODED)?.as_bytes().chunks(2);
    let bytes = digits.map(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok());
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}
