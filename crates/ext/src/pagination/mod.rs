//! Floor 5: one list, from page to page.

mod by_time;
pub(crate) mod concurrent;
mod cursors;
mod cycle_guard;
mod order;
mod page_at_cursor;
pub(crate) mod pager;
pub(crate) mod plan;
mod prefetch;
mod reader_position;
mod recent_rows;
pub(crate) mod row_check;
mod server_filters;
pub(crate) mod stream;
mod task;
