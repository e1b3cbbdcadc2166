//! Starting, refusing to start, and stopping.

use std::error::Error as _;
use std::net::{IpAddr, SocketAddr};

use qwen_batches_sandbox::{PREFIX, Sandbox, SandboxBuilder, SandboxError, row};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{NOW, get};

async fn start_error(builder: SandboxBuilder) -> SandboxError {
    builder.start().await.expect_err("it must not start")
}

fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

#[tokio::test]
async fn by_default_it_takes_a_free_port_of_loopback() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    assert_eq!(sandbox.address().ip(), IpAddr::from([127, 0, 0, 1]));
    assert_ne!(sandbox.address().port(), 0);
    let expected = format!("http://{}{PREFIX}", sandbox.address());
    assert_eq!(sandbox.base_url(), expected);
    assert_eq!(PREFIX, "/compatible-mode/v1");
    assert_eq!(sandbox.rows().len(), 250);
    assert_eq!(get(&sandbox, "limit=100").await.ids().len(), 100);
}

#[tokio::test]
async fn other_machines_are_let_in_on_request_alone() {
    for open in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0"] {
        let error = start_error(Sandbox::builder().bind(address(open))).await;
        assert!(error.is_not_loopback(), "{open}: {error}");
        assert!(error.to_string().contains("allow_non_loopback"));
    }
    let open = Sandbox::builder().bind(address("0.0.0.0:0"));
    let sandbox = open.allow_non_loopback().start().await.expect("it starts");
    assert!(sandbox.address().ip().is_unspecified());
    assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
    assert_eq!(get(&sandbox, "limit=1").await.ids().len(), 1);
}

#[tokio::test]
async fn every_writing_of_loopback_will_do() {
    for own in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
        match Sandbox::builder().bind(address(own)).start().await {
            Ok(sandbox) => assert_eq!(get(&sandbox, "limit=1").await.ids().len(), 1),
            // A machine without IPv6.
            Err(error) => assert!(error.is_bind(), "{own}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_taken_port_is_an_error_with_its_cause() {
    let first = Sandbox::builder().start().await.expect("it starts");
    let error = start_error(Sandbox::builder().bind(first.address())).await;
    assert!(error.is_bind());
    assert!(error.source().is_some());
    assert!(error.to_string().contains(&first.address().to_string()));
}

#[tokio::test]
async fn settings_out_of_range_are_errors() {
    for builder in [
        Sandbox::builder().now(i64::MIN),
        Sandbox::builder().now(0),
        Sandbox::builder().now(NOW * 1000),
        Sandbox::builder().now(i64::MAX),
        Sandbox::builder().api_key(""),
    ] {
        let settings = format!("{builder:?}");
        let error = start_error(builder).await;
        assert!(error.is_setting(), "{settings}: {error}");
    }
}

#[tokio::test]
async fn rows_that_have_no_place_are_errors() {
    let good = row("batch_1").created_at(NOW).build();
    for bad in [
        Value::Null,
        json!("batch_2"),
        json!({ "created_at": NOW }),
        json!({ "id": 2, "created_at": NOW }),
        json!({ "id": "batch_2" }),
        json!({ "id": "batch_2", "created_at": "2025-12-29" }),
        json!({ "id": "batch_2", "created_at": null }),
        good.clone(),
    ] {
        let rows = [good.clone(), bad.clone()];
        let error = start_error(Sandbox::builder().rows(rows)).await;
        assert!(error.is_row(), "{bad}: {error}");
        assert!(error.to_string().starts_with("row 1 "), "{error}");
    }
}

#[tokio::test]
async fn without_a_clock_of_its_own_it_takes_the_systems() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    // 2025-01-01: no clock that builds this is behind it.
    assert!(sandbox.now() > 1_735_689_600);
}

#[tokio::test]
async fn shutdown_frees_the_port_and_closes_idle_connections() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let at = sandbox.address();
    let mut kept_alive = TcpStream::connect(at).await.expect("it listens");
    let request = b"GET / HTTP/1.1\r\nhost: sandbox\r\n\r\n";
    kept_alive.write_all(request).await.expect("it reads");
    kept_alive.read_u8().await.expect("it responses");
    sandbox.shutdown().await;
    assert!(TcpStream::connect(at).await.is_err());
    let mut rest = Vec::new();
    let read = kept_alive.read_to_end(&mut rest).await;
    read.expect("an orderly end");
    assert_eq!(rest.last(), Some(&b'}'), "the response is whole");
}

#[tokio::test]
async fn dropping_it_stops_it() {
    let sandbox = Sandbox::builder().start().await.expect("it starts");
    let at = sandbox.address();
    drop(sandbox);
    // The server hears of it as soon as the runtime lets it run.
    while TcpStream::connect(at).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn it_may_outlive_its_runtime() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let start = async { Sandbox::builder().start().await.expect("it starts") };
    let sandbox = runtime.block_on(start);
    drop(runtime);
    assert_eq!(sandbox.request_count(), 0);
    let another = tokio::runtime::Runtime::new().expect("a runtime");
    another.block_on(sandbox.shutdown());
}
