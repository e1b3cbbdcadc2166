//! What is logged of the work: records of `log`, or, with the feature `tracing`, spans and events.
//!
//! All have one target, whichever module they come from, so that a filter of the user's does not
//! depend on our files. With the feature, `tracing` writes the same records for `log` as long as the
//! process has no subscriber: nothing is logged twice and nothing is lost.

use http::StatusCode;

/// The target of all that is logged.
pub(crate) const TARGET: &str = "qwen_batches";

#[cfg(not(feature = "tracing"))]
pub(crate) use self::plain::{CallSpan, retry};
#[cfg(feature = "tracing")]
pub(crate) use self::spans::{CallSpan, retry};

/// What a successful response was: its status, its rows, its request id.
pub(crate) type Seen<'a> = (StatusCode, Option<usize>, Option<&'a str>);

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

    use super::Seen;
    use crate::types::error::Error;

    /// Nothing: there are no spans without the feature.
    pub(crate) struct CallSpan;

    impl CallSpan {
        pub(crate) fn list_batches(_cursor: Option<&str>, _limit: u32) -> Self {
            Self
        }

        pub(crate) fn retrieve_batch(_id: &str) -> Self {
            Self
        }

        pub(crate) fn retrieve_file_content(_id: &str, _position: u64) -> Self {
            Self
        }

        pub(crate) async fn around<T>(
            self,
            work: impl Future<Output = Result<(T, u32), Error>>,
            _seen: impl Fn(&T) -> Seen<'_>,
        ) -> Result<(T, u32), Error> {
            work.await
        }
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

    use tracing::field::Empty;
    use tracing::{Instrument as _, Span};

    use super::Seen;
    use crate::types::error::Error;

    /// A call with all its attempts.
    pub(crate) struct CallSpan(Span);

    /// A span with these fields, and those that all calls have.
    macro_rules! call_span {
        ($name:literal, $($field:ident = $value:expr),+) => {
            CallSpan(tracing::debug_span!(
                target: super::TARGET,
                $name,
                $($field = $value,)+
                attempts = Empty,
                status = Empty,
                kind = Empty,
                request_id = Empty,
            ))
        };
    }

    impl CallSpan {
        /// The filter is not in the span: it may hold presigned URLs.
        pub(crate) fn list_batches(cursor: Option<&str>, limit: u32) -> Self {
            call_span!("list_batches", after = cursor, limit = limit, rows = Empty)
        }

        pub(crate) fn retrieve_batch(id: &str) -> Self {
            call_span!("retrieve_batch", batch = id)
        }

        pub(crate) fn retrieve_file_content(id: &str, position: u64) -> Self {
            call_span!("retrieve_file_content", file = id, position = position)
        }

        /// Does `work` in the span, which then has what came of it.
        pub(crate) async fn around<T>(
            self,
            work: impl Future<Output = Result<(T, u32), Error>>,
            seen: impl Fn(&T) -> Seen<'_>,
        ) -> Result<(T, u32), Error> {
            let Self(span) = self;
            let result = work.instrument(span.clone()).await;
            let request_id = match &result {
                Ok((found, attempts)) => {
                    let (status, rows, request_id) = seen(found);
                    span.record("attempts", attempts);
                    span.record("rows", rows);
                    span.record("status", status.as_u16());
                    request_id
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
