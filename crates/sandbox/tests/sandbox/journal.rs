//! What the sandbox writes down, and what it keeps to itself.

use http::Method;
use qwen_batches_sandbox::{Fault, RecordedRequest, Sandbox, Script};

use crate::support::{NOW, get, send};

fn _assert_impls() {
    fn shared<T: Send + Sync + std::fmt::Debug + 'static>() {}
    shared::<Sandbox>();
    shared::<RecordedRequest>();
}

#[tokio::test]
async fn requests_are_kept_in_order_of_arrival() {
    let sandbox = Sandbox::builder()
        .now(NOW)
        .start()
        .await
        .expect("it starts");
    assert!(sandbox.requests().is_empty());
    get(&sandbox, "limit=2&ds_name=%E5%A4%9C+x&limit=3").await;
    let elsewhere = format!("http://{}/elsewhere", sandbox.address());
    send(Method::POST, &elsewhere, None).await;

    let [first, second] = &sandbox.requests()[..] else {
        panic!("two requests were sent: {:?}", sandbox.requests());
    };
    assert_eq!(sandbox.request_count(), 2);
    assert_eq!((first.n, second.n), (1, 2));
    assert_eq!((&*first.method, &*second.method), ("GET", "POST"));
    assert_eq!(first.path, "/compatible-mode/v1/batches");
    assert_eq!(second.path, "/elsewhere");
    assert_eq!(first.query, "limit=2&ds_name=%E5%A4%9C+x&limit=3");
    assert_eq!(second.query, "");
    assert_eq!(first.param("ds_name").as_deref(), Some("夜 x"));
    assert_eq!(first.param("limit").as_deref(), Some("2"));
    assert_eq!(first.param("status"), None);
    assert_eq!(first.pairs().len(), 3);
    assert_eq!(first.header("Authorization"), Some("Bearer sk-any"));
    assert_eq!(second.header("Authorization"), None);
    let host = ("host".to_owned(), sandbox.address().to_string());
    assert!(first.headers.contains(&host));
}

#[tokio::test]
async fn keys_are_never_in_debug_output() {
    let builder = Sandbox::builder().now(NOW).api_key("sk-any");
    let settings = format!("{builder:?} {builder:#?}");
    let sandbox = builder.start().await.expect("it starts");
    let response = get(&sandbox, "").await;
    assert_eq!(response.status, 200);
    let requests = sandbox.requests();
    for text in [
        settings,
        format!("{sandbox:?} {sandbox:#?}"),
        format!("{requests:?} {requests:#?}"),
    ] {
        assert!(!text.contains("sk-any"), "{text}");
    }
    assert!(format!("{requests:?}").contains("authorization"));
}

#[tokio::test]
async fn simultaneous_requests_are_each_counted() {
    let sandbox = Sandbox::builder()
        .now(NOW)
        .start()
        .await
        .expect("it starts");
    let sandbox = std::sync::Arc::new(sandbox);
    let asked: Vec<_> = (0..20)
        .map(|_| {
            let sandbox = sandbox.clone();
            tokio::spawn(async move { get(&sandbox, "limit=1").await.request_id().to_owned() })
        })
        .collect();
    let mut ids = std::collections::HashSet::new();
    for one in asked {
        ids.insert(one.await.expect("a response"));
    }
    assert_eq!(ids.len(), 20);
    let numbers: Vec<_> = sandbox.requests().iter().map(|r| r.n).collect();
    assert_eq!(numbers, Vec::from_iter(1..=20));
}

#[tokio::test]
async fn the_journal_keeps_the_last() {
    for (limit, kept) in [
        (0, vec![]),
        (1, vec![5]),
        (3, vec![3, 4, 5]),
        (9, vec![1, 2, 3, 4, 5]),
    ] {
        let script = Script::new().on(4.., Fault::MalformedJson);
        let builder = Sandbox::builder().now(NOW).journal(limit).script(script);
        let sandbox = builder.start().await.expect("it starts");
        for _ in 0..5 {
            get(&sandbox, "limit=1").await;
        }
        assert_eq!(sandbox.request_count(), 5);
        let requests = sandbox.requests();
        assert_eq!(requests.iter().map(|r| r.n).collect::<Vec<_>>(), kept);
        assert!(requests.iter().all(|r| r.faults.is_empty() == (r.n < 4)));
    }
}
