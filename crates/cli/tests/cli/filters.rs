//! What the options become on the wire.

use qwen_batches_sandbox::{RecordedRequest, Sandbox};

use crate::support::{Outcome, Served, bare, hours_old, list};

fn queries(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.requests();
    requests.into_iter().map(|request| request.query).collect()
}

#[test]
fn filters_are_sent_with_every_page() {
    let rows = (1..=5).map(|n| hours_old(n).status("completed").name("nightly"));
    let sandbox = Served::rows(rows);
    let outcome = list(
        sandbox.base_url(),
        &[
            "--status",
            "completed,expired",
            "--created-after",
            "2025-03-04T00:00:00Z",
            "--name",
            "ight",
            "--page-size",
            "2",
            "--output",
            "ids",
            "--filter-zone",
            "UTC+8",
        ],
    );
    let expected = ["batch_1", "batch_2", "batch_3", "batch_4", "batch_5"];
    assert_eq!(outcome.lines(), expected);
    let queries = queries(&sandbox);
    assert_eq!(queries.len(), 3);
    for query in &queries {
        for part in [
            "status=completed%2Cexpired",
            "create_after=20250304075959",
            "ds_name=ight",
            "limit=2",
        ] {
            assert!(query.split('&').any(|pair| pair == part), "{query}");
        }
    }
    assert!(queries[1].contains("after=batch_2"), "{queries:?}");
    assert!(queries[2].contains("after=batch_4"), "{queries:?}");
}

#[test]
fn one_option_one_parameter() {
    let sandbox = Served::rows([hours_old(1)]);
    for (options, name, value) in [
        (
            &["--created-before", "2025-03-06T20:30:00+08:00"][..],
            "create_before",
            "20250306203000",
        ),
        (
            &["--created-before", "2025-03-06"],
            "create_before",
            "20250306080000",
        ),
        (
            &["--created-after", "2025-03-06"],
            "create_after",
            "20250306075959",
        ),
        (
            &["--status", "expired", "--status", "failed,cancelled"],
            "status",
            "expired,failed,cancelled",
        ),
        (
            &["--input-file", "file-batch-1", "--input-file", "oss:r:b/p"],
            "input_file_ids",
            "file-batch-1,oss:r:b/p",
        ),
        (&["--name", "夜间 & Co."], "ds_name", "夜间 & Co."),
        (&["--after", "batch_1"], "after", "batch_1"),
        (&["--page-size", "7"], "limit", "7"),
        (&["--max-items", "3"], "limit", "3"),
        (&[], "limit", "100"),
    ] {
        let options = [options, &["--filter-zone", "UTC+8"]].concat();
        assert_eq!(list(sandbox.base_url(), &options).code, 0, "{options:?}");
        let request = sandbox.requests().pop();
        let sent = request.as_ref().and_then(|request| request.param(name));
        assert_eq!(sent.as_deref(), Some(value), "{options:?}");
    }
}

#[test]
fn ages_count_from_now() {
    let sandbox = Served::rows([hours_old(1)]);
    // The same age at both ends is the same instant, and so no batch at all.
    let ages = "--created-after 36h --created-before 36h --filter-zone UTC+8";
    let ages: Vec<&str> = ages.split(' ').collect();
    let outcome = list(sandbox.base_url(), &ages);
    assert_eq!(outcome.code, 0, "{outcome}");
    let sent = |request: &RecordedRequest, name| request.param(name).expect("a time");
    let request = &sandbox.requests()[0];
    let (after, before) = (
        sent(request, "create_after"),
        sent(request, "create_before"),
    );
    assert!(after < before, "{after} {before}");
}

#[test]
fn max_items_asks_for_no_row_too_many() {
    let sandbox = Served::rows((1..=9).map(hours_old));
    let options = ["--max-items", "5", "--page-size", "3", "--output", "ids"];
    let outcome = list(sandbox.base_url(), &options);
    assert_eq!(outcome.stdout.lines().count(), 5, "{outcome}");
    let limits: Vec<_> = sandbox
        .requests()
        .iter()
        .map(|r| r.param("limit"))
        .collect();
    assert_eq!(limits, [Some("3".to_owned()), Some("2".to_owned())]);
}

/// Several calls at a time change nothing but the time that it takes.
#[test]
fn calls_side_by_side() {
    let sandbox = Served::start(Sandbox::builder().batches(2_000));
    let ids = |workers: &str| {
        let options = "--output ids --filter-zone UTC+8 --concurrency";
        let options: Vec<&str> = options.split(' ').chain([workers]).collect();
        list(sandbox.base_url(), &options)
    };
    let alone = ids("1");
    assert_eq!(alone.lines().len(), 2_000);
    let calls = sandbox.request_count();
    assert_eq!(ids("4").lines(), alone.lines());
    // Only windows of time are walked side by side.
    let windows = queries(&sandbox).split_off(calls);
    assert!(windows.iter().any(|query| query.contains("create_before=")));

    for workers in ["0", "33"] {
        let outcome = ids(workers);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
        let start = format!("error: invalid value '{workers}' for '--concurrency <N>'");
        assert!(outcome.stderr.starts_with(&start), "{outcome}");
    }
}

#[test]
fn a_sandbox_in_the_process_needs_no_key_and_no_network() {
    for args in [
        ["--sandbox", "list", "--output", "ids"],
        ["list", "--output", "ids", "--sandbox"],
    ] {
        let mut command = bare(&args);
        // Nothing of the environment reaches it.
        command
            .env("DASHSCOPE_HTTP_BASE_URL", "nonsense")
            .env("DASHSCOPE_API_REGION", "nonsense")
            .env("HTTP_PROXY", "http://127.0.0.1:1")
            .env("http_proxy", "http://127.0.0.1:1")
            .env("ALL_PROXY", "http://127.0.0.1:1");
        // 250 rows are more than one page holds.
        assert_eq!(Outcome::of(command).lines().len(), 250);
    }
}
