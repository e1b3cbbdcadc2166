//! A list can be left at any row and gone on with, in this process or another.

use futures::{StreamExt as _, TryStreamExt as _};
use qwen_batches::{BatchFilter, Checkpoint, Client, Items};
use qwen_batches_sandbox::{Sandbox, row as sandbox_row};
use serde_json::{Value, json};

use crate::support::{Response, Server, client, faulty, moved, page, row};

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
    let first = page(&[row("batch_3")], true);
    let empty = page(&[], true);
    let server = Server::start([Response::json(&first), Response::json(&empty)]).await;
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
        Response::json(&page(&[row("batch_3"), row("batch_2")], true)),
        Response::new(400, &[], ""),
    ];
    let server = Server::start(script).await;
    let mut items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    assert_eq!(take(&mut items, 2).await, ["batch_3", "batch_2"]);
    let error = items
        .next()
        .await
        .expect("an item")
        .expect_err("an error response");
    let checkpoint = error.into_checkpoint().expect("a place");
    assert_eq!(checkpoint.delivered(), 2);
    assert_eq!(checkpoint.cursor(), Some("batch_2"));

    let server = Server::start([Response::json(&page(&[row("batch_1")], false))]).await;
    let client = client(&server.base_url());
    let mut rest = client
        .list_batches(BatchFilter::new())
        .resume(moved(&checkpoint, &server.base_url()))
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
    let start = |rows: Vec<Value>, unknown_cursor: &str| {
        let quirk = format!(r#"{{"quirk": {{"unknown_cursor": "{unknown_cursor}"}}}}"#);
        let sandbox = Sandbox::builder().rows(rows).now(NOW);
        let sandbox = sandbox.script(faulty(&[&quirk]));
        async { sandbox.start().await.expect("a sandbox") }
    };
    let unknown_cursors = ["bad_request", "not_found", "empty_page", "first_page"];
    let places = (1..30).flat_map(|row| unknown_cursors.map(|unknown| (row, unknown)));
    for (left_after, unknown_cursor) in places {
        let whole = start(rows.clone(), unknown_cursor).await;
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
        let without = start(rest, unknown_cursor).await;
        let list = client(without.base_url())
            .list_batches(filter())
            .page_size(4);
        ids.extend(
            take(
                &mut list.resume(moved(&checkpoint, without.base_url())).items(),
                100,
            )
            .await,
        );
        assert_eq!(
            ids,
            expected[..27],
            "left after {left_after}, {unknown_cursor}"
        );
    }
}

