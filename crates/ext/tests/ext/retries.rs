//! Which failures are tried again, after which pauses, and where a list goes on afterwards.

use std::time::Duration;

use futures::StreamExt as _;
use qwen_batches_ext::{BatchFilter, ErrorKind, RateLimit, RetryPolicy};

use crate::support::{Answer, FakeClock, Server, builder, page, row};

const HTML: &str = "<html><body>Bad gateway</body></html>";

fn one_batch() -> Answer {
    Answer::json(&page(&[row("batch_1")], false))
}

#[tokio::test]
async fn transient_failures_are_tried_again() {
    let script = [
        Answer::new(502, &[("content-type", "text/html")], HTML),
        Answer::new(429, &[("retry-after", "1")], ""),
        Answer::cut(
            200,
            &[("content-type", "application/json")],
            r#"{"object":"li"#,
            100,
        ),
        Answer::new(408, &[], ""),
        one_batch(),
    ];
    let server = Server::start(script).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock)
        .build()
        .expect("a client");
    let page = client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect("a page");

    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.attempts, 5);
    assert_eq!(server.requests().len(), 5);
    // Half of the longest pause each, but for the one that the server asked for.
    let pauses: Vec<u128> = clock.pauses().iter().map(Duration::as_millis).collect();
    assert_eq!(pauses, [250, 1000, 1000, 2000]);
}

#[tokio::test]
async fn attempts_time_and_hints_are_bounded() {
    let failing = || Answer::new(503, &[], "");
    let slow = Answer::new(429, &[("retry-after", "61")], "");
    let default = RetryPolicy::default();
    for (name, answer, policy, attempts) in [
        ("attempts", failing(), default, 5),
        ("off", failing(), RetryPolicy::off(), 1),
        (
            "elapsed",
            failing(),
            default.max_elapsed(Duration::from_millis(800)),
            3,
        ),
        ("a hint above the cap", slow.clone(), default, 1),
        (
            "a hint below a higher cap",
            slow,
            default.max_hint(Duration::from_secs(90)),
            2,
        ),
        ("refusals", Answer::new(400, &[], ""), default, 1),
    ] {
        let server = Server::start([answer]).await;
        let client = builder(&server.base_url(), &FakeClock::default()).retry(policy);
        let client = client.build().expect("a client");
        let error = client
            .list_batches(BatchFilter::new())
            .page()
            .await
            .expect_err(name);
        assert_eq!(error.attempts(), attempts, "{name}: {error}");
        assert_eq!(server.requests().len(), attempts as usize, "{name}");
    }
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_given_up() {
    let server = Server::start([Answer::Stall, one_batch()]).await;
    let clock = FakeClock::default();
    // On this clock a minute is over at once: every attempt runs into its limit.
    let client = builder(&server.base_url(), &clock).timeout(Duration::from_secs(60));
    let client = client.retry(RetryPolicy::off()).build().expect("a client");
    let error = client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect_err("no reply");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.is_retryable());
    assert!(error.to_string().contains("60s"), "{error}");
}

#[tokio::test]
async fn a_stream_goes_on_at_the_page_that_failed() {
    let script = [
        Answer::json(&page(&[row("batch_3"), row("batch_2")], true)),
        Answer::new(503, &[], ""),
        one_batch(),
    ];
    let server = Server::start(script).await;
    let client = builder(&server.base_url(), &FakeClock::default()).retry(RetryPolicy::off());
    let client = client.build().expect("a client");
    let mut items = client.list_batches(BatchFilter::new()).items();
    let mut ids = Vec::new();
    let mut failures = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(batch) => ids.push(batch.id),
            Err(error) => failures.push(error),
        }
    }
    assert_eq!(ids, ["batch_3", "batch_2", "batch_1"]);
    assert_eq!(failures.len(), 1);
    assert_eq!(failures[0].cursor(), Some("batch_2"));
}

#[tokio::test]
async fn a_stream_ends_after_a_failure_that_stays() {
    let server = Server::start([Answer::new(401, &[], ""), one_batch()]).await;
    let client = builder(&server.base_url(), &FakeClock::default())
        .build()
        .expect("a client");
    let items: Vec<_> = client
        .list_batches(BatchFilter::new())
        .items()
        .collect()
        .await;
    assert_eq!(items.len(), 1);
    assert!(
        items[0]
            .as_ref()
            .is_err_and(qwen_batches_ext::Error::is_auth)
    );
}

#[tokio::test]
async fn retries_count_against_the_rate_limit() {
    let server = Server::start([Answer::new(503, &[], ""), one_batch()]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock).rate_limit(RateLimit::per_minute(1));
    let client = client.build().expect("a client");
    client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect("a page");
    assert_eq!(
        clock.pauses().iter().sum::<Duration>(),
        Duration::from_secs(60)
    );
    // Clones share the limit.
    client
        .clone()
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect("a page");
    assert_eq!(
        clock.pauses().iter().sum::<Duration>(),
        Duration::from_secs(120)
    );
}
