//! What is there without the feature `rustls`: plain HTTP to this machine, and whatever TLS the
//! caller brings. `cargo xtask features` runs it.
#![cfg(not(feature = "rustls"))]

use qwen_batches::{BatchFilter, Client, ErrorKind, RetryPolicy};
use qwen_batches_sandbox::Sandbox;

#[test]
fn an_https_url_wants_a_client_that_has_tls() {
    let builder = || Client::builder().api_key("sk-ext-tests");
    let error = builder().build().expect_err("no TLS");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("`rustls`"), "{error}");
    let own = builder()
        .http_client_builder(reqwest::Client::builder())
        .build();
    assert!(own.is_ok(), "{own:?}");
}

/// A client that has no TLS after all says so when it is used.
#[tokio::test]
async fn no_tls_at_all_is_an_error() {
    let client = Client::builder()
        .api_key("sk-ext-tests")
        .base_url("https://127.0.0.1:9/v1")
        .http_client_builder(reqwest::Client::builder())
        .retry(RetryPolicy::off())
        .build()
        .expect("a client");
    let list = client.list_batches(BatchFilter::new());
    let error = list.page().await.expect_err("no TLS");
    let text = format!("{error:#}");
    assert!(text.contains("scheme is not http"), "{text}");
}

#[tokio::test]
async fn plain_http_to_this_machine_needs_none() {
    let sandbox = Sandbox::builder().batches(5).start().await;
    let sandbox = sandbox.expect("a sandbox");
    let client = Client::builder()
        .api_key("sk-ext-tests")
        .base_url(sandbox.base_url())
        .build()
        .expect("a client");
    let page = client.list_batches(BatchFilter::new()).page().await;
    assert_eq!(page.expect("a page").rows.len(), 5);
}