#[tokio::test]
async fn rows_that_come_again_are_dropped() {
    let script = [
        page(&[row("batch_5"), row("batch_4")], true),
        page(&[row("batch_4"), row("batch_3")], true),
        page(&[row("batch_5"), row("batch_2")], false),
    ];
    let server = Server::start(script.iter().map(Response::json)).await;
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
    let server = Server::start([Response::json(&first)]).await;
    let mut items = client(&server.base_url())
        .list_batches(BatchFilter::new())
        .items();
    assert_eq!(take(&mut items, 2).await, ["batch_3", "batch_2"]);
    let checkpoint = stored(&items);

    let server = Server::start([Response::json(&page(&[row("batch_1")], false))]).await;
    let client = client(&server.base_url());
    let mut rest = client
        .list_batches(BatchFilter::new())
        .resume(moved(&checkpoint, &server.base_url()))
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

#[tokio::test]
async fn a_checkpoint_belongs_to_its_server() {
    let (_sandbox, client, ids) = sandbox(23).await;
    let mut items = client.list_batches(BatchFilter::new()).page_size(5).items();
    take(&mut items, 7).await;
    let checkpoint = stored(&items);
    // On its own server it needs nothing else.
    let rest = client.resume(checkpoint.clone()).items();
    let rest: Vec<_> = rest
        .map_ok(|batch| batch.id)
        .try_collect()
        .await
        .expect("the rest");
    assert_eq!(rest, ids[7..]);
    let other = sandbox_of(23).await;
    let client = crate::support::client(other.base_url());
    let error = client
        .resume(checkpoint.clone())
        .page()
        .await
        .expect_err("another server");
    assert!(error.is_invalid_request(), "{error}");
    assert!(
        error
            .to_string()
            .contains("the checkpoint belongs to http://127.0.0.1:"),
        "{error}"
    );
    assert_eq!(other.request_count(), 0);
    // Nor is it that of another path there, and a list that has ended has not ended elsewhere.
    let mut ended = serde_json::to_value(&checkpoint).expect("JSON");
    ended["ended"] = true.into();
    let server = other.base_url();
    for base_url in [
        server.replace("/v1", "/v2"),
        server.replace("http:", "https:"),
        server.replace("127.0.0.1", "localhost"),
    ] {
        ended["server"] = base_url.into();
        let ended: Checkpoint = serde_json::from_value(ended.clone()).expect("a checkpoint");
        let mut items = client.resume(ended).items();
        let error = items
            .next()
            .await
            .expect("an item")
            .expect_err("another server");
        assert!(error.is_invalid_request(), "{error}");
    }
    assert_eq!(other.request_count(), 0);
}

async fn sandbox_of(batches: usize) -> Sandbox {
    sandbox(batches).await.0
}

#[tokio::test]
async fn a_checkpoint_carries_its_filter_unless_that_is_secret_or_long() {
    let day = |day: &str| {
        format!("2026-03-0{day}T00:00:00Z")
            .parse::<jiff::Timestamp>()
            .expect("an instant")
    };
    let long = (0..20).map(|n| format!("file-batch-{n}-{}", "x".repeat(150)));
    for (filter, carried) in [
        (BatchFilter::new(), true),
        (
            BatchFilter::new()
                .name_contains("a")
                .created_after(day("1")),
            true,
        ),
        (
            BatchFilter::new().input_files(["oss:cn-beijing:bucket/in.jsonl"]),
            true,
        ),
        (
            BatchFilter::new().input_files(["https://b.example/in?Signature=hidden"]),
            false,
        ),
        (BatchFilter::new().input_files(long), false),
    ] {
        let server = Server::start([Response::json(&page(&[], false))]).await;
        let client = client(&server.base_url());
        let mut items = client.list_batches(filter.clone()).items();
        assert!(items.next().await.is_none());
        let json = serde_json::to_string(&stored(&items)).expect("JSON");
        assert!(!json.contains("hidden"), "{json}");
        let mut checkpoint = serde_json::from_str::<Value>(&json).expect("JSON");
        checkpoint["ended"] = false.into();
        let checkpoint: Checkpoint = serde_json::from_value(checkpoint).expect("a checkpoint");
        assert_eq!(checkpoint.filter(), carried.then_some(&filter));
        let resumed = client.resume(checkpoint.clone()).page().await;
        assert_eq!(resumed.is_ok(), carried);
        if let Err(error) = resumed {
            assert!(
                error.to_string().contains("does not hold its filter"),
                "{error}"
            );
            let list = client.list_batches(filter).resume(checkpoint);
            list.page().await.expect("a page");
        }
    }
}

/// As version 1 was written first.
#[tokio::test]
async fn an_old_word_is_readable() {
    let json = r#"{"v":1,"server":"https://dashscope.aliyuncs.com/compatible-mode/v1","filter":{"statuses":["failed"],"created_after":"2026-03-01T00:00:00Z"},"cursor":"batch_7","delivered":7,"last_created_at":1772323200,"last_ids":["00000000deadbeef"],"by_time":true,"unreadable":{"count":1,"ids":["batch_bad"]},"ended":false}"#;
    let word = "eyJ2IjoxLCJzZXJ2ZXIiOiJodHRwczovL2Rhc2hzY29wZS5hbGl5dW5jcy5jb20vY29tcGF0aWJsZS1tb2RlL3YxIiwiZmlsdGVyIjp7InN0YXR1c2VzIjpbImZhaWxlZCJdLCJjcmVhdGVkX2FmdGVyIjoiMjAyNi0wMy0wMVQwMDowMDowMFoifSwiY3Vyc29yIjoiYmF0Y2hfNyIsImRlbGl2ZXJlZCI6NywibGFzdF9jcmVhdGVkX2F0IjoxNzcyMzIzMjAwLCJsYXN0X2lkcyI6WyIwMDAwMDAwMGRlYWRiZWVmIl0sImJ5X3RpbWUiOnRydWUsInVucmVhZGFibGUiOnsiY291bnQiOjEsImlkcyI6WyJiYXRjaF9iYWQiXX0sImVuZGVkIjpmYWxzZX0";
    let checkpoint: Checkpoint = word.parse().expect("a checkpoint");
    assert_eq!(serde_json::to_string(&checkpoint).expect("JSON"), json);
    assert_eq!(checkpoint.delivered(), 7);
    assert_eq!(checkpoint.to_string(), word);
    let newer = json.replace(r#""v":1"#, r#""v":2"#);
    let error = serde_json::from_str::<Checkpoint>(&newer).expect_err("version 2");
    assert!(error.to_string().contains("version 2"), "{error}");
}

#[tokio::test]
async fn a_word_stays_short_whatever_is_listed() {
    let long_id = |n: usize| format!("batch_{n}_{}", "y".repeat(2_000));
    let short_id = |n: usize| format!("batch_{n}");
    for (id, resumable) in [
        (&short_id as &dyn Fn(usize) -> String, true),
        (&long_id, false),
    ] {
        let mut rows: Vec<Value> = (0..100).map(|n| row(&id(n))).collect();
        rows.extend((0..10_000).map(|n| json!({ "id": format!("bad_{n}_{}", "z".repeat(300)) })));
        let files = (0..9).map(|n| format!("file-batch-{n}-{}", "x".repeat(180)));
        let filter = BatchFilter::new().input_files(files.chain(["file-batch-1".to_owned()]));
        let server = Server::start([
            Response::json(&page(&rows, true)),
            Response::new(400, &[], ""),
        ])
        .await;
        let mut items = client(&server.base_url())
            .list_batches(filter.clone())
            .items();
        assert_eq!(take(&mut items, 100).await.len(), 100);
        let error = items
            .next()
            .await
            .expect("an item")
            .expect_err("an error response");
        let checkpoint = error.checkpoint().expect("a place");
        let word = checkpoint.to_string();
        assert!(word.len() < 4096, "{}", word.len());
        let checkpoint: Checkpoint = word.parse().expect("a checkpoint");
        let client = client(&server.base_url());
        let error = client
            .list_batches(filter)
            .resume(checkpoint)
            .page()
            .await
            .expect_err("400");
        assert_eq!(error.is_invalid_request(), !resumable, "{error}");
    }
}
