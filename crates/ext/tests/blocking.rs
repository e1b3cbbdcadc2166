//! The client that blocks: the same rows, pages, errors and places, from any thread.

use std::time::Duration;

use qwen_batches::{BatchFilter, ErrorKind, RateLimit, RetryPolicy, WatchEvent, blocking};
use qwen_batches_sandbox::{Fault, Sandbox, Script, row};
use tokio::runtime::Runtime;

const NOW: i64 = 1_775_001_600;
const DAY: i64 = 24 * 3600;
/// A time limit that is there for a test that hangs.
const LONG: Duration = Duration::from_secs(60);

/// A server of `count` rows of the last days, on threads of its own.
fn sandbox(count: i64, script: Script) -> (Runtime, Sandbox) {
    let runtime = Runtime::new().expect("a runtime");
    let rows = (0..count).map(|n| {
        row(format!("batch_{n:04}"))
            .created_at(NOW - 60 - n * 25 * DAY / count)
            .status("completed")
            .build()
    });
    let sandbox = Sandbox::builder().rows(rows).now(NOW).script(script);
    let sandbox = runtime.block_on(sandbox.start()).expect("a sandbox");
    (runtime, sandbox)
}

fn client(sandbox: &Sandbox) -> blocking::Client {
    blocking::Client::builder()
        .api_key("sk-ext-tests")
        .base_url(sandbox.base_url())
        .rate_limit(RateLimit::off())
        .retry(RetryPolicy::off())
        .timeout(LONG)
        .build_blocking()
        .expect("a client")
}

fn list(client: &blocking::Client) -> blocking::ListBatches {
    client.list_batches(BatchFilter::new())
}

fn ids(items: blocking::Items) -> Vec<String> {
    items.map(|item| item.expect("a row").id).collect()
}

fn all(rows: usize) -> Vec<String> {
    (0..rows).map(|n| format!("batch_{n:04}")).collect()
}

