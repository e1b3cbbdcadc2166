//! How the server is reached: certificates and proxies of the environment.

use std::process::Command;

use qwen_batches_sandbox::Sandbox;

use crate::front::Front;
use crate::support::{KEY, Outcome, with_key};

const AUTHORITY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../ext/tests/tls/authority.pem"
);

fn list(base_url: &str) -> Command {
    with_key(&["list", "--base-url", base_url, "--output", "ids"])
}

async fn outcome(command: Command) -> Outcome {
    let task = tokio::task::spawn_blocking(move || Outcome::of(command));
    task.await.expect("no panic")
}

async fn sandbox() -> (Sandbox, Front, String) {
    let sandbox = Sandbox::builder().batches(5).start().await;
    let sandbox = sandbox.expect("a sandbox");
    let front = Front::tls(sandbox.address()).await;
    let base_url = format!(
        "https://localhost:{}/compatible-mode/v1",
        front.address.port()
    );
    (sandbox, front, base_url)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_authority_is_one_of_the_environment() {
    let (_sandbox, _front, base_url) = sandbox().await;
    let mut command = list(&base_url);
    command.env("SSL_CERT_FILE", AUTHORITY);
    assert_eq!(outcome(command).await.lines().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_an_unknown_authority_is_reported_once() {
    let (_sandbox, front, base_url) = sandbox().await;
    let outcome = outcome(list(&base_url)).await;
    let expected = format!(
        "error: the TLS certificate of localhost:{} cannot be verified",
        front.address.port()
    );
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (1, ""),
        "{outcome}"
    );
    assert!(outcome.stderr.starts_with(&expected), "{outcome}");
    assert!(outcome.stderr.contains("UnknownIssuer"), "{outcome}");
    assert!(!outcome.stderr.contains("warning"), "{outcome}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_of_the_environment_tunnels_tls() {
    let (_sandbox, front, _) = sandbox().await;
    let proxy = Front::proxy(front.address).await;
    let mut command = list("https://batches.test/compatible-mode/v1");
    command.env("SSL_CERT_FILE", AUTHORITY);
    command.env("HTTPS_PROXY", format!("http://{}", proxy.address));
    assert_eq!(outcome(command).await.lines().len(), 5);
    let heads = proxy.connections();
    assert_eq!(heads.len(), 1);
    assert!(
        heads[0].starts_with("CONNECT batches.test:443 HTTP/1.1"),
        "{heads:?}"
    );
    assert!(!heads[0].contains(KEY), "{heads:?}");
}
