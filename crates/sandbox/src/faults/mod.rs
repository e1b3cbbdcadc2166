//! What faults do to a request, on its way to a response.

mod content;
mod cursors;
mod delivery;
mod page;
mod raw_json;
mod render;
mod run;

pub(crate) use delivery::Delivery;
pub(crate) use run::FaultRun;
