//! What is logged: records of `log`, or, with the feature `tracing`, spans and events.
//!
//! With the feature, `tracing` writes the same records for `log` as long as the process has no
//! subscriber, so nothing is logged twice and nothing is lost.

#[cfg(not(feature = "tracing"))]
pub(crate) use self::plain::{call, debug, warn};
#[cfg(feature = "tracing")]
pub(crate) use self::spans::{call, debug, warn};

#[cfg(not(feature = "tracing"))]
mod plain {
    use std::future::Future;

    use crate::types::error::Error;
    use crate::types::page::Page;

    pub(crate) use log::{debug, warn};

    pub(crate) async fn call(
        _cursor: Option<&str>,
        _limit: u32,
        work: impl Future<Output = Result<Page, Error>>,
    ) -> Result<Page, Error> {
        work.await
    }
}

#[cfg(feature = "tracing")]
mod spans {
    use std::future::Future;

    use tracing::Instrument as _;
    use tracing::field::Empty;

    use crate::types::error::Error;
    use crate::types::page::Page;

    pub(crate) use tracing::{debug, warn};

    /// Does `work`, one call of the list with all its attempts, in a span of its own. The filter is
    /// not in the span: it may hold presigned URLs.
    pub(crate) async fn call(
        cursor: Option<&str>,
        limit: u32,
        work: impl Future<Output = Result<Page, Error>>,
    ) -> Result<Page, Error> {
        let span = tracing::debug_span!(
            "list_batches",
            after = cursor,
            limit,
            attempts = Empty,
            rows = Empty,
            status = Empty,
            error = Empty,
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
                span.record("error", tracing::field::debug(error.kind()));
                error.request_id()
            }
        };
        span.record("request_id", request_id);
        result
    }
}
