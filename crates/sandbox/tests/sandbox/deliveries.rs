//! What a client sees of the faults that do not keep to HTTP, byte by byte.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use qwen_batches_sandbox::{Fault, Sandbox, Script, Sent};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{End, NOW, ask, faulty, get, read};

/// The length of the honest body that all of these requests get.
async fn honest_length() -> usize {
    let sandbox = faulty(99, Fault::reset()).await;
    read(ask(&sandbox, "limit=2").await).await.body.len()
}

#[tokio::test]
async fn each_breaks_off_where_it_says() {
    let length = honest_length().await;
    for (after, head, body) in [
        (Sent::Nothing, false, 0),
        (Sent::Head, true, 0),
        (Sent::Body(0), true, 0),
        (Sent::Body(100), true, 100),
        (Sent::Body(length - 1), true, length - 1),
        (Sent::Body(length), true, length - 1),
        (Sent::Body(usize::MAX), true, length - 1),
    ] {
        for (fault, end) in [
            (Fault::Reset { after }, End::Reset),
            (Fault::Cut { after }, End::Closed),
        ] {
            let sandbox = faulty(1, fault.clone()).await;
            let seen = read(ask(&sandbox, "limit=2").await).await;
            assert_eq!(seen.end, end, "{fault:?}");
            assert_eq!(
                seen.head.starts_with("HTTP/1.1 200 OK\r\n"),
                head,
                "{fault:?}"
            );
            assert_eq!(seen.promised(), head.then_some(length), "{fault:?}");
            assert_eq!(seen.body.len(), body, "{fault:?}");
            assert_eq!(sandbox.requests()[0].faults, [fault.name()]);
            assert_eq!(get(&sandbox, "limit=1").await.ids(), ["r1"]);
        }
    }
}

#[tokio::test]
async fn a_cut_of_nothing_still_promises_a_byte() {
    let script = Script::new()
        .on(.., Fault::from(Fault::status(503).empty()))
        .on(.., Fault::cut_body(5));
    let builder = Sandbox::builder().now(NOW).script(script);
    let sandbox = builder.start().await.expect("it starts");
    let seen = read(ask(&sandbox, "").await).await;
    assert!(
        seen.head
            .starts_with("HTTP/1.1 503 Service Unavailable\r\n")
    );
    assert_eq!((seen.promised(), seen.body.len()), (Some(1), 0));
    assert_eq!(sandbox.requests()[0].faults, ["response", "cut"]);
}

#[tokio::test]
async fn only_the_first_delivery_counts() {
    let script = Script::new()
        .on(.., Fault::cut_body(5))
        .on(.., Fault::stall());
    let builder = Sandbox::builder().now(NOW).script(script);
    let sandbox = builder.start().await.expect("it starts");
    assert_eq!(read(ask(&sandbox, "").await).await.body.len(), 5);
    assert_eq!(sandbox.requests()[0].faults, ["cut"]);
}

