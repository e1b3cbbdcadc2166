//! Several workers give the rows that one gives, in the same order, with few calls more.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use qwen_batches::{
    BatchFilter, BatchStatus, Client, Error, ErrorKind, ListBatches, UnreadableRows,
};
use qwen_batches_sandbox::{
    Bounds, EmptyCursor, Fault, FilterParam, IdsOf, Order, Quirk, Sandbox, SandboxBuilder, Script,
    UnknownCursor, row,
};
use serde_json::Value;

use crate::support::{self, FakeClock, NEVER, Response, Server, builder, take_log};

/// When a [`FakeClock`] starts.
const NOW: i64 = 1_775_001_600;
const DAY: i64 = 24 * 3600;
const HOUR: i64 = 3600;

/// Ages of rows in seconds: so many, evenly spread from one age to another.
fn spread(rows: i64, from: i64, to: i64) -> impl Iterator<Item = i64> {
    (0..rows).map(move |n| from + (to - from) * n / rows.max(1))
}

/// A list by the ages of its rows, newest first; and how many calls may be made for each that one
/// worker makes.
struct Shape {
    name: &'static str,
    ages: Vec<i64>,
    page_size: u32,
    calls: f64,
}

fn shapes() -> Vec<Shape> {
    let even = |name, rows, to| Shape {
        name,
        ages: spread(rows, 60, to).collect(),
        page_size: 100,
        calls: 1.5,
    };
    // On tiny pages, the row at which windows meet counts.
    let small_pages = |name, page_size| Shape {
        page_size,
        calls: 2.0,
        ..even(name, 30 * i64::from(page_size), 29 * DAY)
    };
    let crowd = |name, ages: Vec<i64>| Shape {
        name,
        ages,
        page_size: 100,
        calls: 2.0,
    };
    let with_crowd = |name, at: i64| {
        let mut ages: Vec<i64> = spread(200, 60, 29 * DAY).collect();
        ages.extend(spread(1800, at, at + HOUR));
        ages.sort_unstable();
        crowd(name, ages)
    };
    vec![
        even("nothing", 0, DAY),
        even("a page", 100, 29 * DAY),
        even("a row more than a page", 101, 29 * DAY),
        even("two pages", 200, 29 * DAY),
        even("ten pages", 1000, 29 * DAY),
        even("twenty pages", 2000, 29 * DAY),
        even("twenty pages of a week", 2000, 7 * DAY),
        small_pages("pages of a row", 1),
        small_pages("pages of two rows", 2),
        small_pages("pages of three rows", 3),
        small_pages("pages of seven rows", 7),
        small_pages("pages of ten rows", 10),
        crowd("three pages of a day", spread(300, 60, DAY).collect()),
        crowd("five pages of an hour", spread(500, 60, HOUR).collect()),
        crowd("ten pages of a second", vec![60; 1000]),
        crowd("ten pages of a minute", spread(1000, 60, 120).collect()),
        with_crowd("a crowded last hour", 60),
        with_crowd("a crowded hour two weeks ago", 14 * DAY),
        with_crowd("a crowded hour four weeks ago", 28 * DAY),
    ]
}

async fn sandbox(ages: &[i64], with: impl FnOnce(SandboxBuilder) -> SandboxBuilder) -> Sandbox {
    let rows = ages
        .iter()
        .enumerate()
        .map(|(n, age)| row(format!("batch_{n:04}")).created_at(NOW - age).build());
    let sandbox = Sandbox::builder().rows(rows).now(NOW).journal(10_000);
    with(sandbox).start().await.expect("a sandbox")
}

fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox.base_url(), &FakeClock::default())
        .build()
        .expect("a client")
}

async fn ids(list: ListBatches) -> Vec<String> {
    let items = list.items().map_ok(|batch| batch.id);
    items.try_collect().await.expect("rows")
}

fn all(rows: usize) -> Vec<String> {
    (0..rows).map(|n| format!("batch_{n:04}")).collect()
}

