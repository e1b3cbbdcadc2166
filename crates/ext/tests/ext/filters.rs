//! Each delivered row has been checked against the whole filter, whatever the server did with it.

use std::time::{Duration, SystemTime};

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use qwen_batches::{BatchFilter, BatchStatus, Dialect, ListBatches};
use qwen_batches_sandbox::{BatchRow, Sandbox, row as sandbox_row};
use serde_json::{Value, json};

use crate::support::{FakeClock, Response, Server, builder, client, faulty, page, row, take_log};

const NOW: i64 = 1_772_323_200;

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("an instant")
}

/// Newest first, an hour apart: of statuses, names and inputs in turn.
fn rows(count: i64) -> Vec<BatchRow> {
    let statuses = ["completed", "failed", "in_progress"];
    let names = ["nightly eval", "Weekly", "夜间评测", "Monthly run"];
    (0..count)
        .map(|n| {
            sandbox_row(format!("batch_{n:05}"))
                .created_at(NOW - 60 - 900 * n)
                .status(statuses[(n % 3) as usize])
                .name(names[(n % 4) as usize])
                .input_file_id(format!("file-batch-{}", n % 5))
        })
        .collect()
}

/// Filters, and the rows that each lets through, by number.
#[expect(
    clippy::type_complexity,
    reason = "a table of filters and what each is"
)]
fn cases() -> Vec<(&'static str, BatchFilter, Box<dyn Fn(i64) -> bool>)> {
    let created = |n: i64| NOW - 60 - 900 * n;
    let new = BatchFilter::new;
    let failed = || new().statuses([BatchStatus::Failed]);
    vec![
        ("all", new(), Box::new(|_| true)),
        ("status", failed(), Box::new(|n| n % 3 == 1)),
        (
            "ds_name",
            new().name_contains("Week"),
            Box::new(|n| n % 4 == 1),
        ),
        (
            "input_file_ids",
            new().input_files(["file-batch-1", "file-batch-3"]),
            Box::new(|n| n % 5 == 1 || n % 5 == 3),
        ),
        (
            "create_after",
            new().created_after(instant(NOW - 90_000)),
            Box::new(move |n| created(n) >= NOW - 90_000),
        ),
        (
            "create_before",
            new().created_before(instant(NOW - 90_000)),
            Box::new(move |n| created(n) < NOW - 90_000),
        ),
        (
            "status",
            failed()
                .name_contains("nightly")
                .input_files(["file-batch-2", "file-batch-4"])
                .created_after(instant(NOW - 150_000))
                .created_before(instant(NOW - 9_000)),
            Box::new(move |n| {
                n % 3 == 1
                    && n % 4 == 0
                    && (n % 5 == 2 || n % 5 == 4)
                    && (NOW - 150_000..NOW - 9_000).contains(&created(n))
            }),
        ),
    ]
}

async fn ids(list: ListBatches) -> Vec<String> {
    let ids = list.items().map_ok(|batch| batch.id);
    ids.try_collect().await.expect("a whole list")
}

