//! Floor 4: one call. Nothing here knows that there is a next page.

mod attempt;
pub(crate) mod call;
pub(crate) mod content;
mod decode;
mod failure;
mod foreign;
mod page_maker;
pub(crate) mod raw;
pub(crate) mod recorder;
mod repair;
mod response;
pub(crate) mod result_line;
mod row_scanner;