#[tokio::test]
async fn rows_and_order_are_those_of_one_worker_and_calls_few_more() {
    for Shape {
        name,
        ages,
        page_size,
        calls,
    } in shapes()
    {
        let sandbox = sandbox(&ages, |sandbox| sandbox).await;
        let list = || {
            let list = client(&sandbox).list_batches(BatchFilter::new());
            list.page_size(page_size)
        };
        assert_eq!(ids(list()).await, all(ages.len()), "{name}");
        let alone = sandbox.request_count();
        for workers in [2, 8, 32] {
            let before = sandbox.request_count();
            let found = ids(list().concurrency(workers)).await;
            assert_eq!(found, all(ages.len()), "{name}, {workers} workers");
            let more = (sandbox.request_count() - before) as f64 / alone as f64;
            assert!(
                more <= calls,
                "{name}, {workers} workers: {more} times the calls"
            );
        }
    }
}

#[tokio::test]
async fn the_interval_of_the_filter_is_kept() {
    let ages: Vec<i64> = spread(1000, 60, 29 * DAY).collect();
    for bounds in [Bounds::Inclusive, Bounds::Exclusive] {
        let sandbox = sandbox(&ages, |sandbox| sandbox.always(Quirk::Bounds(bounds))).await;
        let instant = |age| Timestamp::from_second(NOW - age).expect("an instant");
        let filter = BatchFilter::new()
            .created_after(instant(20 * DAY))
            .created_before(instant(3 * DAY));
        let list = || client(&sandbox).list_batches(filter.clone()).page_size(50);
        let expected = ids(list()).await;
        assert!(expected.len() > 500, "{}", expected.len());
        assert_eq!(ids(list().concurrency(4)).await, expected, "{bounds:?}");
    }
}

#[tokio::test]
async fn a_cap_counts_as_with_one_worker() {
    let ages: Vec<i64> = spread(2000, 60, 29 * DAY).collect();
    let sandbox = sandbox(&ages, |sandbox| sandbox).await;
    for cap in [0_usize, 1, 99, 100, 101, 250, 799, 1500, 3000] {
        let before = sandbox.request_count();
        let list = client(&sandbox).list_batches(BatchFilter::new());
        let found = ids(list.max_items(cap as u64).concurrency(8)).await;
        assert_eq!(found, all(cap.min(2000)), "{cap}");
        let calls = sandbox.request_count() - before;
        let alone = cap.min(2000).div_ceil(100);
        assert!(calls <= alone * 3 / 2 + 1, "{cap}: {calls} calls");
    }
}

#[tokio::test]
async fn a_list_left_anywhere_goes_on_there() {
    let ages: Vec<i64> = spread(1000, 60, 29 * DAY).collect();
    let sandbox = sandbox(&ages, |sandbox| sandbox).await;
    let list = || client(&sandbox).list_batches(BatchFilter::new());
    let places = [0, 1, 99, 100, 333, 999, 1000];
    let runs = [(8, 3), (8, 1), (1, 8)].map(|run| places.map(|rows| (run, rows)));
    for ((workers, others), rows) in runs.into_iter().flatten() {
        let mut items = list().concurrency(workers).items();
        let first = items.by_ref().take(rows).map_ok(|batch| batch.id);
        let mut found: Vec<String> = first.try_collect().await.expect("rows");
        let checkpoint = items.checkpoint().expect("a valid request");
        drop(items);
        assert_eq!(checkpoint.delivered(), rows as u64);
        found.extend(ids(list().resume(checkpoint).concurrency(others)).await);
        assert_eq!(found, all(1000), "{workers} workers left after {rows}");
    }
}

