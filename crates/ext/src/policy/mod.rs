//! Floor 2: numbers and clocks, without I/O.

pub(crate) mod call_report;
pub(crate) mod deadline;
pub(crate) mod limiter;
pub(crate) mod rate_limit;
pub(crate) mod retry;
pub(crate) mod retry_after;
pub(crate) mod retry_budget;
pub(crate) mod runtime;
pub(crate) mod trace;
pub(crate) mod until_errors;
