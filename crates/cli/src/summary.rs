//! What a list comes to.

mod report;
mod totals;

pub(crate) use report::{Format, write};
pub(crate) use totals::Summary;