/// Servers whose time filters are not to be trusted, and what the log says of them.
#[tokio::test]
async fn without_time_filters_one_worker_goes_on_alone() {
    type With = fn(SandboxBuilder) -> SandboxBuilder;
    let ignores: With = |sandbox| {
        sandbox.always(Fault::IgnoreFilters {
            filters: Vec::new(),
        })
    };
    let other_zone: With = |sandbox| sandbox.always(Quirk::ZoneOffsetHours(-5));
    let unordered: With = |sandbox| {
        sandbox.always(Fault::Order {
            is: Order::ReversedPages,
        })
    };
    let cases = [
        ("ignores", ignores, "does not heed its time filters"),
        ("other zone", other_zone, "in another zone"),
        (
            "unordered",
            unordered,
            "does not list the newest batches first",
        ),
    ];
    for (name, with, reported) in cases {
        let ages: Vec<i64> = spread(2000, 60, 29 * DAY).collect();
        let sandbox = sandbox(&ages, with).await;
        let list = || client(&sandbox).list_batches(BatchFilter::new());
        let expected = ids(list()).await;
        let alone = sandbox.request_count();
        take_log();
        assert_eq!(ids(list().concurrency(8)).await, expected, "{name}");
        let calls = sandbox.request_count() - alone;
        assert!(calls <= alone + 8, "{name}: {calls} calls, {alone} alone");
        let log = take_log();
        assert!(
            log.iter().any(|line| line.contains(reported)),
            "{name}: {log:?}"
        );
    }
}

/// One row in sixty matches a filter that the service ignores, and nearly none of those that are
/// compared where windows meet: those that do not match must be compared, too.
#[tokio::test]
async fn rows_are_checked_and_compared_whatever_the_service_makes_of_filters() {
    let zones = [-5, 7, 8, 10, 12].map(|hours| vec![Fault::from(Quirk::ZoneOffsetHours(hours))]);
    let ignores = |filters: &[FilterParam]| Fault::IgnoreFilters {
        filters: filters.to_vec(),
    };
    let ignored = vec![ignores(&[FilterParam::CreateBefore])];
    for (n, faults) in zones.into_iter().chain([ignored]).enumerate() {
        let rows = (0..3000).map(|n| {
            let status = ["completed", "failed"][usize::from(n % 60 == 0)];
            let row = row(format!("batch_{n:04}")).created_at(NOW - 60 - n * 700);
            row.status(status).build()
        });
        let sandbox = Sandbox::builder().rows(rows).now(NOW);
        let sandbox = sandbox.always(ignores(&[FilterParam::Status]));
        let sandbox = faults.into_iter().fold(sandbox, SandboxBuilder::always);
        let sandbox = sandbox.start().await.expect("a sandbox");
        let list = || {
            let filter = BatchFilter::new().statuses([BatchStatus::Failed]);
            client(&sandbox).list_batches(filter).page_size(50)
        };
        let expected = ids(list()).await;
        assert_eq!(expected.len(), 50);
        for workers in [2, 8, 32] {
            let found = ids(list().concurrency(workers)).await;
            assert_eq!(found, expected, "server {n}, {workers} workers");
        }
    }
}

/// Rows that an earlier run gave come again from a service that refuses its cursor and ignores its
/// filters: no window may give them.
#[tokio::test]
async fn windows_of_a_list_that_was_resumed_go_on_where_it_was_left() {
    let rows = (0..60).map(|n| {
        let status = ["completed", "failed", "completed"][n as usize % 3];
        let row = row(format!("batch_{n:04}")).created_at(NOW - DAY * (n / 5));
        row.status(status).build()
    });
    let filters = Vec::new();
    let sandbox = Sandbox::builder().rows(rows).now(NOW);
    let sandbox = sandbox
        .always(Fault::IgnoreFilters { filters })
        .always(Quirk::UnknownCursor(UnknownCursor::BadRequest))
        .always(Fault::EncodedIds { of: IdsOf::Page });
    let sandbox = sandbox.start().await.expect("a sandbox");
    let list = || {
        let filter = BatchFilter::new().statuses([BatchStatus::Failed]);
        client(&sandbox).list_batches(filter).page_size(4)
    };
    let all = ids(list()).await;
    assert_eq!(all.len(), 20);
    for rows in 1..20 {
        let mut items = list().items();
        let first = items.by_ref().take(rows).map_ok(|batch| batch.id);
        let mut found: Vec<String> = first.try_collect().await.expect("rows");
        let checkpoint = items.checkpoint().expect("a valid request");
        found.extend(ids(list().resume(checkpoint).concurrency(2)).await);
        assert_eq!(found, all, "resumed after {rows}");
    }
}