/// An HTTP library notices each of them.
#[tokio::test]
async fn a_client_library_gets_an_error() {
    for (fault, in_body) in [
        (Fault::reset(), false),
        (
            Fault::Cut {
                after: Sent::Nothing,
            },
            false,
        ),
        (
            Fault::Reset {
                after: Sent::Body(9),
            },
            true,
        ),
        (Fault::cut_body(9), true),
    ] {
        // A client may try once more on its own, on a connection that it had before.
        let sandbox = faulty(.., fault.clone()).await;
        let url = format!("{}/batches", sandbox.base_url());
        let request = Request::builder()
            .uri(url)
            .header("authorization", "Bearer sk-any");
        let request = request.body(Empty::new()).expect("a valid request");
        let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
        match client.request(request).await {
            Err(_) => assert!(
                !in_body || matches!(fault, Fault::Reset { .. }),
                "{fault:?}"
            ),
            Ok(response) => {
                assert!(in_body, "{fault:?}");
                assert!(response.into_body().collect().await.is_err(), "{fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_endless_body_goes_on_for_as_long_as_it_is_read() {
    let length = honest_length().await;
    let sandbox = faulty(1, Fault::EndlessBody).await;
    let mut stream = ask(&sandbox, "limit=2").await;
    let mut bytes = vec![0; 1_000_000];
    stream.read_exact(&mut bytes).await.expect("a megabyte");
    let text = String::from_utf8(bytes).expect("ASCII");
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.contains("\r\ntransfer-encoding: chunked") && !head.contains("content-length"));
    let (size, body) = body.split_once("\r\n").expect("a chunk");
    assert_eq!(usize::from_str_radix(size, 16), Ok(length - 1));
    assert!(body.starts_with(r#"{"object":"list","data":[{"#));
    assert!(body.ends_with(' '));
    drop(stream);
    ends_all_but(1).await;
    assert_eq!(get(&sandbox, "limit=1").await.ids(), ["r1"]);
}

/// Waits until no more than so many tasks are left on this test's own runtime.
async fn ends_all_but(tasks: usize) {
    let metrics = tokio::runtime::Handle::current().metrics();
    while metrics.num_alive_tasks() > tasks {
        tokio::task::yield_now().await;
    }
}

fn all_deliveries() -> [Fault; 6] {
    [
        Fault::reset(),
        Fault::cut_body(9),
        Fault::stall(),
        Fault::Stall {
            after: Sent::Head,
            for_ms: Some(u64::MAX),
        },
        Fault::slow_bytes(1),
        Fault::EndlessBody,
    ]
}

#[tokio::test]
async fn nothing_is_left_of_a_sandbox_that_is_dropped() {
    for fault in all_deliveries() {
        let sandbox = faulty(.., fault.clone()).await;
        let before = ask(&sandbox, "").await;
        while sandbox.request_count() < 1 {
            tokio::task::yield_now().await;
        }
        drop(sandbox);
        // The client holds its connection open all the time.
        ends_all_but(0).await;
        drop(before);
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_client_that_hangs_up() {
    for fault in all_deliveries() {
        let sandbox = faulty(.., fault).await;
        let gone = ask(&sandbox, "").await;
        while sandbox.request_count() < 1 {
            tokio::task::yield_now().await;
        }
        drop(gone);
        // The one that listens.
        ends_all_but(1).await;
        assert_eq!(sandbox.release(), 0);
    }
}

#[tokio::test]
async fn shutdown_waits_for_no_fault() {
    for fault in all_deliveries() {
        let sandbox = faulty(.., fault.clone()).await;
        let address = sandbox.address();
        let _open = ask(&sandbox, "").await;
        while sandbox.request_count() < 1 {
            tokio::task::yield_now().await;
        }
        sandbox.shutdown().await;
        assert!(TcpStream::connect(address).await.is_err(), "{fault:?}");
        ends_all_but(0).await;
    }
}

#[tokio::test]
async fn a_fault_may_strike_in_the_midst_of_a_connection() {
    let sandbox = faulty(2, Fault::cut_body(9)).await;
    let mut stream = TcpStream::connect(sandbox.address())
        .await
        .expect("it listens");
    let get = "GET /compatible-mode/v1/batches?limit=1 HTTP/1.1\r\nhost: x\r\n\
               authorization: Bearer sk-any\r\n\r\n";
    stream.write_all(get.as_bytes()).await.expect("it reads");
    let mut first = Vec::new();
    while !first.ends_with(b"\"has_more\":true}") {
        first.push(stream.read_u8().await.expect("a whole response"));
    }
    stream.write_all(get.as_bytes()).await.expect("it reads");
    let seen = read(stream).await;
    assert_eq!((seen.body.len(), seen.end), (9, End::Closed));
    assert!(seen.head.contains("\r\nconnection: close\r\n"));
}

#[tokio::test]
async fn a_head_request_gets_no_body_even_so() {
    let script = Script::new().on(
        ..,
        Fault::Stall {
            after: Sent::Head,
            for_ms: Some(0),
        },
    );
    let builder = Sandbox::builder().now(NOW).script(script);
    let sandbox = builder.start().await.expect("it starts");
    let mut stream = TcpStream::connect(sandbox.address())
        .await
        .expect("it listens");
    let head = b"HEAD / HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(head).await.expect("it reads");
    let seen = read(stream).await;
    assert!(seen.head.starts_with("HTTP/1.1 404 Not Found\r\n"));
    assert_eq!(seen.body.len(), 0);
}
