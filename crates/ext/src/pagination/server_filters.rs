//! How a server filters, where that can only be seen in its responses.

use jiff::tz::Offset;
use qwen_batches_api::types::InputFileId;
use qwen_batches_api::wire::CommaSeparated;

use super::plan::ListPlan;
use super::row_check::FilterPart;
use crate::client::client::Client;
use crate::client::learned::FilterUse;
use crate::policy::deadline::Deadline;
use crate::transport::call;
use crate::types::error::{Error, ErrorKind};
use crate::types::filter_time::{self, FilterZone};
use crate::types::page::Page;
use crate::types::query::Query;

/// What no batch is called, and no file, and the id of no batch.
pub(super) const NOBODYS: &str = "no-batch-has-this-name-4f1d0c27b6";

/// How often is asked again what the server returns no clear response to.
const MOST_PROBES: usize = 3;

/// Asks for batches that nobody has, and learns from the response: rows mean that the server
/// ignores the filter, none that it filters by a rule of its own.
pub(super) async fn probe(
    client: &Client,
    part: FilterPart,
    deadline: Option<Deadline>,
) -> Result<(), Error> {
    let mut query = Query::default();
    if part == FilterPart::Name {
        query.ds_name = Some(NOBODYS.to_owned());
    } else {
        let files = vec![InputFileId::from(NOBODYS.to_owned())];
        query.input_file_ids = CommaSeparated::try_from(files).ok();
    }
    let mut filter_use = None;
    for _ in 0..MOST_PROBES {
        let page = call::list_batches(client, &query, None, 1, deadline).await?;
        if !page.rows.is_empty() || !page.unreadable.is_empty() {
            filter_use = Some(FilterUse::Ignored);
            break;
        }
        // Without a row, and yet with more of them: that shows nothing.
        if !page.has_more {
            filter_use = Some(FilterUse::ByServer);
            break;
        }
    }
    let Some(filter_use) = filter_use else {
        let summary = format!(
            "whether the service filters by `{}` cannot be seen: for a value that nobody has it \
             lists no batches, and says that more follow",
            part.parameter()
        );
        return Err(Error::new(ErrorKind::Pagination, summary));
    };
    let learned = client.shared().learned();
    if part == FilterPart::Name {
        learned.learn_names(filter_use);
    } else {
        learned.learn_input_files(filter_use);
    }
    Ok(())
}

/// Whether a page shows that the server does not read an upper bound in UTC+8, in a place where
/// that is not certain.
pub(super) fn may_read_utc(client: &Client, plan: &ListPlan, page: &Page) -> bool {
    client.shared().filter_zone() == FilterZone::Utc8OrUtc && has_newer(plan, page)
}

/// Whether rows of a page are newer than the upper bound that was sent.
pub(super) fn has_newer(plan: &ListPlan, page: &Page) -> bool {
    let bound = plan
        .query
        .create_before
        .as_ref()
        .and(plan.filter.get_created_before());
    let bound = bound.and_then(filter_time::ceil_to_second);
    bound.is_some_and(|bound| {
        page.rows
            .iter()
            .any(|row| row.created_at > bound.as_second())
    })
}

pub(super) fn learn_utc(client: &Client) {
    let learned = client.shared().learned();
    learned.learn_zone(FilterZone::Known(Offset::UTC));
}

pub(super) fn learn_times_ignored(client: &Client) {
    client.shared().learned().learn_zone(FilterZone::Unknown);
}