/// A window that does not start with the row behind its seam is given up: the others with it if
/// it has another row there, and alone if it has none.
#[tokio::test]
async fn windows_that_do_not_fit_are_given_up() {
    // No row is created in the second in which a window starts.
    let ages: Vec<i64> = (0..1000).map(|n| 60 + n * 2000 + n * n / 4).collect();
    let another_row = Fault::BadRow {
        at: 1,
        row: Value::Null,
    };
    let no_row = Fault::EmptyPage {
        has_more: false,
        cursor: EmptyCursor::None,
    };
    for (fault, warnings) in [(another_row, 1), (no_row, 0)] {
        let mut hits = 0;
        for request in 2..=12 {
            let script = Script::new().on(request, fault.clone());
            let sandbox = sandbox(&ages, |sandbox| sandbox.script(script)).await;
            let list = client(&sandbox).list_batches(BatchFilter::new());
            let list = list.unreadable_rows(UnreadableRows::Skip);
            take_log();
            let found = ids(list.concurrency(4)).await;
            let log = take_log();
            let requests = sandbox.requests();
            let Some(hit) = requests.iter().find(|request| !request.faults.is_empty()) else {
                continue;
            };
            let has = |name| hit.param(name).is_some();
            if has("create_before") && !has("create_after") && !has("after") {
                hits += 1;
                assert_eq!(found, all(1000), "{fault:?} at request {request}");
                let reported = |line: &&String| line.contains("do not list the same rows");
                assert_eq!(log.iter().filter(reported).count(), warnings, "{log:?}");
            }
        }
        assert!(hits > 2, "{hits}");
    }
}

/// Rows that no type can hold, alone and in a row, on both sides of where windows meet.
#[tokio::test]
async fn a_row_that_cannot_be_read_is_reported_once() {
    let cases = [4, 10].map(|size| [(2, 1), (7, 1), (9, 3)].map(|bad| (size, bad)));
    for (page_size, (of, bad)) in cases.into_iter().flatten() {
        let rows = (0..300).map(|n: i64| {
            let row = row(format!("batch_{n:04}")).created_at(NOW - 60 - n * 5000);
            let row = match n % of < bad {
                true => row.set("status", 7),
                false => row,
            };
            row.build()
        });
        let sandbox = Sandbox::builder().rows(rows).now(NOW).start();
        let sandbox = sandbox.await.expect("a sandbox");
        let reported = async |workers| {
            let list = client(&sandbox).list_batches(BatchFilter::new());
            let pages = list.page_size(page_size).concurrency(workers).pages();
            let pages: Vec<_> = pages.try_collect().await.expect("pages");
            let rows = pages.iter().flat_map(|page| &page.unreadable);
            let mut ids: Vec<_> = rows.map(|row| row.id.clone()).collect();
            ids.sort_unstable();
            ids
        };
        let alone = reported(1).await;
        for workers in [2, 4, 8] {
            let reported = reported(workers).await;
            assert_eq!(
                reported, alone,
                "{bad} of {of}, {page_size} a page, {workers} workers"
            );
        }
    }
}

