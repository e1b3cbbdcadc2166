//! A list can be left at any row and gone on with, in this process or another.

use futures::{StreamExt as _, TryStreamExt as _};
use qwen_batches::{BatchFilter, Checkpoint, Client, Items};
use qwen_batches_sandbox::{Sandbox, row as sandbox_row};
use serde_json::{Value, json};

use crate::support::{Answer, Server, client, page, row};

const NOW: i64 = 1_772_323_200;

async fn sandbox(batches: usize) -> (Sandbox, Client, Vec<String>) {
    let sandbox = Sandbox::builder()
        .batches(batches)
        .seed(3)
        .now(NOW)
        .start()
        .await;
    let sandbox = sandbox.expect("a sandbox");
    let client = client(sandbox.base_url());
    let rows = sandbox.rows();
    let ids = rows
        .iter()
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect();
    (sandbox, client, ids)
}

async fn take(items: &mut Items, rows: usize) -> Vec<String> {
    let items = items.by_ref().take(rows).map_ok(|batch| batch.id);
    items.try_collect().await.expect("rows")
}

/// The checkpoint as another process would have it.
fn stored(items: &Items) -> Checkpoint {
    let checkpoint = items.checkpoint().expect("a valid request");
    let word: Checkpoint = checkpoint.to_string().parse().expect("a checkpoint");
    let json = serde_json::to_string(&checkpoint).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Checkpoint>(&json).expect("a checkpoint"),
        word
    );
    word
}

#[tokio::test]
async fn a_list_left_at_any_row_goes_on_behind_it() {
    let (_sandbox, client, expected) = sandbox(23).await;
    let list = || client.list_batches(BatchFilter::new()).page_size(5);
    for rows in 0..=23 {
        let mut items = list().items();
        let mut ids = take(&mut items, rows).await;
        let checkpoint = stored(&items);
        drop(items);
        assert_eq!(checkpoint.delivered(), rows as u64);
        // Another page size is no other list; a cap counts the rows of all runs.
        let mut rest = list().page_size(7).max_items(20).resume(checkpoint).items();
        ids.extend(take(&mut rest, 100).await);
        assert_eq!(ids, expected[..rows.max(20)], "left after {rows}");
    }
}

#[tokio::test]
async fn a_list_that_has_ended_stays_ended() {
    let (sandbox, client, _) = sandbox(5).await;
    let mut items = client.list_batches(BatchFilter::new()).items();
    assert_eq!(take(&mut items, 100).await.len(), 5);
    let checkpoint = stored(&items);
    assert!(checkpoint.has_ended());
    let requests = sandbox.request_count();
    let mut again = client
        .list_batches(BatchFilter::new())
        .resume(checkpoint)
        .items();
    assert!(again.next().await.is_none());
    assert_eq!(sandbox.request_count(), requests);
}

#[tokio::test]
async fn a_cap_is_not_the_end_of_a_list() {
    let (_sandbox, client, expected) = sandbox(12).await;
    for page_size in [2, 3, 7] {
        let list = || client.list_batches(BatchFilter::new()).page_size(page_size);
        let mut capped = list().max_items(5).items();
        assert_eq!(take(&mut capped, 100).await, expected[..5]);
        assert!(capped.next().await.is_none());
        let checkpoint = stored(&capped);
        assert!(!checkpoint.has_ended());
        assert_eq!(
            take(&mut list().resume(checkpoint).items(), 100).await,
            expected[5..]
        );
    }
}

#[tokio::test]
async fn a_list_that_does_not_add_up_has_not_ended() {
    let lost = page(&[row("batch_3")], true);
    let lost = json!({ "object": "list", "data": lost["data"], "has_more": true, "last_id": "" });
    let mut empty = page(&[], true);
    empty["first_id"] = Value::Null;
    let server = Server::start([Answer::json(&lost), Answer::json(&empty)]).await;
    let mut items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    assert_eq!(take(&mut items, 1).await, ["batch_3"]);
    let error = items.next().await.expect("an item").expect_err("no cursor");
    let checkpoint = error.checkpoint().expect("a place");
    assert!(!checkpoint.has_ended());
    assert_eq!(checkpoint.cursor(), Some("batch_3"));
}

#[tokio::test]
async fn pages_are_left_whole() {
    let (_sandbox, client, expected) = sandbox(12).await;
    let mut pages = client.list_batches(BatchFilter::new()).page_size(5).pages();
    let first = pages.next().await.expect("a page").expect("a page");
    assert_eq!(first.rows.len(), 5);
    let checkpoint = pages.checkpoint().expect("a valid request");
    let mut rest = client
        .list_batches(BatchFilter::new())
        .resume(checkpoint)
        .items();
    assert_eq!(take(&mut rest, 100).await, expected[5..]);
}

#[tokio::test]
async fn another_filter_is_refused() {
    let (sandbox, client, _) = sandbox(3).await;
    let mut items = client
        .list_batches(BatchFilter::new().name_contains("a"))
        .items();
    let _ = items.next().await;
    let requests = sandbox.request_count();
    let other = client
        .list_batches(BatchFilter::new().name_contains("b"))
        .resume(stored(&items));
    let error = other.page().await.expect_err("another filter");
    assert!(error.is_invalid_request(), "{error}");
    assert!(
        error
            .to_string()
            .contains("resume: the checkpoint is that of a list"),
        "{error}"
    );
    assert_eq!(sandbox.request_count(), requests);
}

