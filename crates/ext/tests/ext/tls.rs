//! TLS and proxies: those of the caller hold, and those of our own are there without them.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use qwen_batches::{
    BatchFilter, Client, ClientBuilder, Dialect, ErrorKind, RateLimit, RetryPolicy,
};
use qwen_batches_sandbox::Sandbox;

use crate::errors::chain;
use crate::front::{self, Front};
use crate::support::{FakeClock, KEY, Response, Server, builder, page, row};

const AUTHORITY: &[u8] = include_bytes!("../tls/authority.pem");

/// A builder of the program's own, which knows the private authority.
fn http() -> reqwest::ClientBuilder {
    let authority = reqwest::Certificate::from_pem(AUTHORITY).expect("PEM");
    reqwest::Client::builder().tls_certs_merge([authority])
}

fn client(base_url: &str) -> ClientBuilder {
    Client::builder()
        .api_key(KEY)
        .base_url(base_url)
        .rate_limit(RateLimit::off())
}

async fn sandbox() -> (Sandbox, Front) {
    let sandbox = Sandbox::builder().batches(5).start().await;
    let sandbox = sandbox.expect("a sandbox");
    let front = Front::tls(sandbox.address()).await;
    (sandbox, front)
}

fn base_url(front: &Front) -> String {
    let port = front.address.port();
    format!("https://localhost:{port}/compatible-mode/v1")
}

async fn rows(client: &Client) -> usize {
    let page = client.list_batches(BatchFilter::new()).page().await;
    page.expect("a page").rows.len()
}

#[tokio::test]
async fn an_authority_of_the_callers_builder_is_trusted() {
    let (_sandbox, front) = sandbox().await;
    let only = reqwest::Certificate::from_pem(AUTHORITY).expect("PEM");
    for http in [http(), reqwest::Client::builder().tls_certs_only([only])] {
        let client = client(&base_url(&front)).http_client_builder(http).build();
        assert_eq!(rows(&client.expect("a client")).await, 5);
    }
}

/// Two clients of two keys, one pool: what the second needs is there already.
#[tokio::test]
async fn a_finished_client_is_taken_as_it_stands() {
    let (sandbox, front) = sandbox().await;
    let http = http().user_agent("the program").build().expect("a client");
    for key in ["sk-first-key", "sk-second-key"] {
        let client = client(&base_url(&front)).api_key(key);
        let client = client.http_client(http.clone()).build();
        assert_eq!(rows(&client.expect("a client")).await, 5);
    }
    assert_eq!(front.connections(), ["TLS"]);
    assert_eq!(sandbox.requests().len(), 2);
}

#[tokio::test]
async fn a_proxy_of_the_caller_tunnels_tls() {
    let (_sandbox, front) = sandbox().await;
    let proxy = Front::proxy(front.address).await;
    let through = || {
        let proxy = reqwest::Proxy::https(format!("http://{}", proxy.address));
        http().proxy(proxy.expect("a proxy"))
    };
    let url = "https://batches.test/compatible-mode/v1";
    let finished = through().build().expect("a client");
    for client in [
        client(url).http_client_builder(through()),
        client(url).http_client(finished),
    ] {
        assert_eq!(rows(&client.build().expect("a client")).await, 5);
    }
    let heads = proxy.connections();
    assert_eq!(heads.len(), 2);
    for head in heads {
        assert!(
            head.starts_with("CONNECT batches.test:443 HTTP/1.1"),
            "{head}"
        );
        assert!(!head.contains(KEY), "{head}");
    }
}

