//! Servers of other vendors: what is asked of them, what they send, and what they do not have.

use futures::{StreamExt as _, TryStreamExt as _};
use qwen_batches::{Batch, BatchFilter, Client, Dialect, ErrorKind};
use qwen_batches_sandbox::{Fault, Sandbox, row as sandbox_row};
use serde_json::{Value, json};

use crate::support::{FakeClock, KEY, Response, Server, builder, page, row, take_log};

const OPENAI: &str = include_str!("dialects/openai.json");
const AZURE: &str = include_str!("dialects/azure.json");

fn parse(fixture: &str) -> Value {
    serde_json::from_str(fixture).expect("JSON")
}

/// Lists `fixture` and a last page behind it; gives the batches and the heads of the requests.
async fn list(fixture: &str, client: impl Fn(&str) -> Client) -> (Vec<Batch>, Vec<String>) {
    let last = json!({ "object": "list", "data": [], "has_more": false });
    let server = Server::start([Response::json(&parse(fixture)), Response::json(&last)]).await;
    let list = client(&server.base_url()).list_batches(BatchFilter::new());
    // More workers than one are of no use here, and do no harm.
    let batches = list.page_size(2).concurrency(8).items().try_collect();
    (batches.await.expect("batches"), server.requests())
}

fn request_line(head: &str) -> &str {
    head.lines().next().unwrap_or_default()
}

/// The lines of a request that hold the key.
fn key_lines(head: &str) -> Vec<&str> {
    head.lines().filter(|line| line.contains(KEY)).collect()
}

#[tokio::test]
async fn openai_is_listed_by_its_last_id() {
    let (batches, requests) = list(OPENAI, |url| {
        let builder = builder(url, &FakeClock::default()).dialect(Dialect::OpenAi);
        builder.build().expect("a client")
    })
    .await;
    let [first, second] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    let path = "GET /compatible-mode/v1/batches?limit=2";
    assert_eq!(request_line(first), format!("{path} HTTP/1.1"));
    let cursor = "after=batch_680b8e3d000081908000000000000001";
    assert!(request_line(second).contains(cursor), "{second}");
    let bearer = format!("authorization: Bearer {KEY}");
    assert_eq!(key_lines(first), [bearer.as_str()]);

    let sent = parse(OPENAI);
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[0].extra["model"], "gpt-5-2025-08-07");
    assert_eq!(batches[0].extra["usage"], sent["data"][0]["usage"]);
    assert_eq!(batches[0].completed_at, None);
    let metadata = batches[0].metadata.as_ref().expect("metadata");
    assert_eq!(metadata.extra["customer_id"], "user_123456789");
    assert_eq!(metadata.ds_name, None);
    let errors = batches[1].errors.as_ref().expect("errors");
    assert_eq!(errors.data[0].line, Some(4));
    assert_eq!(batches[1].metadata, None);
}

#[tokio::test]
async fn azure_is_listed_by_its_last_row() {
    let (batches, requests) = list(AZURE, |url| {
        let builder = builder(url, &FakeClock::default()).dialect(Dialect::AzureOpenAi);
        builder.api_version("2024-10-21").build().expect("a client")
    })
    .await;
    let [first, second] = requests.as_slice() else {
        panic!("{requests:?}");
    };
    for (head, query) in [
        (first, "limit=2&api-version=2024-10-21"),
        (
            second,
            "after=batch_00000000-0000-0000-0000-000000000001&limit=2&api-version=2024-10-21",
        ),
    ] {
        let expected = format!("GET /compatible-mode/v1/batches?{query} HTTP/1.1");
        assert_eq!(request_line(head), expected);
        assert_eq!(key_lines(head), [format!("api-key: {KEY}").as_str()]);
    }
    assert_eq!(batches.len(), 2);
    assert_eq!(batches[0].endpoint, "/chat/completions");
    let blob = "https://example.blob.core.windows.net/batch-input/test.jsonl";
    assert_eq!(batches[1].input_file_id.expose(), blob);
    assert_eq!(batches[1].extra["input_blob"], blob);
}

/// Null is what Azure documents of a blob; of Qwen Cloud nobody does.
#[tokio::test]
async fn only_others_than_qwen_take_a_blob_for_the_input() {
    let server = Server::start([Response::json(&parse(AZURE))]).await;
    let client = crate::support::client(&server.base_url());
    let page = client.list_batches(BatchFilter::new()).page().await;
    let page = page.expect("a page");
    assert_eq!(page.rows[1].input_file_id.expose(), "");
    let finding = &page.findings[0];
    assert_eq!(
        (&*finding.pointer, &*finding.reason),
        ("/data/1/input_file_id", "it is null")
    );
}