#[tokio::test]
async fn the_order_of_statuses_makes_no_other_filter() {
    use qwen_batches::BatchStatus::{Completed, Failed};

    let (_sandbox, client, _) = sandbox(30).await;
    let mut items = client
        .list_batches(BatchFilter::new().statuses([Failed, Completed]))
        .items();
    let _ = items.next().await;
    let same = BatchFilter::new().statuses([Completed, Failed, Completed]);
    assert!(
        client
            .list_batches(same)
            .resume(stored(&items))
            .page()
            .await
            .is_ok()
    );
}

#[test]
fn other_text_is_no_checkpoint() {
    for text in [
        "",
        "x",
        "batch_1",
        "e30",
        "bnVsbA",
        "€",
        "[]",
        &"A".repeat(100_000),
    ] {
        let error = text.parse::<Checkpoint>().expect_err(text).to_string();
        assert!(error.contains("not a checkpoint"), "{text}: {error}");
    }
}

#[tokio::test]
async fn errors_carry_the_place() {
    let script = [
        Answer::json(&page(&[row("batch_3"), row("batch_2")], true)),
        Answer::new(400, &[], ""),
    ];
    let server = Server::start(script).await;
    let mut items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    assert_eq!(take(&mut items, 2).await, ["batch_3", "batch_2"]);
    let error = items.next().await.expect("an item").expect_err("a refusal");
    let checkpoint = error.checkpoint().expect("a place").clone();
    assert_eq!(checkpoint.delivered(), 2);
    assert_eq!(checkpoint.cursor(), Some("batch_2"));

    let server = Server::start([Answer::json(&page(&[row("batch_1")], false))]).await;
    let client = client(&server.base_url());
    let mut rest = client
        .list_batches(BatchFilter::new())
        .resume(checkpoint)
        .items();
    assert_eq!(take(&mut rest, 9).await, ["batch_1"]);
    assert!(
        server.requests()[0].contains("after=batch_2"),
        "{:?}",
        server.requests()
    );
}

#[tokio::test]
async fn a_refused_cursor_falls_back_to_time() {
    // Three rows in each second, so that rows of one second lie on both sides of the checkpoint.
    let rows: Vec<Value> = (0..30)
        .map(|n| {
            sandbox_row(format!("batch_{n:02}"))
                .created_at(NOW - 100 - n / 3)
                .input_file_id("file-batch-1")
                .build()
        })
        .collect();
    let expected: Vec<String> = (0..30).map(|n| format!("batch_{n:02}")).collect();
    let start = |rows: Vec<Value>| async {
        Sandbox::builder()
            .rows(rows)
            .now(NOW)
            .start()
            .await
            .expect("a sandbox")
    };
    for left_after in 1..30 {
        let whole = start(rows.clone()).await;
        let filter = || {
            let after = jiff::Timestamp::from_second(NOW - 108).expect("an instant");
            BatchFilter::new().created_after(after)
        };
        let mut items = client(whole.base_url())
            .list_batches(filter())
            .page_size(4)
            .items();
        let mut ids = take(&mut items, left_after).await;
        let checkpoint = stored(&items);
        // The batch of the cursor is gone, and with it the service's idea of where it was.
        let mut rest = rows.clone();
        rest.retain(|row| row["id"].as_str() != checkpoint.cursor());
        let without = start(rest).await;
        let list = client(without.base_url())
            .list_batches(filter())
            .page_size(4);
        ids.extend(take(&mut list.resume(checkpoint).items(), 100).await);
        assert_eq!(ids, expected[..27], "left after {left_after}");
    }
}

#[tokio::test]
async fn rows_that_come_again_are_dropped() {
    let script = [
        page(&[row("batch_5"), row("batch_4")], true),
        page(&[row("batch_4"), row("batch_3")], true),
        page(&[row("batch_5"), row("batch_2")], false),
    ];
    let server = Server::start(script.iter().map(Answer::json)).await;
    let mut items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    assert_eq!(
        take(&mut items, 9).await,
        ["batch_5", "batch_4", "batch_3", "batch_2"]
    );
}

#[tokio::test]
async fn unreadable_rows_outlive_the_run() {
    let bad = json!({ "id": "batch_bad" });
    let first = page(&[row("batch_3"), bad, row("batch_2")], true);
    let server = Server::start([Answer::json(&first)]).await;
    let mut items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    assert_eq!(take(&mut items, 2).await, ["batch_3", "batch_2"]);
    let checkpoint = stored(&items);

    let server = Server::start([Answer::json(&page(&[row("batch_1")], false))]).await;
    let client = client(&server.base_url());
    let mut rest = client
        .list_batches(BatchFilter::new())
        .resume(checkpoint)
        .items();
    assert_eq!(take(&mut rest, 1).await, ["batch_1"]);
    let error = rest
        .next()
        .await
        .expect("an item")
        .expect_err("the bad row");
    assert_eq!(error.unreadable()[0].id.as_deref(), Some("batch_bad"));
    assert!(rest.next().await.is_none());
}
