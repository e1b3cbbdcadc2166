//! What the options become on the wire.

use qwen_batches_sandbox::{BatchRow, RecordedRequest, Sandbox};

use crate::support::{Outcome, Served, bare, hours_old, list, with_key};

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
            "--quiet",
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
    // Only windows of time are listed side by side.
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

/// A batch of each outcome, newest first, of which the last digit is the place of its outcome.
fn outcomes() -> Vec<BatchRow> {
    let done = |n: i64, status: &str| hours_old(n).status(status);
    vec![
        hours_old(10),
        done(11, "completed").request_counts(9, 9, 0),
        done(12, "completed").request_counts(9, 8, 1),
        done(13, "completed").request_counts(9, 0, 9),
        done(14, "failed"),
        done(15, "expired").request_counts(9, 4, 5),
        done(16, "cancelled").request_counts(9, 0, 9),
        done(17, "completed"),
    ]
}

#[test]
fn outcomes_are_filtered_on_this_side() {
    let sandbox = Served::rows(outcomes());
    for (outcomes, expected) in [
        ("under_way", &["batch_10"][..]),
        ("succeeded", &["batch_11"]),
        ("succeeded_in_part", &["batch_12"]),
        ("all_failed,refused", &["batch_13", "batch_14"]),
        ("Expired,CANCELLED", &["batch_15", "batch_16"]),
        ("unknown", &["batch_17"]),
    ] {
        let options = ["--outcome", outcomes, "-o", "ids"];
        assert_eq!(list(sandbox.base_url(), &options).lines(), expected);
        let named = [&options[..], &["1"]].concat();
        assert_eq!(list(sandbox.base_url(), &named).code, 2, "ambiguous");
    }
    assert!(queries(&sandbox).iter().all(|it| !it.contains("outcome")));

    let outcome = list(sandbox.base_url(), &["--outcome", "done"]);
    assert!(outcome.stderr.contains("succeeded_in_part"), "{outcome}");
    let none = list(
        sandbox.base_url(),
        &["--outcome", "unknown", "--status", "failed"],
    );
    assert_eq!(none.stderr, "note: no batches of this outcome\n");
}

/// `-n` counts what is printed, and what follows can be asked for.
#[test]
fn so_many_of_an_outcome() {
    let rows = (1..=9).map(|n| {
        let status = if n % 2 == 0 { "failed" } else { "validating" };
        hours_old(n).status(status)
    });
    let sandbox = Served::rows(rows);
    for page_size in ["1", "2", "3", "100"] {
        let options = [
            "--outcome",
            "refused",
            "-o",
            "ids",
            "--page-size",
            page_size,
        ];
        let cut = list(sandbox.base_url(), &[&options[..], &["-n", "2"]].concat());
        assert_eq!(cut.stdout, "batch_2\nbatch_4\n", "{page_size}");
        assert!(cut.stderr.contains("--after batch_4"), "{cut}");
        let rest = list(
            sandbox.base_url(),
            &[&options[..], &["--after", "batch_4"]].concat(),
        );
        assert_eq!(rest.lines(), ["batch_6", "batch_8"], "{page_size}");
    }
    let all = ["--outcome", "refused", "-o", "ids", "-n", "5"];
    let whole = list(sandbox.base_url(), &all);
    assert_eq!((whole.lines().len(), whole.stderr.as_str()), (4, ""));
    let resumed = [&all[..], &["--checkpoint", "place"]].concat();
    assert_eq!(list(sandbox.base_url(), &resumed).code, 2);
}

#[test]
fn a_note_where_no_batch_can_be() {
    let sandbox = Served::rows([hours_old(1)]);
    let run = |command: &str, options: &[&str]| {
        let words = [&[command, "--base-url", sandbox.base_url()], options].concat();
        let mut command = with_key(&words);
        command.env("QWEN_BATCHES_NOW", "2025-03-07T12:00:00Z");
        Outcome::of(command).stderr
    };
    for (time, expected) in [
        ("30d", ""),
        ("yesterday", ""),
        ("today", ""),
        ("2025-03-07T12:00:00Z", ""),
        (
            "5w",
            "note: --created-after 2025-01-31T12:00:00Z is more than 30 days ago: the service lists the last 30 days only",
        ),
        (
            "2025-03-08",
            "note: --created-after 2025-03-08T00:00:00Z is in the future",
        ),
    ] {
        for command in ["list", "summary"] {
            let stderr = run(command, &["--created-after", time]);
            let first = stderr.lines().find(|line| line.contains("created-after"));
            assert_eq!(first.unwrap_or_default(), expected, "{command} {time}");
            assert_eq!(run(command, &["-q", "--created-after", time]), "", "{time}");
        }
    }
    let openai = ["--dialect", "openai", "--created-after", "5w"];
    assert!(!run("list", &openai).contains("30 days"));
}
