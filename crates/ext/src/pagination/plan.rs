//! A request for a list that has been checked.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::client::client::Client;
use crate::pagination::row_check::CheckReport;
use crate::types::checkpoint::Checkpoint;
use crate::types::filter::BatchFilter;
use crate::types::filter_time::{self, FilterZone};
use crate::types::query::Query;

/// A request for a list that has been checked.
#[derive(Clone, Debug)]
pub(crate) struct ListPlan {
    pub(crate) client: Client,
    pub(crate) filter: BatchFilter,
    pub(crate) query: Query,
    pub(crate) page_size: u32,
    pub(crate) max_items: Option<u64>,
    pub(crate) deadline: Option<Duration>,
    /// When the first page was asked for, on the client's clock; one for all workers.
    pub(crate) start: Arc<OnceLock<Duration>>,
    /// What comes of the checks of rows; one for all workers.
    pub(crate) report: Arc<CheckReport>,
    pub(crate) prefetch: bool,
    pub(crate) concurrency: usize,
}

impl ListPlan {
    /// The same list, without its cap, from what was created before `second` in Unix time on. None
    /// where such a bound cannot be sent.
    pub(crate) fn before(&self, second: i64, zone: Offset) -> Option<Self> {
        let bound = Timestamp::from_second(second).ok()?;
        let mut plan = Self {
            max_items: None,
            ..self.clone()
        };
        plan.query.create_before = Some(filter_time::create_before(bound, zone)?);
        plan.filter.narrow_before(bound);
        Some(plan)
    }

    /// The same list, without its cap, of what was created in this second of Unix time.
    pub(crate) fn within_second(&self, second: i64, zone: Offset) -> Option<Self> {
        let mut plan = self.before(second.checked_add(1)?, zone)?;
        let start = Timestamp::from_second(second).ok()?;
        plan.query.create_after = Some(filter_time::create_after(start, zone)?);
        Some(plan)
    }

    /// The same list, with its bounds in UTC.
    pub(crate) fn in_utc(&self) -> Self {
        let mut plan = self.clone();
        let render = |bound: Option<Timestamp>, render: fn(Timestamp, Offset) -> Option<String>| {
            bound.and_then(|bound| render(bound, Offset::UTC))
        };
        plan.query.create_after =
            render(plan.filter.get_created_after(), filter_time::create_after);
        plan.query.create_before =
            render(plan.filter.get_created_before(), filter_time::create_before);
        plan
    }

    /// The place where the list starts.
    pub(crate) fn start(&self) -> Checkpoint {
        Checkpoint::start(self.client.shared().base_url(), &self.filter, None)
    }

    /// Whether the server takes times.
    pub(crate) fn times_are_sent(&self) -> bool {
        let config = self.client.shared();
        config.dialect().has_filters() && config.filter_zone() != FilterZone::Unknown
    }

    /// Sends no times any more.
    pub(crate) fn forget_times(&mut self) {
        self.query.create_after = None;
        self.query.create_before = None;
    }
}
