//! The generated client's transport: completes a request, caps the body of its response, and keeps
//! the rest.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use qwen_batches_api as api;
use qwen_batches_api::Transport;

use super::response::{self, Head};
use crate::client::client::Config;
use crate::policy::trace;

/// Completes the generated client's request, and keeps status and headers of the response: an error
/// in decoding its body does not hold them.
pub(super) struct Recorder {
    shared: Arc<Config>,
    head: Mutex<Option<Head>>,
}

impl Recorder {
    pub(super) fn new(shared: Arc<Config>) -> Self {
        Self {
            shared,
            head: Mutex::new(None),
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

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Transport for Recorder {
    fn prepare(&self, request: &mut reqwest::Request) {
        self.shared.complete(request);
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
            Ok(response::limited(
                response,
                self.shared.max_response_bytes(),
            ))
        })
    }
}