#[tokio::test]
async fn a_server_that_ignores_filters_gives_the_right_list() {
    for faults in [
        &[][..],
        &[r#"{"ignore_filters": {}}"#],
        &[
            r#"{"ignore_filters": {}}"#,
            r#"{"order": {"is": "oldest_first"}}"#,
        ],
        &[
            r#"{"ignore_filters": {}}"#,
            r#"{"order": {"is": "interleaved"}}"#,
        ],
        &[r#"{"ignore_filters": {"filters": ["status", "create_before"]}}"#],
    ] {
        for (name, filter, lets_through) in cases() {
            let sandbox = Sandbox::builder().now(NOW).rows(rows(250));
            let sandbox = sandbox
                .script(faulty(faults))
                .start()
                .await
                .expect("a sandbox");
            let client = client(sandbox.base_url());
            let expected = (0..250).filter(|&n| lets_through(n));
            let expected: Vec<String> = expected.map(|n| format!("batch_{n:05}")).collect();
            let list = || client.list_batches(filter.clone()).page_size(20);
            let lists = [list(), list().prefetch(true), list().concurrency(4)];
            for (n, list) in lists.into_iter().enumerate() {
                let mut found = ids(list).await;
                found.sort_unstable();
                assert_eq!(found, expected, "{name} of {faults:?}, {n}");
            }
        }
    }
}

#[tokio::test]
async fn one_warning_names_filter_host_and_cost() {
    let sandbox = Sandbox::builder().now(NOW).rows(rows(250));
    let script = faulty(&[r#"{"ignore_filters": {}}"#]);
    let sandbox = sandbox.script(script).start().await.expect("a sandbox");
    let client = client(sandbox.base_url());
    take_log();
    let failed = BatchFilter::new().statuses([BatchStatus::Failed]);
    let list = client.list_batches(failed).page_size(50).prefetch(true);
    assert_eq!(ids(list).await.len(), 83);
    let url = sandbox.base_url();
    let expected =
        format!("{url} does not filter by `status`; filtered here, 5 calls instead of 2");
    assert_eq!(take_log(), [expected]);
    let all = || client.list_batches(BatchFilter::new());
    assert_eq!(ids(all()).await.len(), 250);
    assert_eq!(take_log(), [""; 0]);
    // Where windows meet, rows come twice; that is no fault of the server's.
    let sandbox = Sandbox::builder().now(NOW).rows(rows(250));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let client = crate::support::client(sandbox.base_url());
    let list = client.list_batches(BatchFilter::new());
    assert_eq!(ids(list.page_size(7).concurrency(8)).await.len(), 250);
    assert_eq!(take_log(), [""; 0]);
}

#[tokio::test]
async fn a_cap_costs_no_small_pages_once_rows_were_left_out() {
    let mut rows = rows(10_000);
    for (n, row) in rows.iter_mut().enumerate() {
        let status = if n % 2_400 == 2_399 {
            "expired"
        } else {
            "completed"
        };
        *row = row.clone().created_at(NOW - 60 - n as i64).status(status);
    }
    let sandbox = Sandbox::builder().now(NOW).rows(rows);
    let script = faulty(&[r#"{"ignore_filters": {}}"#]);
    let sandbox = sandbox.script(script).start().await.expect("a sandbox");
    let expired = BatchFilter::new().statuses([BatchStatus::Expired]);
    let list = client(sandbox.base_url())
        .list_batches(expired)
        .max_items(5);
    assert_eq!(ids(list).await.len(), 4);
    assert_eq!(sandbox.request_count(), 101);
}

/// The rows of a scripted server, the ids that come through, the requests, and the log.
async fn named(filter: BatchFilter, responses: &[Value]) -> (Vec<String>, usize, Vec<String>) {
    let server = Server::start(responses.iter().map(Response::json)).await;
    take_log();
    let ids = ids(client(&server.base_url()).list_batches(filter)).await;
    (ids, server.requests().len(), take_log())
}

fn with_name(id: &str, name: &str) -> Value {
    let mut row = row(id);
    row["metadata"] = json!({ "ds_name": name });
    row
}

#[tokio::test]
async fn names_are_the_servers_to_match_where_it_filters() {
    let fuzzy = page(
        &[
            with_name("b_2", "eval of tonight"),
            with_name("b_1", "nightly"),
        ],
        false,
    );
    let filter = || BatchFilter::new().name_contains("nightly");
    // Nobody has the name of the probe: the server filters, by a rule of its own.
    let (ids, requests, log) = named(filter(), &[fuzzy.clone(), page(&[], false)]).await;
    assert_eq!(
        (ids.as_slice(), requests),
        (&["b_2", "b_1"].map(String::from)[..], 2)
    );
    assert!(
        log[0].starts_with("1 of 2 batches matched by a rule of the server"),
        "{log:?}"
    );
    // All of them come: it ignores the filter.
    let (ids, requests, log) = named(filter(), &[fuzzy.clone(), fuzzy.clone()]).await;
    assert_eq!((ids.as_slice(), requests), (&["b_1".to_owned()][..], 2));
    assert!(log[0].contains("does not filter by `ds_name`"), "{log:?}");
}

#[tokio::test]
async fn a_name_is_compared_by_its_letters() {
    for (text, name, matches) in [
        ("nightly", "Nightly eval", true),
        ("NIGHTLY", "nightly eval", true),
        ("cafe\u{301}", "Café menus", true),
        ("ｎｉｇｈｔ", "night", true),
        ("straße", "STRASSE 7", true),
        ("评测", "夜间评测", true),
        ("night", "day", false),
        ("é", "e", false),
    ] {
        let all = page(&[with_name("b_1", name)], false);
        let filter = BatchFilter::new().name_contains(text);
        let (ids, _, _) = named(filter, &[all.clone(), all]).await;
        assert_eq!(ids.len(), usize::from(matches), "{text} in {name}");
    }
    let nameless = page(&[row("b_1")], false);
    let filter = BatchFilter::new().name_contains("x");
    let (ids, requests, _) = named(filter, &[nameless]).await;
    assert_eq!((ids.len(), requests), (0, 1));
}

/// What the server says to the probe proves nothing: then there is no list.
#[tokio::test]
async fn a_probe_without_a_clear_response_is_an_error() {
    let found = Response::json(&page(&[with_name("b_1", "eval of tonight")], false));
    let empty = Response::json(&page(&[], true));
    let nothing = Response::json(&page(&[], false));
    let rejection = Response::new(400, &[("content-type", "text/html")], "<h1>400</h1>");
    for (responses, listed) in [
        (vec![empty.clone()], None),
        (vec![rejection], None),
        (vec![empty.clone(), empty, nothing], Some(1)),
    ] {
        let server = Server::start([vec![found.clone()], responses].concat()).await;
        let filter = BatchFilter::new().name_contains("nightly");
        let list = client(&server.base_url()).list_batches(filter).items();
        let ids: Result<Vec<_>, _> = list.try_collect().await;
        if let Err(error) = &ids {
            assert!(error.checkpoint().is_some(), "{error}");
        }
        assert_eq!(ids.ok().map(|ids| ids.len()), listed);
    }
}

/// Whatever number a time is, it is compared with the bounds.
#[tokio::test]
async fn no_time_is_beyond_the_filter() {
    let times = [i64::MIN, -1, 0, NOW, NOW * 1000, NOW * 1_000_000_000];
    let dated = |(n, time): (usize, i64)| {
        let mut row = row(&format!("b_{n}"));
        row["created_at"] = time.into();
        row
    };
    let rows: Vec<Value> = times.into_iter().enumerate().map(dated).collect();
    for (filter, expected) in [
        (BatchFilter::new(), &[0, 1, 2, 3, 4, 5][..]),
        (BatchFilter::new().created_after(instant(NOW)), &[3, 4, 5]),
        (BatchFilter::new().created_before(instant(NOW)), &[0, 1, 2]),
        (
            BatchFilter::new()
                .created_after(instant(0))
                .created_before(instant(NOW + 1)),
            &[2, 3, 4, 5],
        ),
    ] {
        let server = Server::start([Response::json(&page(&rows, false))]).await;
        let found = ids(client(&server.base_url()).list_batches(filter)).await;
        let expected: Vec<String> = expected.iter().map(|n| format!("b_{n}")).collect();
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn a_server_may_write_urls_otherwise_if_it_filters() {
    let mut rewritten = row("b_1");
    rewritten["input_file_id"] = json!("oss://bucket/in.jsonl");
    let found = page(&[rewritten], false);
    let filter = || BatchFilter::new().input_files(["oss:cn-beijing:bucket/in.jsonl"]);
    let (ids, requests, _) = named(filter(), &[found.clone(), page(&[], false)]).await;
    assert_eq!((ids.len(), requests), (1, 2));
    let (ids, requests, _) = named(filter(), &[found.clone(), found.clone()]).await;
    assert_eq!((ids.len(), requests), (0, 2));
    // A file's id is compared to the letter.
    let filter = BatchFilter::new().input_files(["file-batch-2"]);
    let (ids, requests, _) = named(filter, &[found]).await;
    assert_eq!((ids.len(), requests), (0, 1));
}

#[tokio::test]
async fn a_dialect_without_filters_is_filtered_here() {
    for (name, filter, lets_through) in cases() {
        let sandbox = Sandbox::builder().now(NOW).rows(rows(120));
        let sandbox = sandbox.start().await.expect("a sandbox");
        let builder = builder(sandbox.base_url(), &FakeClock::default()).dialect(Dialect::OpenAi);
        let client = builder.build().expect("a client");
        let found = ids(client.list_batches(filter)).await;
        let expected = (0..120).filter(|&n| lets_through(n));
        let expected: Vec<String> = expected.map(|n| format!("batch_{n:05}")).collect();
        assert_eq!(found, expected, "{name}");
        for request in sandbox.requests() {
            let sent = [
                "status",
                "ds_name",
                "input_file_ids",
                "create_after",
                "create_before",
            ];
            assert!(
                sent.iter().all(|name| request.param(name).is_none()),
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_for_a_list_of_none() {
    let server = Server::start([Response::json(&page(&[row("b_1")], false))]).await;
    let client = client(&server.base_url());
    let none = || client.list_batches(BatchFilter::new()).max_items(0);
    assert_eq!(none().page().await.expect("a page").rows.len(), 0);
    assert_eq!(none().items().count().await, 0);
    assert_eq!(none().pages().count().await, 0);
    assert_eq!(none().concurrency(4).items().count().await, 0);
    assert_eq!(server.requests().len(), 0);
}

/// By its id, whatever else it says the second time.
#[tokio::test]
async fn a_row_comes_once() {
    let older = |id: &str| {
        let mut row = row(id);
        row["created_at"] = (NOW - 1_000_000).into();
        row
    };
    let pages = [
        page(&[row("b_3"), row("b_3"), row("b_2"), older("b_3")], true),
        page(&[older("b_2"), older("b_1"), row("b_1")], false),
    ];
    let server = Server::start(pages.iter().map(Response::json)).await;
    let found = ids(client(&server.base_url()).list_batches(BatchFilter::new())).await;
    assert_eq!(found, ["b_3", "b_2", "b_1"]);
}

/// What was reported as unreadable is not delivered later, out of its order.
#[tokio::test]
async fn a_row_that_could_not_be_read_is_reported_once() {
    let mut undated = row("b_2");
    undated["created_at"] = json!("never");
    let pages = [
        page(&[row("b_3"), undated], true),
        page(&[row("b_2"), row("b_1")], false),
    ];
    let server = Server::start(pages.iter().map(Response::json)).await;
    let list = client(&server.base_url()).list_batches(BatchFilter::new());
    let items: Vec<_> = list.items().map_ok(|batch| batch.id).collect().await;
    let ids: Vec<&String> = items.iter().flatten().collect();
    assert_eq!(ids, ["b_3", "b_1"]);
    let error = items.last().and_then(|last| last.as_ref().err());
    assert_eq!(error.expect("the row").unreadable().len(), 1);
}

#[tokio::test]
async fn a_stream_whose_errors_are_ignored_ends() {
    let server = Server::start([Response::new(503, &[], "")]).await;
    let builder = builder(&server.base_url(), &FakeClock::default());
    let builder = builder.retry(qwen_batches::RetryPolicy::off());
    let client = builder.build().expect("a client");
    let list = || client.list_batches(BatchFilter::new());
    let rows = list().items().filter_map(async |row| row.ok());
    assert_eq!(rows.count().await, 0);
    assert_eq!(server.requests().len(), 3);
    let errors: Vec<_> = list()
        .pages()
        .map(|page| page.expect_err("503"))
        .collect()
        .await;
    assert_eq!(errors.len(), 3);
    assert!(errors.iter().all(|error| error.checkpoint().is_some()));
}

#[test]
fn what_is_set_can_be_read() {
    let empty = BatchFilter::new();
    assert_eq!(
        (empty.get_statuses(), empty.get_name_contains()),
        (None, None)
    );
    assert_eq!(empty.get_input_files(), None);
    assert_eq!(
        (empty.get_created_after(), empty.get_created_before()),
        (None, None)
    );
    let filter = empty
        .statuses([BatchStatus::Failed])
        .name_contains("nightly")
        .input_files(["file-batch-1"])
        .created_between(instant(1), instant(2));
    assert_eq!(filter.get_statuses(), Some(&[BatchStatus::Failed][..]));
    assert_eq!(filter.get_name_contains(), Some("nightly"));
    assert_eq!(filter.get_input_files(), Some(&["file-batch-1".into()][..]));
    assert_eq!(filter.get_created_after(), Some(instant(1)));
    assert_eq!(filter.get_created_before(), Some(instant(2)));
}

#[test]
fn times_are_those_of_jiff_or_of_the_standard_library() {
    let zoned = instant(NOW).to_zoned_datetime(TimeZone::UTC);
    let system = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let after = |it: BatchFilter| it.get_created_after();
    let new = BatchFilter::new;
    for (name, read, expected) in [
        (
            "Timestamp",
            after(new().created_after(instant(NOW))),
            instant(NOW),
        ),
        (
            "ZonedDateTime",
            after(new().created_after(&zoned)),
            instant(NOW),
        ),
        (
            "by value",
            after(new().created_after(zoned.clone())),
            instant(NOW),
        ),
        (
            "SystemTime",
            after(new().created_after(system(NOW as u64))),
            instant(NOW),
        ),
        // No batch is as late, so the last instant means the same.
        (
            "beyond",
            after(new().created_after(system(1 << 60))),
            Timestamp::MAX,
        ),
    ] {
        assert_eq!(read, Some(expected), "{name}");
    }
}
