//! The content of a file as it arrives.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use http::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderValue, StatusCode};
use qwen_batches_api as api;

use super::recorder::Range;
use super::response::Head;
use super::{attempt, failure, response};
use crate::client::client::Config;
use crate::types::error::Error;
use crate::types::operation::Operation;

const OPERATION: Operation = Operation::RetrieveFileContent;

/// The content of a file, from a byte of it on.
pub(crate) struct Content {
    body: BoxStream<'static, reqwest::Result<Bytes>>,
    pub(super) status: StatusCode,
    pub(super) request_id: Option<String>,
    /// Where it starts: a server need not give the range that it is asked for.
    pub(crate) from: u64,
    /// By which the same content can be asked for again.
    pub(crate) validator: Option<HeaderValue>,
}

impl Content {
    /// Asks for a file, once.
    pub(crate) async fn open(
        shared: &Arc<Config>,
        id: &str,
        range: Option<Range>,
    ) -> Result<Self, Error> {
        let (client, recorder) = attempt::generated_for_content(shared, range.clone());
        let opened = async {
            let result = client.retrieve_file_content().file_id(id).send().await;
            match (result, recorder.head()) {
                (Ok(content), Some(head)) => Self::of(content.into_inner().into_inner(), &head, 0),
                (Ok(_), None) => Err(failure::incomplete()),
                (Err(api::Error::UnexpectedResponse(response)), Some(head))
                    if head.status == StatusCode::PARTIAL_CONTENT =>
                {
                    match range.filter(|range| is_that_range(&head.headers, range)) {
                        Some(range) => Self::of(response.bytes_stream(), &head, range.from),
                        None => {
                            let reason = "it is a part that was not asked for";
                            Err(not_as_expected(&head, reason).retryable(true))
                        }
                    }
                }
                (Err(_), Some(head)) if head.status == StatusCode::RANGE_NOT_SATISFIABLE => {
                    match range.filter(|range| ends_there(&head.headers, range)) {
                        Some(range) => Self::of(stream::empty(), &head, range.from),
                        None => {
                            let reason = "the server does not have the range";
                            Err(not_as_expected(&head, reason).retryable(true))
                        }
                    }
                }
                (Err(error), head) => Err(attempt::failed(shared, OPERATION, error, head).await),
            }
        };
        attempt::within_time_limit(shared, opened).await
    }

    fn of(
        body: impl futures::Stream<Item = reqwest::Result<Bytes>> + Send + 'static,
        head: &Head,
        from: u64,
    ) -> Result<Self, Error> {
        let label = head.headers.get(CONTENT_TYPE);
        let label = label
            .and_then(|label| label.to_str().ok())
            .unwrap_or_default();
        if label.to_ascii_lowercase().contains("html") {
            return Err(not_as_expected(head, "it is a page of HTML").retryable(true));
        }
        Ok(Self {
            body: body.boxed(),
            status: head.status,
            request_id: head.request_id(),
            from,
            validator: head.headers.get(ETAG).filter(|tag| is_strong(tag)).cloned(),
        })
    }

    /// The next bytes; none at the end. They must come within the time limit of the client, and
    /// within `left`.
    pub(crate) async fn chunk(
        &mut self,
        shared: &Config,
        left: Option<Duration>,
    ) -> Result<Option<Bytes>, Error> {
        let limit = left.map_or(shared.timeout(), |left| left.min(shared.timeout()));
        match attempt::within(shared.runtime(), limit, self.body.next()).await {
            None => Err(failure::silence(limit)),
            Some(None) => Ok(None),
            Some(Some(Ok(chunk))) => Ok(Some(chunk)),
            Some(Some(Err(error))) => Err(response::unreadable(shared, self.status, error)),
        }
    }
}

fn not_as_expected(head: &Head, reason: &str) -> Error {
    failure::not_as_expected(OPERATION, head.status, &head.headers, reason)
}

/// A weak validator does not say that the bytes are the same.
fn is_strong(tag: &HeaderValue) -> bool {
    let tag = tag.as_bytes();
    tag.len() > 2 && tag.starts_with(b"\"") && tag.ends_with(b"\"")
}

fn is_that_range(headers: &HeaderMap, range: &Range) -> bool {
    has_content_range(headers, range, |text| text.split_once('-').map(|it| it.0))
}

/// Whether the file, still the same, ends where the range starts.
fn ends_there(headers: &HeaderMap, range: &Range) -> bool {
    has_content_range(headers, range, |text| text.strip_prefix("*/"))
}

/// Whether a response is of the content of the range, and the part of its `Content-Range` is the
/// range's start.
fn has_content_range(
    headers: &HeaderMap,
    range: &Range,
    part: impl Fn(&str) -> Option<&str>,
) -> bool {
    let number = || {
        let text = headers.get(CONTENT_RANGE)?.to_str().ok()?;
        part(text.strip_prefix("bytes ")?)?.parse().ok()
    };
    number() == Some(range.from) && headers.get(ETAG).is_none_or(|tag| *tag == range.validator)
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}
