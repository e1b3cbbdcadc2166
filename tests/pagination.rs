//! The client against the sandbox: each batch once, in order, in as many requests as it takes.

use contract_tests::{NOW, client};
use futures::TryStreamExt as _;
use qwen_batches::{BatchFilter, BatchStatus};
use qwen_batches_sandbox::Sandbox;

async fn sandbox(batches: usize) -> Sandbox {
    Sandbox::builder()
        .batches(batches)
        .seed(7)
        .now(NOW)
        .start()
        .await
        .expect("a sandbox")
}

fn ids(sandbox: &Sandbox) -> Vec<String> {
    sandbox
        .rows()
        .iter()
        .filter_map(|row| row["id"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn every_total_by_every_page_size() {
    for total in 0..=25 {
        let sandbox = sandbox(total).await;
        let expected = ids(&sandbox);
        assert_eq!(expected.len(), total);
        let client = client(sandbox.base_url());
        for page_size in 1..=10 {
            let before = sandbox.request_count();
            let list = client.list_batches(BatchFilter::new()).page_size(page_size);
            let listed: Vec<String> = list
                .items()
                .map_ok(|batch| batch.id)
                .try_collect()
                .await
                .expect("a whole list");
            assert_eq!(listed, expected, "{total} in pages of {page_size}");
            let requests = sandbox.request_count() - before;
            let needed = total.div_ceil(page_size as usize).max(1);
            assert_eq!(requests, needed, "{total} in pages of {page_size}");
        }
    }
}

#[tokio::test]
async fn caps_and_starts() {
    let sandbox = sandbox(25).await;
    let expected = ids(&sandbox);
    let client = client(sandbox.base_url());
    for (max_items, page_size, start, requests) in [
        (0, 10, 0, 0),
        (1, 10, 0, 1),
        (10, 10, 0, 1),
        (11, 10, 0, 2),
        (25, 10, 5, 2),
        (99, 5, 20, 1),
    ] {
        let before = sandbox.request_count();
        let mut list = client
            .list_batches(BatchFilter::new())
            .page_size(page_size)
            .max_items(max_items);
        if start > 0 {
            list = list.after(&expected[start - 1]);
        }
        let listed: Vec<String> = list
            .items()
            .map_ok(|batch| batch.id)
            .try_collect()
            .await
            .expect("a list");
        let end = expected.len().min(start + max_items as usize);
        assert_eq!(
            listed,
            expected[start..end],
            "{max_items} {page_size} {start}"
        );
        assert_eq!(
            sandbox.request_count() - before,
            requests,
            "{max_items} {page_size} {start}"
        );
    }
}

#[tokio::test]
async fn filters_go_out_on_every_page() {
    let sandbox = sandbox(200).await;
    let filter = BatchFilter::new()
        .statuses([BatchStatus::Completed, BatchStatus::Expired])
        .created_after(
            "2025-03-04T00:00:00Z"
                .parse::<jiff::Timestamp>()
                .expect("an instant"),
        );
    let list = client(sandbox.base_url())
        .list_batches(filter)
        .page_size(20);
    let batches: Vec<_> = list.items().try_collect().await.expect("a whole list");

    let expected = sandbox.rows();
    let expected = expected
        .iter()
        .filter(|row| row["status"] == "completed" || row["status"] == "expired");
    assert_eq!(batches.len(), expected.count());
    let requests = sandbox.requests();
    assert!(requests.len() > 2, "{}", requests.len());
    for request in requests {
        let needed = "limit=20&status=completed%2Cexpired";
        assert!(
            request.query.contains("create_after=20250304075959&"),
            "{}",
            request.query
        );
        assert!(request.query.ends_with(needed), "{}", request.query);
    }
}

#[tokio::test]
async fn rows_are_what_the_server_holds() {
    let sandbox = sandbox(60).await;
    let list = client(sandbox.base_url())
        .list_batches(BatchFilter::new())
        .page_size(7);
    let batches: Vec<_> = list.items().try_collect().await.expect("a whole list");
    let listed: Vec<_> = batches
        .iter()
        .map(|batch| serde_json::to_value(batch).expect("JSON"))
        .collect();
    assert_eq!(listed, sandbox.rows());
}
