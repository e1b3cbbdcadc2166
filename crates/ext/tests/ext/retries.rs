//! Which failures are tried again, after which pauses, and where a list goes on afterwards.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use qwen_batches::{BatchFilter, ErrorKind, RateLimit, RetryPolicy};

use crate::support::{Answer, FakeClock, NEVER, Server, builder, page, row};

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
    assert!(items[0].as_ref().is_err_and(qwen_batches::Error::is_auth));
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

#[tokio::test]
async fn clones_share_the_budget_of_retries() {
    let server = Server::start([Answer::new(503, &[], "")]).await;
    let policy = RetryPolicy::default().budget(6);
    let client = builder(&server.base_url(), &FakeClock::default()).retry(policy);
    let client = client.build().expect("a client");
    let mut attempts = Vec::new();
    for _ in 0..3 {
        let list = client.clone().list_batches(BatchFilter::new());
        attempts.push(list.page().await.expect_err("a failure").attempts());
    }
    assert_eq!(attempts, [5, 3, 1]);
}

#[tokio::test]
async fn a_hook_sees_each_retry() {
    let server = Server::start([Answer::new(502, &[], HTML), one_batch()]).await;
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let keep = Arc::clone(&seen);
    let client = builder(&server.base_url(), &FakeClock::default())
        .on_retry(move |retry| {
            let line = format!(
                "{} {:?} {:?}",
                retry.attempts,
                retry.pause,
                retry.error.status()
            );
            keep.lock().expect("no panic while locked").push(line);
        })
        .build()
        .expect("a client");
    client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect("a page");
    assert_eq!(
        *seen.lock().expect("no panic while locked"),
        ["1 250ms Some(502)"]
    );
}

#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    let server = Server::start([Answer::Stall]).await;
    let client = builder(&server.base_url(), &FakeClock::default());
    let client = client
        .call_deadline(Duration::from_secs(90))
        .build()
        .expect("a client");
    let error = client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect_err("no reply");
    assert!(error.is_timeout() && !error.is_retryable(), "{error}");
    assert!(error.to_string().contains("deadline, 90s"), "{error}");
}

#[tokio::test]
async fn a_list_ends_at_its_deadline_and_says_where() {
    let first = page(&[row("batch_3"), row("batch_2")], true);
    let server = Server::start([Answer::json(&first), Answer::Stall]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock)
        .build()
        .expect("a client");
    let list = client
        .list_batches(BatchFilter::new())
        .deadline(NEVER + Duration::from_secs(5));
    let mut items = list.items();
    assert_eq!(
        items.next().await.expect("a row").expect("a row").id,
        "batch_3"
    );
    assert_eq!(
        items.next().await.expect("a row").expect("a row").id,
        "batch_2"
    );
    clock.advance(Duration::from_secs(6));
    let error = items.next().await.expect("an item").expect_err("too late");
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.cursor(), Some("batch_2"));
    assert!(items.next().await.is_none());
}
