//! Floor 4: one call. Nothing here knows that there is a next page.

mod attempt;
pub(crate) mod call;
mod decode;
mod failure;
mod foreign;
pub(crate) mod raw;
mod recorder;
mod response;
