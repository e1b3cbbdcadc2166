//! Nothing is fetched before the reader asks, and nothing after it has left.

use contract_tests::{NOW, client};
use futures::StreamExt as _;
use qwen_batches::BatchFilter;
use qwen_batches_sandbox::Sandbox;

#[tokio::test]
async fn pages_are_fetched_one_by_one_as_they_are_asked_for() {
    let sandbox = Sandbox::builder()
        .batches(30)
        .now(NOW)
        .start()
        .await
        .expect("a sandbox");
    let client = client(sandbox.base_url());
    let mut items = client
        .list_batches(BatchFilter::new())
        .page_size(10)
        .items();
    assert_eq!(sandbox.request_count(), 0);
    for row in 1..=11 {
        assert!(items.try_next().await.expect("a batch").is_some());
        assert_eq!(
            sandbox.request_count(),
            if row <= 10 { 1 } else { 2 },
            "row {row}"
        );
    }
    drop(items);
    // A second list on the same connection would arrive behind whatever was still sent.
    client
        .list_batches(BatchFilter::new())
        .page()
        .await
        .expect("a page");
    assert_eq!(sandbox.request_count(), 3);
}

#[tokio::test]
async fn a_request_that_is_not_asked_for_a_page_sends_nothing() {
    let sandbox = Sandbox::builder()
        .batches(3)
        .now(NOW)
        .start()
        .await
        .expect("a sandbox");
    let client = client(sandbox.base_url());
    drop(client.list_batches(BatchFilter::new()).pages());
    drop(client.list_batches(BatchFilter::new()).page());
    let capped = client.list_batches(BatchFilter::new()).max_items(0).pages();
    assert_eq!(capped.count().await, 0);
    assert_eq!(sandbox.request_count(), 0);
}
