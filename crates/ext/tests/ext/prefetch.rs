//! One page ahead of the reader, and never more.

use futures::{StreamExt as _, TryStreamExt as _};
use qwen_batches::{BatchFilter, Client, ListBatches};
use qwen_batches_sandbox::{Fault, Sandbox, Script, row};

use crate::support::client;

const NOW: i64 = 1_775_001_600;

async fn sandbox(script: Script) -> (Sandbox, Client) {
    let rows = (0..30).map(|n| {
        row(format!("batch_{n:02}"))
            .created_at(NOW - 60 - n)
            .build()
    });
    let sandbox = Sandbox::builder().rows(rows).now(NOW).script(script);
    let sandbox = sandbox.start().await.expect("a sandbox");
    let client = client(sandbox.base_url());
    (sandbox, client)
}

fn list(client: &Client) -> ListBatches {
    let list = client.list_batches(BatchFilter::new());
    list.page_size(10).prefetch(true)
}

/// Which request the next one is: whatever was on its way before it has arrived.
async fn next_request(sandbox: &Sandbox, client: &Client) -> usize {
    let list = client.list_batches(BatchFilter::new());
    list.page().await.expect("a page");
    sandbox.request_count()
}

#[tokio::test]
async fn nothing_is_fetched_before_the_first_row_is_asked_for() {
    let (sandbox, client) = sandbox(Script::new()).await;
    let items = list(&client).items();
    assert_eq!(next_request(&sandbox, &client).await, 1);
    drop(items);
}

#[tokio::test]
async fn the_next_page_comes_while_the_reader_works_and_no_other() {
    let (sandbox, client) = sandbox(Script::new().on(2, Fault::stall())).await;
    let mut items = list(&client).items();
    assert!(items.next().await.is_some());
    assert_eq!(sandbox.stalled(1).await, [2]);
    sandbox.release();
    let rest: Vec<_> = items.by_ref().take(9).try_collect().await.expect("rows");
    assert_eq!((rest.len(), sandbox.request_count()), (9, 2));
    // However long the reader works on the first page, the third is not asked for.
    assert_eq!(next_request(&sandbox, &client).await, 3);
    assert_eq!(items.count().await, 20);
}

#[tokio::test]
async fn nothing_is_fetched_beyond_the_cap() {
    for (cap, pages) in [(1, 1), (10, 1), (11, 2), (30, 3)] {
        let (sandbox, client) = sandbox(Script::new()).await;
        let items = list(&client).max_items(cap).items();
        assert_eq!(items.count().await as u64, cap);
        assert_eq!(next_request(&sandbox, &client).await, pages + 1, "{cap}");
    }
}

#[tokio::test]
async fn nothing_goes_on_when_the_stream_is_dropped() {
    let (sandbox, client) = sandbox(Script::new().on(2, Fault::stall())).await;
    let mut items = list(&client).items();
    assert!(items.next().await.is_some());
    assert_eq!(sandbox.stalled(1).await, [2]);
    drop(items);
    while !sandbox.stalled(0).await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn after_an_error_nothing_is_fetched_until_the_reader_asks_again() {
    let refuse = || Fault::from(Fault::status(500));
    let (sandbox, client) = sandbox(Script::new().on(2..=6, refuse())).await;
    let mut items = list(&client).items();
    let first: Vec<_> = items.by_ref().take(10).try_collect().await.expect("rows");
    let error = items.next().await.expect("an item").expect_err("an error");
    let checkpoint = error.checkpoint().expect("a place");
    assert_eq!(checkpoint.cursor(), first.last().map(|batch| &*batch.id));
    let failed = sandbox.request_count();
    assert_eq!(next_request(&sandbox, &client).await, failed + 1);
    assert_eq!(items.count().await, 20);
}
