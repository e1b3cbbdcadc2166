//! What is logged of the work: records of `log`, or, with the feature `tracing`, spans and events.
//!
//! All have one target, whichever module they come from, so that a filter of the user's does not
//! depend on our files. With the feature, `tracing` writes the same records for `log` as long as the
//! process has no subscriber: nothing is logged twice and nothing is lost.

/// The target of all that is logged.
pub(crate) const TARGET: &str = "qwen_batches";

#[cfg(not(feature = "tracing"))]
pub(crate) use self::plain::{call, retry};
#[cfg(feature = "tracing")]
pub(crate) use self::spans::{call, retry};

#[cfg(not(feature = "tracing"))]
pub(crate) use log as logger;
#[cfg(feature = "tracing")]
pub(crate) use tracing as logger;

macro_rules! debug_ {
    ($($text:tt)*) => {
        $crate::policy::trace::logger::debug!(target: $crate::policy::trace::TARGET, $($text)*)
    };
}

macro_rules! warn_ {
    ($($text:tt)*) => {
        $crate::policy::trace::logger::warn!(target: $crate::policy::trace::TARGET, $($text)*)
    };
}

pub(crate) use {debug_ as debug, warn_ as warn};

#[cfg(not(feature = "tracing"))]
mod plain {
    use std::future::Future;
    use std::time::Duration;

    use crate::types::error::Error;
    use crate::types::page::Page;

    pub(crate) async fn call(
        _cursor: Option<&str>,
        _limit: u32,
        work: impl Future<Output = Result<Page, Error>>,
    ) -> Result<Page, Error> {
        work.await
    }

    /// An attempt has failed, and the next is made after `pause`.
    pub(crate) fn retry(is_warning: bool, attempt: u32, pause: Duration, error: &Error) {
        if is_warning {
            super::warn!("attempt {attempt} failed, trying again in {pause:.1?}: {error:#}");
        } else {
            super::debug!("attempt {attempt} failed, trying again in {pause:.1?}: {error:#}");
        }
    }
}

#[cfg(feature = "tracing")]
mod spans {
    use std::future::Future;
    use std::time::Duration;

    use tracing::Instrument as _;
    use tracing::field::Empty;

    use crate::types::error::Error;
    use crate::types::page::Page;

    /// Does `work`, one call of the list with all its attempts, in a span of its own. The filter is
    /// not in the span: it may hold presigned URLs.
    pub(crate) async fn call(
        cursor: Option<&str>,
        limit: u32,
        work: impl Future<Output = Result<Page, Error>>,
    ) -> Result<Page, Error> {
        let span = tracing::debug_span!(
            target: super::TARGET,
            "list_batches",
            after = cursor,
            limit,
            attempts = Empty,
            rows = Empty,
            status = Empty,
            kind = Empty,
            request_id = Empty,
        );
        let result = work.instrument(span.clone()).await;
        let request_id = match &result {
            Ok(page) => {
                span.record("attempts", page.attempts);
                span.record("rows", page.rows.len());
                // What the contract promises a page with.
                span.record("status", http::StatusCode::OK.as_u16());
                page.request_id.as_deref()
            }
            Err(error) => {
                span.record("attempts", error.attempts());
                span.record("status", error.status());
                span.record("kind", error.kind().as_str());
                error.request_id()
            }
        };
        span.record("request_id", request_id);
        result
    }

    /// An attempt has failed, and the next is made after `pause`, which is a field in seconds.
    pub(crate) fn retry(is_warning: bool, attempt: u32, pause: Duration, error: &Error) {
        let (seconds, kind) = (pause.as_secs_f64(), error.kind().as_str());
        if is_warning {
            super::warn!(
                attempt,
                pause = seconds,
                kind,
                "attempt {attempt} failed, trying again in {pause:.1?}: {error:#}"
            );
        } else {
            super::debug!(
                attempt,
                pause = seconds,
                kind,
                "attempt {attempt} failed, trying again in {pause:.1?}: {error:#}"
            );
        }
    }
}
