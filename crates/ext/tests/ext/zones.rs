//! Times do not hang on the zone in which a server reads them.

use futures::TryStreamExt as _;
use jiff::{Timestamp, tz};
use qwen_batches::{BatchFilter, Client, RateLimit};
use qwen_batches_sandbox::{Sandbox, row as sandbox_row};

use crate::support::{FakeClock, NEVER, builder, faulty, take_log};

const NOW: i64 = 1_772_323_200;

async fn sandbox(faults: &[&str]) -> Sandbox {
    let rows =
        (0..300).map(|n| sandbox_row(format!("batch_{n:03}")).created_at(NOW - 60 - 600 * n));
    let sandbox = Sandbox::builder()
        .now(NOW)
        .rows(rows)
        .script(faulty(faults));
    sandbox.start().await.expect("a sandbox")
}

/// A client that takes the sandbox for this host.
fn client_of(host: &str, sandbox: &Sandbox) -> Client {
    let address = sandbox.address();
    let http = reqwest::Client::builder().resolve(host, address).no_proxy();
    let url = format!("http://{host}:{}/compatible-mode/v1", address.port());
    let builder = Client::builder().api_key("sk-zones").base_url(url);
    let builder = builder
        .allow_plain_http(true)
        .http_client_builder(http)
        .timeout(NEVER);
    builder
        .rate_limit(RateLimit::off())
        .runtime(FakeClock::default())
        .build()
        .expect("a client")
}

fn hours_ago(hours: i64) -> Timestamp {
    Timestamp::from_second(NOW - 3600 * hours).expect("an instant")
}

/// The numbers of the rows in `[after, before)`.
async fn numbers(client: &Client, after: Timestamp, before: Timestamp) -> Vec<i64> {
    let filter = BatchFilter::new()
        .created_after(after)
        .created_before(before);
    let list = client.list_batches(filter).page_size(10);
    let ids: Vec<String> = list
        .items()
        .map_ok(|it| it.id)
        .try_collect()
        .await
        .expect("a list");
    let number = |id: &String| id.trim_start_matches("batch_").parse().expect("a number");
    ids.iter().map(number).collect()
}

fn expected(after: Timestamp, before: Timestamp) -> Vec<i64> {
    let within = |n: &i64| (after.as_second()..before.as_second()).contains(&(NOW - 60 - 600 * n));
    (0..300).filter(within).collect()
}

const SINGAPORE: &str = "dashscope-intl.aliyuncs.com";
const UTC: &str = r#"{"quirk": {"zone_offset_hours": 0}}"#;
const UTC8: &str = r#"{"quirk": {"zone_offset_hours": 8}}"#;
const IGNORED: &str = r#"{"ignore_filters": {"filters": ["create_after", "create_before"]}}"#;

#[tokio::test]
async fn singapore_may_read_utc_or_utc8_or_nothing() {
    for (fault, sent) in [
        // As it reads them, so that they are widest; then in the zone that was seen.
        (UTC8, ["20260226080000", "20260226080000"]),
        (UTC, ["20260226080000", "20260226000000"]),
        (IGNORED, ["20260226080000", ""]),
    ] {
        let sandbox = sandbox(&[fault]).await;
        let client = client_of(SINGAPORE, &sandbox);
        for (after, before) in [(70, 72), (48, 71), (0, 48)] {
            let (after, before) = (hours_ago(before), hours_ago(after));
            let found = numbers(&client, after, before).await;
            assert_eq!(found, expected(after, before), "{fault} {after} {before}");
        }
        // A clone knows it, too.
        let before: Timestamp = "2026-02-26T00:00:00Z".parse().expect("an instant");
        numbers(&client.clone(), hours_ago(72), before).await;
        let requests = sandbox.requests();
        let first = requests[0].param("create_before");
        let last = requests.last().expect("a request").param("create_before");
        assert_eq!(last.unwrap_or_default(), sent[1], "{fault}");
        assert_eq!(first.as_deref(), Some("20260226100000"), "{fault}");
        assert_eq!(
            requests[0].param("create_after").as_deref(),
            Some("20260225235959")
        );
    }
}

#[tokio::test]
async fn windows_find_the_zone() {
    for fault in [UTC8, UTC, IGNORED] {
        let sandbox = sandbox(&[fault]).await;
        let client = client_of(SINGAPORE, &sandbox);
        let list = client.list_batches(BatchFilter::new()).page_size(10);
        let ids: Vec<String> = list
            .concurrency(4)
            .items()
            .map_ok(|it| it.id)
            .try_collect()
            .await
            .expect("a list");
        assert!(ids.is_sorted(), "{fault}");
        assert_eq!(ids.len(), 300, "{fault}");
        // The first page, the second, and who finds out: no window yet.
        let requests = sandbox.requests();
        let mut first = requests.iter().take(3);
        assert!(first.all(|it| it.param("create_before").is_none() || it.param("create_after").is_some()));
        let alone = 30;
        let is_alone = requests.len() <= alone + 3;
        assert!(fault != IGNORED || is_alone, "{}", requests.len());
    }
}

#[tokio::test]
async fn other_hosts_get_no_times_unless_a_zone_is_stated() {
    let sandbox = sandbox(&[]).await;
    let (after, before) = (hours_ago(49), hours_ago(47));
    let stated = builder(sandbox.base_url(), &FakeClock::default()).filter_zone(tz::offset(8));
    let stated = stated.build().expect("a client");
    assert_eq!(
        numbers(&stated, after, before).await,
        expected(after, before)
    );
    assert!(
        sandbox
            .requests()
            .iter()
            .all(|it| it.param("create_after").is_some())
    );
    let asked = sandbox.request_count();
    take_log();
    let silent = client_of("h.example", &sandbox);
    assert_eq!(
        numbers(&silent, after, before).await,
        expected(after, before)
    );
    let requests = sandbox.requests().split_off(asked);
    assert!(requests.iter().all(|it| it.param("create_after").is_none()));
    // It ends at the first page that is too old: of 30 pages, these.
    assert_eq!(requests.len(), 30);
    let log = take_log();
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(log[0].contains("30 calls instead of 2"), "{log:?}");
    assert!(log[0].contains("--filter-zone"), "{log:?}");
}

#[tokio::test]
async fn a_list_ends_early_only_where_the_newest_come_first() {
    let day = hours_ago(24);
    for (order, calls) in [
        ("newest_first", 15),
        ("oldest_first", 30),
        ("interleaved", 30),
    ] {
        let order = format!(r#"{{"order": {{"is": "{order}"}}}}"#);
        let sandbox = sandbox(&[IGNORED, &order]).await;
        let client = client_of("h.example", &sandbox);
        let far = hours_ago(-1);
        let mut found = numbers(&client, day, far).await;
        found.sort_unstable();
        assert_eq!(found, expected(day, far), "{order}");
        assert_eq!(sandbox.request_count(), calls, "{order}");
    }
}
