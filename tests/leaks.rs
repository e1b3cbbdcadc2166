//! The key, and what the contract calls secret, are in no log at any level, in no error and in no
//! `Debug`, whatever goes wrong.

mod echoes;

use std::sync::{Mutex, Once, PoisonError};

use contract_tests::{NOW, client};
use log::{LevelFilter, Log, Metadata, Record};
use qwen_batches::BatchFilter;
use qwen_batches_sandbox::{EmptyCursor, Fault, Sandbox, Script, Sent, row};
use serde_json::json;

const SECRETS: [&str; 3] = [contract_tests::KEY, "hidden-signature", "hidden-token"];

/// Everything that anybody in this process logs.
struct Kept(Mutex<Vec<String>>);

static LOGS: Kept = Kept(Mutex::new(Vec::new()));

impl Log for Kept {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let line = format!("{} {} {}", record.level(), record.target(), record.args());
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    fn flush(&self) {}
}

fn keep_logs() {
    static SET: Once = Once::new();
    SET.call_once(|| {
        log::set_logger(&LOGS).expect("the first logger");
        log::set_max_level(LevelFilter::Trace);
    });
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    keep_logs();
    let rows = (0..6).map(|n| {
        row(format!("batch_{n}"))
            .created_at(NOW - 60 - n)
            .input_file_id("https://b.example/in.jsonl?Signature=hidden-signature")
            .metadata_entry(
                "ds_batch_finish_callback",
                "https://h.example/?token=hidden-token",
            )
    });
    let bad_row = json!({
        "id": "batch_bad",
        "created_at": "https://b.example/?Signature=hidden-signature",
        "metadata": { "ds_batch_finish_callback": "https://h.example/?token=hidden-token" },
    });
    let faults = [
        Fault::Html { status: 502 },
        Fault::Html { status: 401 },
        Fault::from(Fault::status(503).empty()),
        Fault::ErrorAsSuccess,
        Fault::redirect("https://elsewhere.example/"),
        Fault::Cut {
            after: Sent::Body(40),
        },
        Fault::Reset { after: Sent::Head },
        Fault::MalformedJson,
        Fault::StickyCursor,
        Fault::RefuseCursor,
        Fault::EmptyPage {
            has_more: true,
            cursor: EmptyCursor::None,
        },
        Fault::BadRow {
            at: 1,
            row: bad_row,
        },
    ];
    let filter = || {
        let file = "https://b.example/in.jsonl?Signature=hidden-signature";
        BatchFilter::new().input_files([file])
    };
    let mut shown = Vec::new();
    for fault in faults {
        let name = fault.name();
        let sandbox = Sandbox::builder().rows(rows.clone()).now(NOW);
        let sandbox = sandbox.script(Script::new().on(2.., fault)).start().await;
        let sandbox = sandbox.expect("a sandbox");
        let client = client(sandbox.base_url());
        let list = client.list_batches(filter()).page_size(2);
        shown.push(format!("{client:?} {list:?}"));
        let mut items = list.items();
        let mut failures = 0;
        while let Some(item) = items.next().await {
            failures += usize::from(item.is_err());
            shown.push(match &item {
                Ok(batch) => format!("{batch:?}"),
                Err(error) => format!("{error} {error:#?} {:?}", error.checkpoint()),
            });
            if failures > 2 {
                break;
            }
        }
        assert!(
            failures > 0 || name == "refuse_cursor",
            "{name} did no harm"
        );
        shown.push(format!(
            "{items:?} {:?}",
            items.checkpoint().map(|place| place.to_string())
        ));
        let call = client.batch("batch_0");
        shown.push(format!("{call:?} {:?}", call.clone().response().await));
    }
    let logs = LOGS.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(
        logs.iter().any(|line| line.contains("qwen_batches")),
        "nothing was logged"
    );
    for text in shown.iter().chain(logs.iter()) {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} is shown: {text}");
        }
    }
}
