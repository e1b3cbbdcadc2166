//! A request for a list that has been checked.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;

use crate::client::client::Client;
use crate::types::filter::{BatchFilter, Query};
use crate::types::filter_time;

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
    pub(crate) prefetch: bool,
    pub(crate) concurrency: usize,
}

impl ListPlan {
    /// The same list, without its cap, from what was created before `second` in Unix time on.
    pub(crate) fn before(&self, second: i64) -> Option<Self> {
        let bound = Timestamp::from_second(second).ok()?;
        let zone = self.client.shared().filter_zone;
        let mut plan = Self {
            max_items: None,
            ..self.clone()
        };
        plan.query.create_before = Some(filter_time::create_before(bound, zone)?);
        plan.filter.narrow_before(bound);
        Some(plan)
    }

    /// The same list, without its cap, of what was created in this second of Unix time.
    pub(crate) fn within_second(&self, second: i64) -> Option<Self> {
        let zone = self.client.shared().filter_zone;
        let mut plan = self.before(second.checked_add(1)?)?;
        let start = Timestamp::from_second(second).ok()?;
        plan.query.create_after = Some(filter_time::create_after(start, zone)?);
        Some(plan)
    }
}