/// No number of seconds is beyond what a response may hold.
#[tokio::test]
async fn rows_from_both_ends_of_time_are_listed() {
    let created_at = |id, at: i64| {
        let mut row = support::row(id);
        row["created_at"] = at.into();
        row
    };
    let first = [created_at("late", i64::MAX), created_at("early", i64::MIN)];
    let pages = [support::page(&first, true), support::page(&[], false)];
    let server = Server::start(pages.iter().map(Response::json)).await;
    let client = builder(&server.base_url(), &FakeClock::default()).build();
    let list = client.expect("a client").list_batches(BatchFilter::new());
    assert_eq!(ids(list.concurrency(4)).await, ["late", "early"]);
}

/// What is fetched and not yet read is bounded, however slow the reader is.
#[tokio::test]
async fn workers_wait_for_the_reader() {
    let ages: Vec<i64> = spread(6000, 60, 29 * DAY).collect();
    let sandbox = sandbox(&ages, |sandbox| sandbox).await;
    let list = client(&sandbox).list_batches(BatchFilter::new());
    let workers = 4;
    let mut pages = list.concurrency(workers).pages();
    let mut read = 0;
    while let Some(page) = pages.next().await {
        page.expect("a page");
        read += 1;
        let ahead = sandbox.request_count().saturating_sub(read);
        // Three pages a worker, the probe, and pages that met a neighbour at once.
        let overlaps = read / 2 + 2;
        assert!(
            ahead <= 3 * workers + overlaps,
            "{read} read, {ahead} ahead"
        );
    }
}

/// However long the page takes that the reader waits for, no more than that pile up behind it.
#[tokio::test]
async fn workers_wait_for_one_that_is_late() {
    let ages: Vec<i64> = spread(3000, 60, 29 * DAY).collect();
    let script = Script::new().on(2, Fault::stall());
    let sandbox = sandbox(&ages, |sandbox| sandbox.script(script)).await;
    let client = client(&sandbox);
    let list = || client.list_batches(BatchFilter::new());
    let workers = 4;
    let mut pages = list().concurrency(workers).pages();
    pages.next().await.expect("a page").expect("a page");
    let (late, others) = (pages.next(), 100);
    let round_trips = async {
        assert_eq!(sandbox.stalled(1).await, [2]);
        for _ in 0..others {
            list().page_size(1).page().await.expect("a page");
        }
    };
    tokio::select! {
        page = late => panic!("{page:?}"),
        () = round_trips => {}
    }
    // The page that was read, the probe, and three pages a worker.
    let most = 2 + 3 * workers;
    let calls = sandbox.request_count() - others;
    assert!((most - 1..=most).contains(&calls), "{calls} calls");
    sandbox.release();
    let rest: Vec<_> = pages.try_collect().await.expect("pages");
    assert_eq!(rest.iter().map(|page| page.rows.len()).sum::<usize>(), 2900);
}

#[tokio::test]
async fn a_deadline_ends_the_work_of_all_and_says_where() {
    let ages: Vec<i64> = spread(2000, 60, 29 * DAY).collect();
    let sandbox = sandbox(&ages, |sandbox| sandbox).await;
    let clock = FakeClock::default();
    let client = builder(sandbox.base_url(), &clock)
        .build()
        .expect("a client");
    let list = || client.list_batches(BatchFilter::new()).concurrency(4);
    let mut items = list().deadline(NEVER + Duration::from_secs(5)).items();
    let first = items.by_ref().take(150).map_ok(|batch| batch.id);
    let mut found: Vec<String> = first.try_collect().await.expect("rows");
    clock.advance(Duration::from_secs(6));
    let error = loop {
        match items.next().await.expect("an item") {
            Ok(batch) => found.push(batch.id),
            Err(error) => break error,
        }
    };
    assert!(error.is_timeout() && found.len() < 2000, "{error}");
    assert!(items.next().await.is_none());
    let place = error.checkpoint().expect("a place").clone();
    found.extend(ids(list().resume(place)).await);
    assert_eq!(found, all(2000));
}

