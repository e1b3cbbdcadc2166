//! In which zone a server reads times, where it may be one of two.

use jiff::tz::Offset;

use crate::pagination::pager::Pager;
use crate::pagination::plan::ListPlan;
use crate::types::error::Error;
use crate::types::filter_time::{FilterZone, UTC8};
use crate::types::row_id::RowId;

/// Finds out in which zone the server reads times, by a row that it has listed; the client
/// remembers it. Also returns how many calls that took.
pub(super) async fn find(plan: &ListPlan, row: &RowId) -> (u64, Result<(), String>) {
    let server = plan.client.shared();
    let mut calls = 0;
    for zone in [UTC8, Offset::UTC] {
        // A page that is newer than asked for may have shown it.
        if server.filter_zone() != FilterZone::Utc8OrUtc {
            break;
        }
        calls += 1;
        match finds(plan, row, zone).await {
            Ok(true) => server.learned().learn_zone(FilterZone::Known(zone)),
            Ok(false) => {}
            Err(error) => {
                let reason = format!("the time filters could not be tried: {error}");
                return (calls, Err(reason));
            }
        }
    }
    let found = match server.filter_zone() {
        FilterZone::Known(_) => Ok(()),
        _ => Err(format!(
            "the time filters do not find {} in the second in which it was created",
            row.id
        )),
    };
    (calls, found)
}

/// Whether the server lists what was created in the second of this row, and nothing else, if it is
/// asked for that second in this zone.
async fn finds(plan: &ListPlan, row: &RowId, zone: Offset) -> Result<bool, Error> {
    let Some(plan) = plan.within_second(row.created_at, zone) else {
        return Ok(false);
    };
    let start = plan.start();
    let fetched = Pager::new(plan, start).fetch_page().await?;
    // A server that leaves out its bounds is asked for a second more on each side.
    let near = |found: &RowId| found.created_at.abs_diff(row.created_at) <= 1;
    Ok(!fetched.sent.is_empty() && fetched.sent.iter().all(near))
}
