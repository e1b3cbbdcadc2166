//! The probes: what each asks, and what it makes of the answer.

pub(super) mod bounds;
pub(super) mod contract;
pub(super) mod cursor;
pub(super) mod empty_page;
pub(super) mod has_more;
pub(super) mod headers;
pub(super) mod name_case;
pub(super) mod order;
pub(super) mod refusals;
pub(super) mod rows;
mod window;
pub(super) mod zone;