/// A server that ignores what it does not know would list everything to a probe, too.
#[tokio::test]
async fn several_workers_are_one_without_a_probe() {
    let rows = (0..250).map(|n| {
        sandbox_row(format!("batch_{n:03}"))
            .created_at(1_775_001_000 - 3600 * n)
            .build()
    });
    let sandbox = Sandbox::builder()
        .rows(rows)
        .now(1_775_001_600)
        .always(Fault::IgnoreFilters {
            filters: Vec::new(),
        });
    let sandbox = sandbox.start().await.expect("a sandbox");
    let builder = builder(sandbox.base_url(), &FakeClock::default());
    let client = builder.dialect(Dialect::OpenAi).build().expect("a client");
    take_log();
    let list = client.list_batches(BatchFilter::new());
    assert_eq!(list.concurrency(8).items().count().await, 250);
    assert_eq!(sandbox.request_count(), 3);
    assert_eq!(take_log(), Vec::<String>::new());
}

#[tokio::test]
async fn the_oldest_batches_may_come_first() {
    let row = |n: i64| {
        let mut row = row(&format!("batch_{n}"));
        row["created_at"] = json!(1_772_000_000 + n);
        row
    };
    let script = [
        page(&[row(1), row(2)], true),
        page(&[row(3), row(4)], false),
    ];
    let ids = ["batch_1", "batch_2", "batch_3", "batch_4"];
    for dialect in [Dialect::OpenAi, Dialect::Qwen] {
        let server = Server::start(script.iter().map(Response::json)).await;
        let builder = builder(&server.base_url(), &FakeClock::default()).dialect(dialect);
        let client = builder.build().expect("a client");
        let items = client.list_batches(BatchFilter::new()).items();
        let items: Vec<_> = items.collect().await;
        let listed: Vec<_> = items.iter().flatten().map(|batch| &*batch.id).collect();
        assert_eq!(listed, ids, "{dialect}");
        assert!(items.iter().all(Result::is_ok), "{dialect}");
    }
}

