//! Floor 4: one call. Nothing here knows that there is a next page.

mod attempt;
pub(crate) mod call;
mod decode;
mod failure;
mod foreign;
mod page_maker;
pub(crate) mod raw;
mod recorder;
mod repair;
mod response;
mod row_scanner;
