//! Which failures are tried again, after which pauses, and where a list goes on afterwards.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use qwen_batches::{BatchFilter, ErrorKind, RateLimit, RetryPolicy, Runtime as _};

use crate::errors::chain;
use crate::support::{FakeClock, NEVER, Response, Server, builder, page, row, take_log};

const HTML: &str = "<html><body>Bad gateway</body></html>";

fn one_batch() -> Response {
    Response::json(&page(&[row("batch_1")], false))
}

#[tokio::test]
async fn transient_failures_are_tried_again() {
    let script = [
        Response::new(502, &[("content-type", "text/html")], HTML),
        Response::new(429, &[("retry-after", "1")], ""),
        Response::cut(
            200,
            &[("content-type", "application/json")],
            r#"{"object":"li"#,
            100,
        ),
        Response::new(408, &[], ""),
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
    // Half of the longest pause each; that after the 429 is what the server asked for, and some.
    let pauses: Vec<u128> = clock.pauses().iter().map(Duration::as_millis).collect();
    assert_eq!(pauses, [250, 1375, 500, 1000]);
}

#[tokio::test]
async fn attempts_time_and_hints_are_bounded() {
    let failing = || Response::new(503, &[], "");
    let slow = Response::new(503, &[("retry-after", "61")], "");
    let limited = |seconds| Response::new(429, &[("retry-after", seconds)], "");
    let default = RetryPolicy::default();
    for (name, response, policy, attempts) in [
        ("attempts", failing(), default, 5),
        ("off", failing(), RetryPolicy::off(), 1),
        (
            "elapsed",
            failing(),
            default.max_elapsed(Duration::from_millis(800)),
            3,
        ),
        ("a retry_after above the cap", slow.clone(), default, 1),
        (
            "a retry_after below a higher cap",
            slow,
            default.max_retry_after(Duration::from_secs(90)),
            2,
        ),
        (
            "a retry_after of a 429 above its cap",
            limited("121"),
            default,
            1,
        ),
        (
            "a retry_after of a 429 above a lower cap",
            limited("31"),
            default.rate_limited_for(Duration::from_secs(30)),
            1,
        ),
        (
            "a minute's quota",
            limited("61"),
            default.rate_limited_for(Duration::from_secs(61)),
            2,
        ),
        ("a 429 without retries", limited("1"), RetryPolicy::off(), 1),
        ("errors that stay", Response::new(400, &[], ""), default, 1),
    ] {
        let server = Server::start([response]).await;
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
    let server = Server::start([Response::Stall, one_batch()]).await;
    let clock = FakeClock::default();
    // On this clock a minute is over at once: every attempt runs into its limit.
    let client = builder(&server.base_url(), &clock).timeout(Duration::from_secs(60));
    let client = client.retry(RetryPolicy::off()).build().expect("a client");
    let error = client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect_err("no response");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.is_retryable());
    assert!(error.to_string().contains("60s"), "{error}");
}

#[tokio::test]
async fn a_stream_goes_on_at_the_page_that_failed() {
    let script = [
        Response::json(&page(&[row("batch_3"), row("batch_2")], true)),
        Response::new(503, &[], ""),
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
    let server = Server::start([Response::new(401, &[], ""), one_batch()]).await;
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
    let server = Server::start([Response::new(503, &[], ""), one_batch()]).await;
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
    let server = Server::start([Response::new(503, &[], "")]).await;
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
    let server = Server::start([Response::new(502, &[], HTML), one_batch()]).await;
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
async fn a_hook_gets_a_report_of_each_call() {
    let script = [
        Response::new(502, &[], HTML),
        one_batch(),
        Response::new(400, &[], ""),
        Response::new(401, &[], ""),
    ];
    let server = Server::start(script).await;
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let keep = Arc::clone(&seen);
    let client = builder(&server.base_url(), &FakeClock::default())
        .rate_limit(RateLimit::per_minute(2))
        .on_call(move |call| {
            let line = format!(
                "{} {} {:?}: {} in {:.1?}, of that {:.1?}",
                call.operation,
                call.kind().map_or("ok", ErrorKind::as_str),
                call.status,
                call.attempts,
                call.elapsed,
                call.limiter_wait,
            );
            keep.lock().expect("no panic while locked").push(line);
        })
        .build()
        .expect("a client");
    let list = || client.list_batches(BatchFilter::new());
    list().page().await.expect("a page");
    client.raw([("limit", "0")]).await.expect("a response");
    list().page().await.expect_err("an error response");
    list().page_size(0).page().await.expect_err("no call");
    let expected = [
        "list_batches ok Some(200): 2 in 250.0ms, of that 0.0ns",
        "raw ok Some(400): 1 in 59.8s, of that 59.8s",
        "list_batches auth Some(401): 1 in 250.0ms, of that 250.0ms",
    ];
    assert_eq!(*seen.lock().expect("no panic while locked"), expected);
}

#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    let server = Server::start([Response::Stall]).await;
    let client = builder(&server.base_url(), &FakeClock::default());
    let client = client
        .call_deadline(Duration::from_secs(90))
        .build()
        .expect("a client");
    let error = client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect_err("no response");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert!(error.is_timeout() && !error.is_retryable(), "{error}");
    let expected = "no page within the call's deadline of 90s (1 attempt in 90.0s)";
    assert_eq!(error.to_string(), expected);
}

/// The service fails for so long that the next attempt would be made too late.
#[tokio::test]
async fn a_pause_beyond_the_deadline_is_not_slept() {
    let server = Server::start([Response::new(503, &[], "")]).await;
    let deadline = Duration::from_secs(60);
    let clock = FakeClock::sleeping_below(deadline);
    let policy = RetryPolicy::default()
        .max_retries(99)
        .base_delay(Duration::from_secs(10));
    let client = builder(&server.base_url(), &clock)
        .retry(policy)
        .call_deadline(deadline);
    let client = client.build().expect("a client");
    let page = client.list_batches(BatchFilter::new()).page().await;
    let error = page.expect_err("no page");
    // Pauses of 5 and 10 seconds, and then of 10 each: that behind 55 seconds would be too long.
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded, "{error}");
    assert_eq!(error.attempts(), 7, "{error}");
    assert_eq!(error.elapsed(), Duration::from_secs(55));
    let [own, last] = &*chain(&error) else {
        panic!("one cause: {error:#}");
    };
    assert_eq!(format!("{error:#}"), format!("{own}: {last}"));
    let expected = "the next attempt would be made in 10 s, which is beyond the call's deadline of \
                    60s (7 attempts in 55.0s)";
    assert_eq!(own, expected);
    assert!(last.contains("503 Service Unavailable"), "{last}");
    let cause = error.source().expect("a cause");
    let cause = cause.downcast_ref::<qwen_batches::Error>();
    assert_eq!(cause.and_then(qwen_batches::Error::status), Some(503));
}

#[tokio::test]
async fn a_wait_for_the_rate_limit_beyond_the_deadline_fails_at_once() {
    let server = Server::start([one_batch()]).await;
    let deadline = Duration::from_secs(30);
    let clock = FakeClock::sleeping_below(deadline);
    let client = builder(&server.base_url(), &clock)
        .rate_limit(RateLimit::per_minute(1))
        .call_deadline(deadline);
    let client = client.build().expect("a client");
    let list = || client.list_batches(BatchFilter::new());
    list().page().await.expect("a page");
    let error = list().page().await.expect_err("no turn in time");
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!((error.attempts(), error.elapsed()), (0, Duration::ZERO));
    assert!(error.to_string().contains("made in 60 s"), "{error}");
    assert_eq!(clock.pauses(), [Duration::ZERO; 0]);
}

#[tokio::test]
async fn a_list_ends_at_its_deadline_and_says_where() {
    let first = page(&[row("batch_3"), row("batch_2")], true);
    let server = Server::start([Response::json(&first), Response::Stall]).await;
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
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    // What was set, not what was left of it.
    let expected = "within the list's deadline of 360005s";
    assert!(error.to_string().contains(expected), "{error}");
    assert_eq!(error.cursor(), Some("batch_2"));
    assert!(items.next().await.is_none());
}

/// A server that refuses everybody until then, without `Retry-After`, and lists two pages afterwards.
async fn throttled_until(clock: &FakeClock, until: Duration) -> Server {
    let clock = clock.clone();
    let mut pages = [row("batch_2"), row("batch_1")].into_iter();
    Server::answering(move || {
        if clock.elapsed() < until {
            let body = r#"{"error":{"message":"Too many requests","code":"limit_requests"}}"#;
            return Some(Response::new(429, &[], body));
        }
        let row = pages.next()?;
        Some(Response::json(&page(&[row], pages.len() > 0)))
    })
    .await
}

#[tokio::test]
async fn a_throttle_of_twenty_seconds_costs_twenty_seconds_and_one_pause() {
    take_log();
    let clock = FakeClock::default();
    let server = throttled_until(&clock, Duration::from_secs(20)).await;
    let client = builder(&server.base_url(), &clock).build();
    let list = client.expect("a client").list_batches(BatchFilter::new());
    let rows: Vec<_> = list.items().try_collect().await.expect("the whole list");
    assert_eq!(rows.len(), 2);
    let elapsed = clock.elapsed().as_secs();
    assert!((20..25).contains(&elapsed), "{elapsed}");
    assert!(server.requests().len() < 14, "{:?}", server.requests());
    let log = take_log();
    assert_eq!(log.len(), 1, "{log:?}");
}

#[tokio::test]
async fn a_throttle_that_does_not_end_is_borne_for_two_minutes() {
    let clock = FakeClock::default();
    let server = throttled_until(&clock, NEVER).await;
    let client = builder(&server.base_url(), &clock).build();
    let list = client.expect("a client").list_batches(BatchFilter::new());
    let error = list.page().await.expect_err("no page");
    assert!(error.is_rate_limited() && error.is_retryable(), "{error}");
    assert_eq!(error.code(), Some("limit_requests"));
    let elapsed = error.elapsed().as_secs();
    assert!((120..125).contains(&elapsed), "{error}");
    assert_eq!(error.attempts() as usize, server.requests().len());
}

#[tokio::test]
async fn other_failures_are_counted_apart_from_a_throttle() {
    let failing = || Response::new(503, &[], "");
    let limited = || Response::new(429, &[], "");
    let script = [
        vec![limited(); 9],
        vec![failing(), failing(), limited(), failing(), failing()],
        vec![one_batch()],
    ];
    let server = Server::start(script.concat()).await;
    let policy = RetryPolicy::default()
        .max_elapsed(Duration::from_secs(10))
        .budget(4);
    let client = builder(&server.base_url(), &FakeClock::default()).retry(policy);
    let client = client.build().expect("a client");
    let page = client.list_batches(BatchFilter::new()).page().await;
    assert_eq!(page.expect("a page").attempts, 15);
}

/// Without retries, each call is made, and at once.
#[tokio::test]
async fn without_retries_a_429_holds_nobody() {
    let limited = Response::new(429, &[("retry-after", "9")], "");
    let server = Server::start([limited, one_batch()]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock).retry(RetryPolicy::off());
    let client = client.build().expect("a client");
    let list = || client.list_batches(BatchFilter::new());
    let error = list().page().await.expect_err("an error response");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
    list().page().await.expect("a page");
    assert_eq!(clock.pauses(), [Duration::ZERO; 0]);
}

#[tokio::test]
async fn a_server_that_asks_for_no_pause_gets_one() {
    let asks = |status| Response::new(status, &[("retry-after", "0")], "");
    let server = Server::start([asks(429), asks(503), asks(429), one_batch()]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock).build();
    let list = client.expect("a client").list_batches(BatchFilter::new());
    assert_eq!(list.page().await.expect("a page").attempts, 4);
    let pauses = clock.pauses();
    assert_eq!(pauses.len(), 3);
    assert!(
        pauses
            .iter()
            .all(|&pause| pause >= Duration::from_millis(250))
    );
}

/// By this machine's clock, the pause would be one of an hour.
#[tokio::test]
async fn a_date_is_judged_by_the_date_of_its_response() {
    let headers = [
        ("date", "Wed, 01 Apr 2026 01:00:00 GMT"),
        ("retry-after", "Wed, 01 Apr 2026 01:00:20 GMT"),
    ];
    let server = Server::start([Response::new(429, &headers, ""), one_batch()]).await;
    let clock = FakeClock::default();
    let client = builder(&server.base_url(), &clock).build();
    let list = client.expect("a client").list_batches(BatchFilter::new());
    list.page().await.expect("a page");
    assert_eq!(clock.elapsed().as_secs(), 20);
}

#[tokio::test]
async fn what_a_payment_alone_ends_is_not_tried_again() {
    for (code, advice) in [
        ("Arrearage", "pay its bill"),
        ("PrepaidBillOverdue", "renew it"),
        ("PostpaidBillOverdue", "pay it"),
        ("COMMODITYNOTPURCHASED", "in its console"),
    ] {
        for status in [400, 403, 429, 503] {
            let body = format!(r#"{{"code":"{code}","message":"No."}}"#);
            let server = Server::start([Response::new(status, &[], &body)]).await;
            let client = builder(&server.base_url(), &FakeClock::default()).build();
            let list = client.expect("a client").list_batches(BatchFilter::new());
            let error = list.page().await.expect_err("an error response");
            let text = error.to_string();
            assert!(text.contains(advice) && !error.is_retryable(), "{text}");
            assert!(!error.is_rate_limited(), "{text}");
            assert_eq!(server.requests().len(), 1, "{text}");
        }
    }
}

#[tokio::test]
async fn a_thousand_calls_of_one_client_are_made_in_order() {
    take_log();
    let server = Server::start([one_batch()]).await;
    let minute = Duration::from_secs(60);
    let clock = FakeClock::sleeping_below(minute);
    let client = builder(&server.base_url(), &clock).rate_limit(RateLimit::default());
    let client = client.build().expect("a client");
    let calls = (0..1000).map(|index| {
        let filter = BatchFilter::new().name_contains(format!("task-{index:04}-"));
        tokio::spawn(client.clone().list_batches(filter).page())
    });
    let mut calls = calls.collect::<Vec<_>>().into_iter();
    let mut made = BTreeSet::new();
    for minutes in 0..10 {
        for call in calls.by_ref().take(100) {
            let page = tokio::time::timeout(minute, call).await;
            let page = page.expect("its turn").expect("a task");
            page.expect("a page");
        }
        // What was made is what was waited for, and nothing else.
        let requests = server.requests();
        let index = |request: &String| request.split_once("task-").map(|it| it.1[..4].to_owned());
        made.extend(requests.iter().filter_map(index));
        let expected = (0..100 * (minutes + 1)).map(|index| format!("{index:04}"));
        assert!(made.iter().eq(&expected.collect::<Vec<_>>()), "{made:?}");
        assert_eq!(requests.len(), made.len());
        clock.advance(minute);
        clock.expire();
    }
    let mut warnings = take_log();
    warnings.retain(|line| line.contains("rate limit"));
    assert!((1..=9).contains(&warnings.len()), "{warnings:?}");
}
