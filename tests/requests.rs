//! What goes out: every parameter of the contract, alone and together, as it stands on the wire.

use contract_tests::{EMPTY_PAGE, Received, client};
use httpmock::{Method, MockServer};
use jiff::Timestamp;
use qwen_batches::{BatchFilter, BatchStatus, ListBatches};

type Build = fn(BatchFilter) -> BatchFilter;
type Options = fn(ListBatches) -> ListBatches;

struct Case {
    name: &'static str,
    filter: Build,
    options: Options,
    /// The query as a server decodes it; `limit` is 100 where it is not named.
    expected: &'static [(&'static str, &'static str)],
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

const CASES: &[Case] = &[
    Case {
        name: "nothing",
        filter: |f| f,
        options: |l| l,
        expected: &[],
    },
    Case {
        name: "after",
        filter: |f| f,
        options: |l| l.after("batch_abc123"),
        expected: &[("after", "batch_abc123")],
    },
    Case {
        name: "limit",
        filter: |f| f,
        options: |l| l.page_size(7),
        expected: &[("limit", "7")],
    },
    Case {
        name: "limit of a capped list",
        filter: |f| f,
        options: |l| l.page_size(50).max_items(3),
        expected: &[("limit", "3")],
    },
    Case {
        name: "ds_name",
        filter: |f| f.name_contains("nightly eval & more"),
        options: |l| l,
        expected: &[("ds_name", "nightly eval & more")],
    },
    Case {
        name: "ds_name beyond ascii",
        filter: |f| f.name_contains("夜间评测"),
        options: |l| l,
        expected: &[("ds_name", "夜间评测")],
    },
    Case {
        name: "input_file_ids",
        filter: |f| {
            f.input_files([
                "file-batch-1",
                "oss:ap-southeast-1:bucket/in.jsonl",
                "https://bucket.example/in.jsonl?Signature=x%2Fy",
            ])
        },
        options: |l| l,
        expected: &[(
            "input_file_ids",
            "file-batch-1,oss:ap-southeast-1:bucket/in.jsonl,\
             https://bucket.example/in.jsonl?Signature=x%2Fy",
        )],
    },
    Case {
        name: "status",
        filter: |f| f.statuses([BatchStatus::Completed, BatchStatus::Expired]),
        options: |l| l,
        expected: &[("status", "completed,expired")],
    },
    Case {
        name: "every status",
        filter: |f| f.statuses(BatchStatus::KNOWN.iter().cloned()),
        options: |l| l,
        expected: &[(
            "status",
            "validating,in_progress,finalizing,completed,failed,expired,cancelling,cancelled",
        )],
    },
    Case {
        name: "create_after",
        filter: |f| f.created_after(instant("2025-03-04T00:00:00Z")),
        options: |l| l,
        expected: &[("create_after", "20250304075959")],
    },
    Case {
        name: "create_before",
        filter: |f| f.created_before(instant("2025-03-06T20:30:00+08:00")),
        options: |l| l,
        expected: &[("create_before", "20250306203000")],
    },
    Case {
        name: "everything",
        filter: |f| {
            f.statuses([BatchStatus::InProgress])
                .name_contains("a")
                .input_files(["file-batch-1", "file-batch-2"])
                .created_after(instant("2025-03-04T00:00:00Z"))
                .created_before(instant("2025-03-05T00:00:00Z"))
        },
        options: |l| l.after("batch_1").page_size(1),
        expected: &[
            ("after", "batch_1"),
            ("limit", "1"),
            ("ds_name", "a"),
            ("input_file_ids", "file-batch-1,file-batch-2"),
            ("status", "in_progress"),
            ("create_after", "20250304075959"),
            ("create_before", "20250305080000"),
        ],
    },
];

#[tokio::test]
async fn each_parameter_goes_out_as_the_contract_says() {
    let mut sent = String::new();
    for case in CASES {
        let server = MockServer::start_async().await;
        let received = Received::serve(&server, EMPTY_PAGE, |mut when| {
            when = when.method(Method::GET).path("/compatible-mode/v1/batches");
            when = when
                .header_missing("api-version")
                .header_exists("authorization");
            if case.expected.iter().all(|(name, _)| *name != "limit") {
                when = when.query_param("limit", "100");
            }
            for (name, value) in case.expected {
                when = when.query_param(*name, *value);
            }
            when
        });
        let client = client(&server.url("/compatible-mode/v1"));
        let list = (case.options)(client.list_batches((case.filter)(BatchFilter::new())));
        let page = list.page().await;
        assert!(page.is_ok(), "{}: {page:?}", case.name);

        sent += &format!("--- {}\n{}\n\n", case.name, received.lines().join("\n\n"));
    }
    insta::assert_snapshot!("requests", sent);
}

#[tokio::test]
async fn an_invalid_filter_sends_nothing() {
    let server = MockServer::start_async().await;
    let received = Received::serve(&server, EMPTY_PAGE, |when| when);
    let client = client(&server.url("/compatible-mode/v1"));
    let filter = BatchFilter::new()
        .statuses([BatchStatus::from("done"), BatchStatus::Failed])
        .name_contains("")
        .input_files(
            (0..21)
                .map(|n| format!("file-{n}"))
                .chain(["a,b".to_owned(), String::new()]),
        )
        .created_after(instant("2025-03-05T00:00:00Z"))
        .created_before(instant("2025-03-04T00:00:00Z"));
    let error = client
        .list_batches(filter)
        .page_size(0)
        .after(" ")
        .page()
        .await
        .unwrap_err();

    assert!(error.is_invalid_request());
    assert_eq!(error.attempts(), 0);
    let problems: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(
        "problems of an invalid filter".replace(' ', "_"),
        problems.join("\n")
    );
    assert_eq!(received.lines().len(), 0);
}