/// Without filters by time, the list is begun anew; if that is refused as well, the cursor was not to
/// blame.
#[tokio::test]
async fn a_refused_cursor_is_an_error() {
    let script = [
        Response::json(&page(&[row("batch_2")], true)),
        Response::new(
            404,
            &[],
            r#"{"error":{"message":"No batch found","code":null}}"#,
        ),
    ];
    let server = Server::start(script).await;
    let builder = builder(&server.base_url(), &FakeClock::default()).dialect(Dialect::OpenAi);
    let client = builder.build().expect("a client");
    let mut items = client.list_batches(BatchFilter::new()).items();
    assert!(items.next().await.expect("an item").is_ok());
    let error = items
        .next()
        .await
        .expect("an item")
        .expect_err("an error response");
    assert_eq!(error.status(), Some(404));
    assert!(
        !error.to_string().contains("compatible-mode/v1?"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_watch_lists_all_in_each_poll() {
    let mut done = row("batch_1");
    done["status"] = json!("completed");
    let mut running = row("batch_2");
    running["status"] = json!("in_progress");
    let mut finished = running.clone();
    finished["status"] = json!("completed");
    let script = [
        page(&[running.clone(), done.clone()], false),
        page(&[finished, done], false),
    ];
    let server = Server::start(script.iter().map(Response::json)).await;
    let builder = builder(&server.base_url(), &FakeClock::default()).dialect(Dialect::OpenAi);
    let client = builder.build().expect("a client");
    let watch = client.watch(BatchFilter::new()).skip_finished(true);
    let changes: Vec<_> = watch.events().try_collect().await.expect("changes");
    let changed: Vec<_> = changes
        .iter()
        .filter_map(|change| change.batch())
        .map(|batch| (&*batch.id, batch.status.as_str()))
        .collect();
    assert_eq!(
        changed,
        [("batch_2", "in_progress"), ("batch_2", "completed")]
    );
    for head in server.requests() {
        let expected = "GET /compatible-mode/v1/batches?limit=100 HTTP/1.1";
        assert_eq!(request_line(&head), expected);
    }
}

#[tokio::test]
async fn what_no_waiting_fixes_is_not_tried_again() {
    let body =
        r#"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#;
    for dialect in [Dialect::Qwen, Dialect::OpenAi, Dialect::AzureOpenAi] {
        let server = Server::start([Response::new(429, &[], body)]).await;
        let builder = builder(&server.base_url(), &FakeClock::default()).dialect(dialect);
        let client = builder.build().expect("a client");
        let page = client.list_batches(BatchFilter::new()).page().await;
        let error = page.expect_err("an error response");
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(error.is_retryable(), dialect == Dialect::Qwen);
        let is_final = server.requests().len() == 1;
        assert_eq!(is_final, dialect != Dialect::Qwen, "{dialect}");
        let names_quota = error.to_string().contains("100 list calls");
        assert_eq!(names_quota, dialect == Dialect::Qwen, "{error}");
    }
}

#[test]
fn the_environment_is_for_qwen_alone() {
    let environment = |name: &str| match name {
        "DASHSCOPE_API_KEY" => Some(KEY.to_owned()),
        "DASHSCOPE_HTTP_BASE_URL" => Some("https://env.example/v1".to_owned()),
        _ => None,
    };
    let openai = || {
        Client::builder()
            .from_env_with(environment)
            .dialect(Dialect::OpenAi)
    };
    let error = openai().build().expect_err("no key");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.to_string().contains("no API key of OpenAI"),
        "{error}"
    );
    let client = openai().api_key("sk-other").build().expect("a client");
    assert_eq!(client.base_url(), "https://api.openai.com/v1");
}

#[test]
fn what_a_dialect_wants_is_checked() {
    use qwen_batches::Region;

    let azure = "https://my-resource.openai.azure.com/openai";
    type Case = (
        Dialect,
        Option<&'static str>,
        Option<&'static str>,
        Option<Region>,
        Result<&'static str, &'static str>,
    );
    let cases: &[Case] = &[
        (
            Dialect::OpenAi,
            Some("https://h.example/api/v1"),
            None,
            None,
            Ok("https://h.example/api/v1"),
        ),
        (
            Dialect::OpenAi,
            Some(azure),
            Some("2024-10-21"),
            None,
            Ok(azure),
        ),
        (
            Dialect::OpenAi,
            None,
            None,
            Some(Region::Beijing),
            Err("those of Qwen Cloud"),
        ),
        (
            Dialect::AzureOpenAi,
            Some(azure),
            Some("2024-10-21"),
            None,
            Ok(azure),
        ),
        (
            Dialect::AzureOpenAi,
            Some(azure),
            None,
            None,
            Err("no API version"),
        ),
        (
            Dialect::AzureOpenAi,
            Some(azure),
            Some(" "),
            None,
            Err("version is empty"),
        ),
        (
            Dialect::AzureOpenAi,
            Some("https://my-resource.openai.azure.com/openai/v1/"),
            None,
            None,
            Ok("https://my-resource.openai.azure.com/openai/v1"),
        ),
        (
            Dialect::AzureOpenAi,
            None,
            Some("2024-10-21"),
            None,
            Err("no base URL"),
        ),
        (
            Dialect::Qwen,
            None,
            Some("2024-10-21"),
            None,
            Err("is for Azure OpenAI"),
        ),
    ];
    for (dialect, url, version, region, expected) in cases {
        let mut builder = Client::builder().api_key(KEY).dialect(*dialect);
        if let Some(url) = url {
            builder = builder.base_url(*url);
        }
        if let Some(version) = version {
            builder = builder.api_version(*version);
        }
        if let Some(region) = region {
            builder = builder.region(*region);
        }
        match (builder.build(), expected) {
            (Ok(client), Ok(url)) => assert_eq!(client.base_url(), *url),
            (Err(error), Err(text)) => {
                assert_eq!(error.kind(), ErrorKind::Config);
                assert!(error.to_string().contains(text), "{error}");
            }
            (result, _) => panic!("{dialect} {url:?}: {result:?}"),
        }
    }
}

/// A key that stands alone in its header is masked like a bearer.
#[tokio::test]
async fn a_key_that_azure_repeats_is_not_shown() {
    let body = format!(r#"{{"error":{{"message":"bad key {KEY}","code":"401"}}}}"#);
    let server = Server::start([Response::new(401, &[], &body)]).await;
    let builder = builder(&server.base_url(), &FakeClock::default());
    let client = builder
        .dialect(Dialect::AzureOpenAi)
        .build()
        .expect("a client");
    let page = client.list_batches(BatchFilter::new()).page().await;
    let error = page.expect_err("an error response");
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert!(!format!("{error} {error:#?}").contains(KEY), "{error:?}");
    assert!(!error.to_string().contains("region"), "{error}");
}