#[test]
fn one_batch_and_its_results_are_read_as_well() {
    let runtime = Runtime::new().expect("a runtime");
    let made = row("batch_x").created_at(NOW).status("completed");
    let made = made
        .set("output_file_id", "file-out")
        .set("error_file_id", "file-err");
    let sandbox = Sandbox::builder()
        .rows([made.request_counts(9, 7, 2)])
        .now(NOW)
        // The second file is cut once.
        .script(Script::new().on(3, Fault::cut_body(100)));
    let sandbox = runtime.block_on(sandbox.start()).expect("a sandbox");
    let client = client(&sandbox);
    let batch = client.batch("batch_x").get().expect("a batch");
    let mut lines = client.results(&batch).lines();
    let mut read: Vec<_> = lines
        .by_ref()
        .take(7)
        .map(|line| line.expect("a line"))
        .collect();
    // Without retries, the cut is an error that one can go on behind.
    let error = lines.next().expect("a cut").expect_err("a cut");
    let place = error.results_checkpoint().cloned().expect("a checkpoint");
    assert_eq!((error.kind(), place.delivered()), (ErrorKind::Transport, 7));
    assert_eq!(lines.checkpoint(), Some(place.clone()));
    let mut rest = client.results(&batch).resume(place).lines();
    read.extend(rest.by_ref().map(|line| line.expect("a line")));
    let succeeded = read.iter().filter(|line| line.result.is_ok()).count();
    assert_eq!((read.len(), succeeded), (9, 7));
    assert!(rest.report().is_some_and(|report| report.is_complete()));
    let mut chunks = client.file("file-err").chunks();
    let text: Vec<_> = chunks
        .by_ref()
        .flat_map(|chunk| chunk.expect("bytes"))
        .collect();
    assert_eq!(chunks.position(), text.len() as u64);
    assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[test]
fn pages_and_items_are_iterators() {
    let (_runtime, sandbox) = sandbox(25, Script::new());
    let client = client(&sandbox);
    assert_eq!(client.base_url(), sandbox.base_url());
    let page = list(&client).page_size(10).page().expect("a page");
    assert_eq!((page.rows.len(), page.has_more), (10, true));
    let pages = list(&client).page_size(10).pages();
    let sizes: Vec<_> = pages.map(|page| page.expect("a page").rows.len()).collect();
    assert_eq!(sizes, [10, 10, 5]);
    let after = list(&client).after("batch_0004").page_size(7).max_items(15);
    assert_eq!(ids(after.items()), all(25)[5..20]);
    let raw = client.raw([("limit", "1")]).expect("a response");
    assert_eq!(raw.status, 200);
}

#[test]
fn a_list_goes_on_where_it_was_left() {
    let (_runtime, sandbox) = sandbox(25, Script::new());
    let client = client(&sandbox);
    let mut items = list(&client).page_size(10).items();
    let mut found: Vec<_> = items
        .by_ref()
        .take(13)
        .map(|item| item.expect("a row").id)
        .collect();
    let place = items.checkpoint().expect("a place");
    drop(items);
    assert_eq!(place.delivered(), 13);
    found.extend(ids(list(&client).resume(place).items()));
    assert_eq!(found, all(25));
}

#[test]
fn errors_are_the_same_and_iterators_stay_alive() {
    let script = Script::new().on(2, Fault::from(Fault::status(500)));
    let (_runtime, sandbox) = sandbox(25, script);
    let client = client(&sandbox);
    let mut pages = list(&client).page_size(10).pages();
    assert!(pages.next().expect("an item").is_ok());
    let error = pages
        .next()
        .expect("an item")
        .expect_err("an error response");
    assert_eq!(
        (error.kind(), error.is_retryable()),
        (ErrorKind::Server, true)
    );
    assert_eq!(error.cursor(), Some("batch_0009"));
    assert_eq!(pages.by_ref().filter(Result::is_ok).count(), 2);
    assert!(pages.next().is_none());

    let error = list(&client).page_size(0).page().expect_err("no such size");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

/// A page ahead comes while the reader does something else, on the client's own thread.
#[test]
fn the_next_page_comes_while_the_reader_works() {
    let (runtime, sandbox) = sandbox(30, Script::new().on(2, Fault::stall()));
    let client = client(&sandbox);
    let mut items = list(&client).page_size(10).prefetch(true).items();
    assert!(items.next().is_some());
    assert_eq!(runtime.block_on(sandbox.stalled(1)), [2]);
    sandbox.release();
    assert_eq!(items.count(), 29);
}

#[test]
fn several_workers_give_the_rows_of_one() {
    let (_runtime, sandbox) = sandbox(1000, Script::new());
    let client = client(&sandbox);
    assert_eq!(ids(list(&client).concurrency(8).items()), all(1000));
}

#[test]
fn a_watch_ends_when_all_are_done() {
    let (_runtime, sandbox) = sandbox(3, Script::new());
    let watch = client(&sandbox).watch(BatchFilter::new());
    let watch = watch.interval(Duration::from_millis(10));
    let changes: Result<Vec<_>, _> = watch.events().collect();
    let changes = changes.expect("changes");
    let finished = |change: &&WatchEvent| matches!(change, WatchEvent::Finished { .. });
    assert_eq!(changes.iter().filter(finished).count(), 3, "{changes:?}");
    assert!(
        matches!(changes.last(), Some(WatchEvent::Polled(_))),
        "{changes:?}"
    );
}

#[test]
fn clones_share_their_thread_and_outlive_one_another() {
    let (_runtime, sandbox) = sandbox(250, Script::new());
    let client = client(&sandbox);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let client = client.clone();
            std::thread::spawn(move || ids(list(&client).page_size(50).items()))
        })
        .collect();
    drop(client);
    for thread in threads {
        assert_eq!(thread.join().expect("a thread"), all(250));
    }
}

/// Whether a runtime is around, and which, does not matter: it blocks, and does not panic.
#[test]
fn within_an_async_runtime_it_blocks() {
    let (_runtime, sandbox) = sandbox(2000, Script::new());
    let current = tokio::runtime::Builder::new_current_thread().build();
    for runtime in [current, Runtime::new()] {
        let runtime = runtime.expect("a runtime");
        // More rows than a task may read without giving way.
        let work = async { ids(list(&client(&sandbox)).page_size(1000 / 20).items()) };
        assert_eq!(runtime.block_on(work), all(2000));
        let base_url = sandbox.base_url().to_owned();
        let spawned = runtime.spawn(async move {
            let client = blocking::Client::builder().api_key("sk").base_url(base_url);
            let client = client.build_blocking().expect("a client");
            list(&client).page().map(|page| page.rows.len())
        });
        let rows = runtime.block_on(spawned).expect("no panic");
        assert_eq!(rows.expect("a page"), 100);
    }
}