#[tokio::test]
async fn a_certificate_that_cannot_be_verified_is_not_tried_again() {
    let (sandbox, front) = sandbox().await;
    let client = client(&base_url(&front)).build().expect("a client");
    let page = client.list_batches(BatchFilter::new()).page().await;
    let error = page.expect_err("an unknown authority");
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!((error.attempts(), error.is_retryable()), (1, false));
    let expected = format!(
        "the TLS certificate of localhost:{} cannot be verified",
        front.address.port()
    );
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(format!("{error:#}").contains("UnknownIssuer"), "{error:#}");
    assert!(chain(&error).len() > 1);
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn http2_is_negotiated() {
    let acceptor = front::acceptor(b"h2");
    let front = Front::start(move |near, _| {
        let acceptor = acceptor.clone();
        async move {
            let near = acceptor.accept(near).await.ok()?;
            let body = Bytes::from(page(&[row("batch_1")], false).to_string());
            let response = service_fn(move |_| {
                let response = http::Response::new(Full::new(body.clone()));
                std::future::ready(Ok::<_, Infallible>(response))
            });
            let server = http2::Builder::new(TokioExecutor::new());
            server
                .serve_connection(TokioIo::new(near), response)
                .await
                .ok()
        }
    })
    .await;
    let client = client(&base_url(&front)).http_client_builder(http());
    assert_eq!(rows(&client.build().expect("a client")).await, 1);
}

/// No provider is installed in this process, neither by it nor by this crate.
#[tokio::test]
async fn other_clients_of_the_program_need_no_provider() {
    let sandbox = Sandbox::builder().start().await.expect("a sandbox");
    let url = format!("http://{}/", sandbox.address());
    let response = reqwest::Client::new().get(url).send().await;
    assert_eq!(response.expect("a response").status(), 404);
}

#[tokio::test]
async fn a_redirect_that_a_finished_client_follows_does_not_take_the_key_along() {
    let elsewhere = Server::start([Response::json(&page(&[row("batch_1")], false))]).await;
    let location = format!("{}/batches", elsewhere.base_url());
    let redirect = || Response::new(307, &[("location", &location)], "");
    let finished = reqwest::Client::new();
    let server = Server::start([redirect()]).await;
    let client = client(&server.base_url()).http_client(finished.clone());
    assert_eq!(rows(&client.build().expect("a client")).await, 1);
    let request = elsewhere.requests().concat();
    assert!(
        request.starts_with("GET ") && !request.contains(KEY),
        "{request}"
    );

    // Azure's header would go along.
    let azure = || {
        Client::builder()
            .dialect(Dialect::AzureOpenAi)
            .base_url("https://my-resource.openai.azure.com/openai/v1")
            .api_key(KEY)
    };
    let error = azure().http_client(finished).build().expect_err("a risk");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains("`http_client_builder`"),
        "{error}"
    );
    let builder = azure().http_client_builder(reqwest::Client::builder());
    assert!(builder.build().is_ok());
}

/// A program with its own authority, its own pool and a deadline, when the service goes away behind
/// the first page.
#[tokio::test]
async fn an_outage_is_read_as_what_it_was() {
    let first = page(&[row("batch_2"), row("batch_1")], true);
    let server = Server::start([Response::json(&first)]).await;
    let front = Front::tls(server.address()).await;
    let deadline = Duration::from_secs(90);
    let clock = FakeClock::sleeping_below(deadline);
    let pooled = http().pool_max_idle_per_host(1).build().expect("a client");
    let policy = RetryPolicy::default()
        .max_retries(20)
        .base_delay(Duration::from_secs(10));
    let client = builder(&base_url(&front), &clock)
        .retry(policy)
        .http_client(pooled);
    let list = client
        .build()
        .expect("a client")
        .list_batches(BatchFilter::new());
    let mut items = list.deadline(deadline).items();
    for id in ["batch_2", "batch_1"] {
        let row = items.try_next().await.expect("a row").expect("a row");
        assert_eq!(row.id, id);
    }
    let host = format!("localhost:{}", front.address.port());
    drop(front);

    let error = items.try_next().await.expect_err("an outage");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.cursor(), Some("batch_1"));
    assert_eq!((error.attempts(), error.elapsed().as_secs()), (10, 85));
    let chain = chain(&error);
    let expected = "the next attempt would be made in 10 s, which is beyond the list's deadline of \
                    90s (10 attempts in 85.0s)";
    assert_eq!(chain[0], expected);
    let refused = format!("no connection to {host}: connection refused");
    assert_eq!(chain[1], refused);
    assert_eq!(format!("{error:#}"), format!("{expected}: {refused}"));
}
