//! Floor 5: one list, from page to page.

pub(crate) mod concurrent;
mod cycle_guard;
pub(crate) mod pager;
pub(crate) mod plan;
mod prefetch;
mod reader_position;
mod recent_rows;
pub(crate) mod stream;
mod task;
