//! What the contract tests share: clients pointed at local servers, and requests as they arrived.

use std::sync::{Arc, Mutex, PoisonError};

use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use qwen_batches::{Client, RateLimit, RetryPolicy};

/// A moment at which sandboxes stand still: 2026-03-01T00:00:00Z, in Unix seconds.
pub const NOW: i64 = 1_772_323_200;

/// The key that the tests use; it must show up in no snapshot.
pub const KEY: &str = "sk-contract-tests";

/// A page without a batch.
pub const EMPTY_PAGE: &str =
    r#"{"object":"list","data":null,"first_id":null,"last_id":null,"has_more":false}"#;

/// A client without rate limit and retries.
///
/// # Panics
///
/// If the base URL is unusable.
pub fn client(base_url: &str) -> Client {
    Client::builder()
        .api_key(KEY)
        .base_url(base_url)
        .filter_zone(jiff::tz::offset(8))
        .rate_limit(RateLimit::off())
        .retry(RetryPolicy::off())
        .build()
        .expect("a usable base URL")
}

/// The requests that a mock server received.
#[derive(Clone, Debug, Default)]
pub struct Received(Arc<Mutex<Vec<HttpMockRequest>>>);

impl Received {
    /// Responds to every request that `matches` with 200 and `body`, and keeps it.
    pub fn serve(
        server: &MockServer,
        body: &str,
        matches: impl Fn(httpmock::When) -> httpmock::When,
    ) -> Self {
        let received = Self::default();
        let (kept, body) = (received.clone(), body.to_owned());
        server.mock(|when, then| {
            matches(when);
            then.respond_with(move |request: &HttpMockRequest| {
                kept.0
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(request.clone());
                HttpMockResponse::builder()
                    .status(200)
                    .header("content-type", "application/json;charset=UTF-8")
                    .header("x-request-id", "2f6c0b5e-0000-4000-8000-000000000001")
                    .body(body.clone())
                    .build()
            });
        });
        received
    }

    /// Each request as it stood on the wire: its line and its headers, but for the port.
    pub fn lines(&self) -> Vec<String> {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        requests
            .iter()
            .map(|request| {
                let mut headers: Vec<String> = request
                    .headers_vec()
                    .iter()
                    .map(|(name, value)| match name.as_str() {
                        "host" => "host: 127.0.0.1:PORT".to_owned(),
                        _ => format!("{name}: {}", value.replace(KEY, "KEY")),
                    })
                    .collect();
                headers.sort();
                let uri = request.uri();
                let target = uri.path_and_query().map_or("", |target| target.as_str());
                let line = format!("{} {target}", request.method());
                format!("{line}\n{}", headers.join("\n"))
            })
            .collect()
    }
}

// The example of the workspace's front page compiles. It stands here, where nothing is published:
// no crate that is may read a file outside its own folder.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct FrontPage;
