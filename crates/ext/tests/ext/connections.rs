//! What a list costs on the wire: connections are kept, responses compressed.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use futures::{StreamExt as _, TryStreamExt as _};
use qwen_batches::{BatchFilter, ErrorKind};
use qwen_batches_sandbox::Sandbox;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::support::{FakeClock, Response, Server, builder, client, page, row};

/// Passes every connection on to `address`, and counts them.
async fn counting_proxy(address: std::net::SocketAddr) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base_url = format!(
        "http://{}/compatible-mode/v1",
        listener.local_addr().expect("an address")
    );
    let connections = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                let mut far = TcpStream::connect(address).await.expect("the sandbox");
                // The client may leave at any time.
                let _ = copy_bidirectional(&mut near, &mut far).await;
            });
        }
    });
    (base_url, connections)
}

#[tokio::test]
async fn pages_share_connections() {
    for (workers, prefetch, most) in [(1, false, 1), (1, true, 1), (4, false, 4)] {
        let sandbox = Sandbox::builder().batches(250).start();
        let sandbox = sandbox.await.expect("a sandbox");
        let (base_url, connections) = counting_proxy(sandbox.address()).await;
        let list = client(&base_url).list_batches(BatchFilter::new());
        let list = list.page_size(10).prefetch(prefetch).concurrency(workers);
        assert_eq!(list.items().count().await, 250);
        let connections = connections.load(Ordering::Relaxed);
        assert!(
            connections <= most,
            "{connections} connections of {workers} workers"
        );
        assert!(sandbox.request_count() >= 25);
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

fn compressed(body: &[u8]) -> Response {
    let body = gzip(body);
    let head = format!(
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    Response::Bytes([head.into_bytes(), body].concat())
}

#[tokio::test]
async fn compressed_replies_are_asked_for_and_read() {
    let body = page(&[row("batch_1")], false).to_string();
    let server = Server::start([compressed(body.as_bytes())]).await;
    let items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    let ids: Vec<String> = items
        .map_ok(|batch| batch.id)
        .try_collect()
        .await
        .expect("rows");
    assert_eq!(ids, ["batch_1"]);
    let request = server.requests().concat().to_lowercase();
    assert!(request.contains("accept-encoding: gzip"), "{request}");
}

/// What counts is what a response unpacks to.
#[tokio::test]
async fn a_compressed_reply_above_the_cap_is_not_unpacked_to_its_end() {
    let body = compressed(&vec![b' '; 8 << 20]);
    let Response::Bytes(bytes) = &body else {
        unreachable!("a response of bytes");
    };
    assert!(bytes.len() < 64 << 10, "{}", bytes.len());
    let server = Server::start([body]).await;
    let client = builder(&server.base_url(), &FakeClock::default()).max_response_bytes(1 << 20);
    let list = client
        .build()
        .expect("a client")
        .list_batches(BatchFilter::new());
    let error = list.page().await.expect_err("too much");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.to_string().contains("1048576"), "{error}");
}
