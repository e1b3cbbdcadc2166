//! The generated client's transport: completes a request, caps the body of its response, and keeps
//! the rest.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use qwen_batches_api as api;
use qwen_batches_api::Transport;

use http::header::{ACCEPT, ACCEPT_ENCODING, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderValue};

use super::response::{self, Head};
use crate::client::client::Config;
use crate::policy::trace;

/// Completes the generated client's request, and keeps status and headers of the response: an error
/// in decoding its body does not hold them.
pub(super) struct Recorder {
    shared: Arc<Config>,
    /// Whether the content of a file is asked for, which is read as it comes, whatever its size.
    is_content: bool,
    range: Option<Range>,
    head: Mutex<Option<Head>>,
}

/// Where to start in a file that is known by its validator.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    pub(crate) from: u64,
    pub(crate) validator: HeaderValue,
}

impl Recorder {
    pub(super) fn new(shared: Arc<Config>) -> Self {
        Self {
            shared,
            is_content: false,
            range: None,
            head: Mutex::new(None),
        }
    }

    pub(super) fn of_content(shared: Arc<Config>, range: Option<Range>) -> Self {
        Self {
            is_content: true,
            range,
            ..Self::new(shared)
        }
    }

    /// The head of the response, if one came.
    pub(super) fn head(&self) -> Option<Head> {
        let head = self
            .head
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        head.map(|head| head.redacted(&self.shared))
    }
}

impl Recorder {
    fn complete_for_content(&self, headers: &mut HeaderMap) {
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        // A range counts the bytes of the file, not of what it is compressed to.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(Range { from, validator }) = &self.range
            && let Ok(range) = HeaderValue::try_from(format!("bytes={from}-"))
        {
            headers.insert(RANGE, range);
            headers.insert(IF_RANGE, validator.clone());
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Transport for Recorder {
    fn prepare(&self, request: &mut reqwest::Request) {
        self.shared.complete(request);
        if self.is_content {
            self.complete_for_content(request.headers_mut());
        }
        trace::debug!("GET {}", request.url().path());
    }

    fn execute<'a>(
        &'a self,
        http: &'a reqwest::Client,
        request: reqwest::Request,
    ) -> api::Execution<'a> {
        Box::pin(async move {
            let response = http.execute(request).await?;
            *self.head.lock().unwrap_or_else(PoisonError::into_inner) = Some(Head::of(&response));
            if self.is_content && matches!(response.status().as_u16(), 200 | 206) {
                return Ok(response);
            }
            Ok(response::limited(
                response,
                self.shared.max_response_bytes(),
            ))
        })
    }
}
