//! Floor 1: values, without I/O. Nothing here knows a client.

pub(crate) mod batch;
pub(crate) mod batch_response;
pub(crate) mod billing;
pub(crate) mod checkpoint;
mod checkpoint_text;
pub(crate) mod dialect;
pub(crate) mod error;
pub(crate) mod filter;
pub(crate) mod filter_time;
pub(crate) mod invalid_field;
pub(crate) mod known;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod redact;
pub(crate) mod region;
pub(crate) mod result_line;
pub(crate) mod results_checkpoint;
pub(crate) mod results_report;
pub(crate) mod row_id;