/// A panic in a task, such as that of a caller's hook, is one where the stream is polled.
#[tokio::test]
async fn a_hook_that_panics_ends_the_reader() {
    let ages: Vec<i64> = spread(2000, 60, 29 * DAY).collect();
    for (workers, prefetch) in [(1, false), (1, true), (4, false)] {
        let script = Script::new().on(4, Fault::from(Fault::status(500)));
        let sandbox = sandbox(&ages, |sandbox| sandbox.script(script)).await;
        let client = builder(sandbox.base_url(), &FakeClock::default())
            .on_retry(|_| panic!("a hook"))
            .build();
        let list = client
            .expect("a client")
            .list_batches(BatchFilter::new())
            .concurrency(workers)
            .prefetch(prefetch);
        let reader = tokio::spawn(list.items().count());
        let panic = reader.await.expect_err("a panic").into_panic();
        assert_eq!(
            panic.downcast_ref(),
            Some(&"a hook"),
            "{workers} {prefetch}"
        );
    }
}

/// Whatever is under way ends with the stream.
#[tokio::test]
async fn nothing_goes_on_when_the_stream_is_dropped() {
    let ages: Vec<i64> = spread(2000, 60, 29 * DAY).collect();
    let script = Script::new().on(3.., Fault::stall());
    let sandbox = sandbox(&ages, |sandbox| sandbox.script(script)).await;
    let list = client(&sandbox).list_batches(BatchFilter::new());
    let mut items = list.concurrency(4).items();
    assert!(items.next().await.is_some());
    assert!(sandbox.stalled(2).await.len() <= 4);
    drop(items);
    while !sandbox.stalled(0).await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn workers_are_one_to_thirty_two() {
    let sandbox = sandbox(&[], |sandbox| sandbox).await;
    for (workers, valid) in [(0, false), (1, true), (32, true), (33, false)] {
        let list = client(&sandbox).list_batches(BatchFilter::new());
        let result = list.concurrency(workers).items().next().await;
        match result {
            None => assert!(valid, "{workers}"),
            Some(result) => {
                let error = result.expect_err("no rows");
                assert!(
                    !valid && error.to_string().contains("from 1 to 32"),
                    "{error}"
                );
            }
        }
    }
}

/// A server that does not list the newest batches first: windows hide what comes behind older rows, in
/// another window. The list is whole, or an error says that it may not be, and cannot be resumed.
#[tokio::test]
async fn windows_on_a_server_without_order_lose_no_row_in_silence() {
    let every = |every| Order::SomeLast { every };
    let cases = [
        Order::OldestFirst,
        Order::Interleaved,
        Order::TwoRuns,
        Order::ReversedPages,
        every(2),
        every(3),
        every(7),
        every(50),
        every(599),
    ];
    for ((order, rows), workers) in cases
        .into_iter()
        .flat_map(|order| [101, 600, 2000].map(|rows| (order, rows)))
        .flat_map(|case| [2, 8].map(|workers| (case, workers)))
    {
        let ages: Vec<i64> = spread(rows, 60, 29 * DAY).collect();
        let sandbox = sandbox(&ages, |sandbox| sandbox.always(Fault::Order { is: order })).await;
        let list = || client(&sandbox).list_batches(BatchFilter::new());
        let case = format!("{order:?}, {rows} rows, {workers} workers");
        let items = list().concurrency(workers).items();
        let found: Result<Vec<_>, Error> = items.map_ok(|it| it.id).try_collect().await;
        match found {
            Ok(ids) => {
                let once: BTreeSet<&String> = ids.iter().collect();
                assert_eq!(
                    (ids.len(), once.len()),
                    (rows as usize, rows as usize),
                    "{case}"
                );
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Pagination, "{case}: {error}");
                let place = error.checkpoint().expect("a place").clone();
                let again = list().resume(place).items().try_next().await;
                let error = again.expect_err("rows may be missing before it");
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{case}: {error}");
            }
        }
        assert_eq!(ids(list()).await.len(), rows as usize, "{case}");
    }
}
