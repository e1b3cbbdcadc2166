//! What is reported of each call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::types::error::{Error, ErrorKind};

/// The outcome of a call, with all its attempts; see
/// [`ClientBuilder::on_call`](crate::ClientBuilder::on_call).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallReport<'a> {
    /// What was called: `list_batches`, `retrieve_batch`, `retrieve_file_content` (up to the
    /// first bytes that are new), or `raw` for [`Client::raw`](crate::Client::raw).
    pub operation: &'static str,
    /// Why it failed; None if it succeeded.
    pub error: Option<&'a Error>,
    /// The HTTP status of the last response, if one came.
    pub status: Option<u16>,
    /// How many attempts were made; 0 if the deadline passed before the first.
    pub attempts: u32,
    /// How long the call took, all attempts, pauses and waits together.
    pub elapsed: Duration,
    /// How long it waited for the rate limit in all; that is part of `elapsed`. While the service
    /// limits the rate (429), or asks all calls to wait, that counts, too.
    pub limiter_wait: Duration,
}

impl CallReport<'_> {
    /// The class of the error; None if the call succeeded.
    pub fn kind(&self) -> Option<ErrorKind> {
        self.error.map(Error::kind)
    }
}

/// Who gets the report of each call.
#[derive(Clone)]
pub(crate) struct CallHook(pub(crate) Arc<dyn Fn(&CallReport<'_>) + Send + Sync>);

impl fmt::Debug for CallHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallHook")
    }
}
