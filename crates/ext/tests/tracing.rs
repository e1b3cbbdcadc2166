//! What the feature `tracing` records: a span for each call, and never the key.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use qwen_batches::{BatchFilter, Client, RateLimit, RetryPolicy};
use qwen_batches_sandbox::{Fault, Sandbox, Script, row};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const KEY: &str = "sk-ext-tests-tracing";
const SECRET_INPUT: &str = "https://bucket.example/in.jsonl?Signature=hidden";

type Fields = BTreeMap<String, String>;
/// The span that an event happened in, and its fields, the message among them.
type Happened = (Option<u64>, Fields);

/// Keeps the spans of this package, and each event with the span that it happened in.
#[derive(Clone, Default)]
struct Recorder {
    spans: Arc<Mutex<Vec<(String, Fields)>>>,
    entered: Arc<Mutex<Vec<u64>>>,
    events: Arc<Mutex<Vec<Happened>>>,
}

struct Reader<'a>(&'a mut Fields);

impl Visit for Reader<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let target = metadata.target();
        let is_ours = target.starts_with("qwen_batches");
        assert!(!is_ours || target == "qwen_batches", "{target}");
        is_ours
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        span.record(&mut Reader(&mut fields));
        let mut spans = self.spans.lock().expect("a lock");
        spans.push((span.metadata().name().to_owned(), fields));
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut spans = self.spans.lock().expect("a lock");
        values.record(&mut Reader(&mut spans[span.into_u64() as usize - 1].1));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Reader(&mut fields));
        let span = self.entered.lock().expect("a lock").last().copied();
        self.events.lock().expect("a lock").push((span, fields));
    }

    fn enter(&self, span: &Id) {
        self.entered.lock().expect("a lock").push(span.into_u64());
    }

    fn exit(&self, span: &Id) {
        let left = self.entered.lock().expect("a lock").pop();
        assert_eq!(left, Some(span.into_u64()));
    }
}

#[tokio::test]
async fn each_call_is_a_span() {
    let rows = (0..3).map(|n| {
        row(format!("batch_{n}"))
            .created_at(1_775_000_000 - n)
            .build()
    });
    let repeats = serde_json::json!({ "error": { "message": format!("bad key {KEY}") } });
    let script = Script::new()
        .on(2, Fault::status(503).empty())
        .on(4, Fault::status(401).json(repeats));
    let sandbox = Sandbox::builder()
        .rows(rows)
        .file("out", "{}")
        .now(1_775_001_600)
        .script(script);
    let sandbox = sandbox.start().await.expect("a sandbox");
    let client = Client::builder()
        .api_key(KEY)
        .base_url(sandbox.base_url())
        .rate_limit(RateLimit::off())
        .retry(RetryPolicy::default().base_delay(std::time::Duration::ZERO))
        .build()
        .expect("a client");

    let recorder = Recorder::default();
    let guard = tracing::subscriber::set_default(recorder.clone());
    let list = client.list_batches(BatchFilter::new()).page_size(2);
    let listed: Vec<_> = list.items().collect().await;
    assert_eq!(listed.iter().filter(|item| item.is_ok()).count(), 3);
    let secret = BatchFilter::new().input_files([SECRET_INPUT]);
    let refused = client.list_batches(secret).page().await;
    let refused = refused.expect_err("an error response");
    let mut batch = client.batch("batch_0").get().await.expect("a batch");
    (batch.output_file_id, batch.error_file_id) = (Some("gone".to_owned()), None);
    let results = client.results(&batch).lines().next().await;
    results.expect("an error").expect_err("a missing file");
    let whole = client.file("out").chunks().next().await;
    whole.expect("a chunk").expect("the file");
    drop(guard);

    let mut spans = recorder.spans.lock().expect("a lock").clone();
    let others = spans.split_off(3);
    let spans: Vec<_> = spans
        .iter()
        .map(|(name, fields)| {
            let field = |name: &str| fields.get(name).map_or("", String::as_str).to_owned();
            assert_eq!(name, "list_batches");
            assert!(!field("request_id").is_empty(), "{fields:?}");
            ["after", "limit", "attempts", "rows", "status", "kind"].map(field)
        })
        .collect();
    let expected = [
        ["", "2", "1", "2", "200", ""],
        ["batch_1", "2", "2", "1", "200", ""],
        ["", "100", "1", "", "401", "auth"],
    ];
    assert_eq!(spans, expected);
    assert_eq!(refused.status(), Some(401));
    let others: Vec<_> = others
        .iter()
        .map(|(name, fields)| {
            assert!(!fields["request_id"].is_empty(), "{fields:?}");
            let field = |name: &str| fields.get(name).map_or("", String::as_str).to_owned();
            let names = ["batch", "file", "position", "attempts", "status", "kind"];
            (name.as_str(), names.map(field))
        })
        .collect();
    let expected = [
        ("retrieve_batch", ["batch_0", "", "", "1", "200", ""]),
        (
            "retrieve_file_content",
            ["", "gone", "0", "1", "404", "refused"],
        ),
        ("retrieve_file_content", ["", "out", "0", "1", "200", ""]),
    ];
    let expected = expected.map(|(name, fields)| (name, fields.map(str::to_owned)));
    assert_eq!(others, expected);

    let events = recorder.events.lock().expect("a lock").clone();
    let retried: Vec<_> = events
        .iter()
        .filter(|(_, fields)| fields["message"].contains("attempt 1 failed"))
        .map(|(span, fields)| {
            (
                *span,
                ["attempt", "pause", "kind"].map(|name| &*fields[name]),
            )
        })
        .collect();
    assert_eq!(retried, [(Some(2), ["1", "0.0", "server"])], "{events:?}");
    let text = format!("{events:?} {:?}", recorder.spans.lock().expect("a lock"));
    assert!(text.contains("batch_1"), "{text}");
    assert!(!text.contains(KEY) && !text.contains("hidden"), "{text}");
}
