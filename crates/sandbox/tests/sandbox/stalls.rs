//! Responses that come to a halt: the test hears of it, and lets them go.

use std::sync::Arc;
use std::time::Duration;

use qwen_batches_sandbox::{Fault, Sandbox, Script, Sent};
use tokio::io::AsyncReadExt as _;

use crate::support::{NOW, ask, faulty, get, read};

#[tokio::test]
async fn a_stall_is_signalled_and_released() {
    for (after, expected) in [
        (Sent::Nothing, ""),
        (Sent::Head, "\r\n\r\n"),
        (Sent::Body(9), "\r\n\r\n{\"object\""),
    ] {
        let sandbox = faulty(
            1,
            Fault::Stall {
                after,
                for_ms: None,
            },
        )
        .await;
        let mut stream = ask(&sandbox, "limit=2").await;
        assert_eq!(sandbox.stalled(1).await, [1]);
        assert_eq!(sandbox.requests()[0].faults, ["stall"]);
        let mut before = Vec::new();
        while !before.ends_with(expected.as_bytes()) {
            before.push(stream.read_u8().await.expect("what comes before"));
        }
        // Others are not held up.
        assert_eq!(get(&sandbox, "limit=1").await.ids(), ["r1"]);
        assert_eq!(sandbox.release(), 1);
        assert_eq!(sandbox.release(), 0);
        let after = read(stream).await;
        let text = format!("{}{}", after.head, String::from_utf8_lossy(&after.body));
        assert!(text.ends_with("\"has_more\":true}"), "{text}");
    }
}

#[tokio::test]
async fn one_is_released_before_another() {
    let sandbox = Arc::new(faulty(.., Fault::stall()).await);
    let mut responses = Vec::new();
    for limit in 1..=3 {
        let asked = Arc::clone(&sandbox);
        let response = async move { get(&asked, &format!("limit={limit}")).await.ids().len() };
        responses.push(tokio::spawn(response));
        assert_eq!(sandbox.stalled(limit).await.len(), limit);
    }
    assert_eq!(sandbox.stalled(2).await, [1, 2, 3]);
    assert!(sandbox.release_request(2));
    assert!(!sandbox.release_request(2));
    assert!(!sandbox.release_request(4));
    assert_eq!(responses.remove(1).await.expect("a response"), 2);
    assert_eq!(sandbox.stalled(0).await, [1, 3]);
    assert_eq!(sandbox.release(), 2);
    for (response, rows) in responses.into_iter().zip([1, 3]) {
        assert_eq!(response.await.expect("a response"), rows);
    }
}

#[tokio::test]
async fn a_client_that_gives_up_is_held_no_longer() {
    let sandbox = faulty(.., Fault::stall()).await;
    let impatient = ask(&sandbox, "").await;
    assert_eq!(sandbox.stalled(1).await, [1]);
    drop(impatient);
    let _patient = ask(&sandbox, "").await;
    while sandbox.stalled(1).await != [2] {
        tokio::task::yield_now().await;
    }
    assert_eq!(sandbox.release(), 1);
}

#[tokio::test]
async fn slow_bytes_come_on_demand() {
    let sandbox = faulty(1, Fault::slow_bytes(1000)).await;
    let stream = ask(&sandbox, "").await;
    let mut pieces = 0;
    let seen = tokio::spawn(read(stream));
    while !seen.is_finished() {
        tokio::select! {
            held = sandbox.stalled(1) => {
                assert_eq!(held, [1]);
                pieces += sandbox.release();
            }
            () = tokio::task::yield_now() => {}
        }
    }
    let seen = seen.await.expect("a response");
    assert_eq!(Some(seen.body.len()), seen.promised());
    assert_eq!(pieces, seen.body.len().div_ceil(1000));
    assert!(serde_json::from_slice::<serde_json::Value>(&seen.body).is_ok());
}

/// The clock of these tests jumps to whatever is waited for.
#[tokio::test(start_paused = true)]
async fn halts_may_end_by_themselves() {
    let hour = 3_600_000;
    for (fault, hours) in [
        (
            Fault::Stall {
                after: Sent::Head,
                for_ms: Some(hour),
            },
            1..=1,
        ),
        (
            Fault::SlowBytes {
                chunk: 1000,
                pause_ms: Some(hour),
            },
            5..=6,
        ),
    ] {
        let sandbox = faulty(1, fault).await;
        let start = tokio::time::Instant::now();
        let seen = read(ask(&sandbox, "").await).await;
        assert_eq!(Some(seen.body.len()), seen.promised());
        let passed = start.elapsed().as_millis() / u128::from(hour);
        assert!(hours.contains(&passed), "{passed}");
    }
}

#[tokio::test]
async fn another_reply_may_be_held_as_well() {
    let script = Script::new()
        .on(1, Fault::Html { status: 502 })
        .on(1, Fault::stall());
    let builder = Sandbox::builder().now(NOW).script(script);
    let sandbox = builder.start().await.expect("it starts");
    let stream = ask(&sandbox, "").await;
    sandbox.stalled(1).await;
    sandbox.release();
    let seen = read(stream).await;
    assert!(seen.head.starts_with("HTTP/1.1 502 Bad Gateway\r\n"));
    assert!(String::from_utf8_lossy(&seen.body).contains("502 Bad Gateway"));
    assert_eq!(sandbox.requests()[0].faults, ["html", "stall"]);
}

#[tokio::test]
async fn waiting_for_a_stall_that_never_comes_can_be_given_up() {
    let sandbox = faulty(9, Fault::stall()).await;
    let waited = tokio::time::timeout(Duration::ZERO, sandbox.stalled(1)).await;
    assert!(waited.is_err());
}
