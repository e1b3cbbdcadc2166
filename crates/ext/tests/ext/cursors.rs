//! A cursor that leads nowhere is not the end of a list.

use futures::TryStreamExt as _;
use qwen_batches::{BatchFilter, Error};
use qwen_batches_sandbox::{Sandbox, row as sandbox_row};

use serde_json::Value;

use crate::support::{FakeClock, Response, Server, builder, faulty, page, row, take_log};

/// The ids of a list of 25 rows on pages of 4, how many requests that took, and the log.
async fn list(faults: &[&str]) -> (Result<Vec<String>, Error>, Vec<String>, usize, Vec<String>) {
    let sandbox = Sandbox::builder().batches(25).seed(5).now(1_772_323_200);
    let sandbox = sandbox
        .script(faulty(faults))
        .start()
        .await
        .expect("a sandbox");
    let id = |row: &serde_json::Value| row["id"].as_str().expect("an id").to_owned();
    let expected: Vec<String> = sandbox.rows().iter().map(id).collect();
    let builder = builder(sandbox.base_url(), &FakeClock::default());
    let client = builder.build().expect("a client");
    take_log();
    let list = client.list_batches(BatchFilter::new()).page_size(4);
    let found = list.items().map_ok(|batch| batch.id).try_collect().await;
    (found, expected, sandbox.request_count(), take_log())
}

const UNKNOWN_CURSORS: [&str; 3] = [
    r#"{"quirk": {"unknown_cursor": "not_found"}}"#,
    r#"{"quirk": {"unknown_cursor": "empty_page"}}"#,
    r#"{"quirk": {"unknown_cursor": "first_page"}}"#,
];

/// How many rows a list without filters gives.
async fn rows_listed(sandbox: &Sandbox, page_size: u32) -> usize {
    let builder = builder(sandbox.base_url(), &FakeClock::default());
    let client = builder.build().expect("a client");
    let list = client.list_batches(BatchFilter::new()).page_size(page_size);
    let found: Vec<_> = list.items().try_collect().await.expect("a list");
    found.len()
}

#[tokio::test]
async fn a_wrong_last_id_loses_no_row() {
    for unknown in UNKNOWN_CURSORS {
        for (last_id, calls, warns) in [
            (r#"{"last_id": {"is": "first_row"}}"#, 7, false),
            (r#"{"last_id": {"is": "unknown"}}"#, 8, true),
            (r#"{"last_id": {"is": "null"}}"#, 7, false),
            (r#"{"last_id": {"is": "absent"}}"#, 7, false),
        ] {
            let (found, expected, requests, log) = list(&[unknown, last_id]).await;
            let found = found.unwrap_or_else(|error| panic!("{unknown} {last_id}: {error}"));
            assert_eq!(found, expected, "{unknown} {last_id}");
            assert_eq!(requests, calls, "{unknown} {last_id}");
            assert_eq!(
                log.len(),
                usize::from(warns),
                "{unknown} {last_id}: {log:?}"
            );
        }
    }
}

/// LiteLLM, asked for a model, encodes the ids of rows but not `last_id`, and fails at a row's id.
#[tokio::test]
async fn ids_of_rows_may_be_no_cursors() {
    let (found, _, requests, _) = list(&[r#"{"encoded_ids": {"of": "rows"}}"#]).await;
    assert_eq!(found.expect("a list").len(), 25);
    assert_eq!(requests, 7);
}

/// Where neither cursor is proven, an empty page is not taken for the end.
#[tokio::test]
async fn an_end_that_nothing_proves_is_an_error() {
    let last = r#"{"last_id": {"is": "unknown"}}"#;
    let empty = r#"{"quirk": {"unknown_cursor": "empty_page"}}"#;
    let encoded = r#"{"encoded_ids": {"of": "rows"}}"#;
    let (found, _, _, _) = list(&[last, empty, encoded]).await;
    let error = found.expect_err("no way on");
    assert_eq!(error.checkpoint().expect("a place").delivered(), 4);
}

/// An empty page that says more, and whose `last_id` leads nowhere, loses no row behind it.
#[tokio::test]
async fn a_wrong_last_id_of_an_empty_page_loses_no_row() {
    let script = r#"[
        {"on": 2, "fault": {"empty_page": {"has_more": true}}},
        {"on": 2, "fault": {"last_id": {"is": "unknown"}}},
        {"on": {"from": 1}, "fault": {"quirk": {"unknown_cursor": "empty_page"}}}
    ]"#;
    let sandbox = Sandbox::builder().batches(25).now(1_772_323_200);
    let script = script.parse().expect("a script");
    let sandbox = sandbox.script(script).start().await.expect("a sandbox");
    let builder = builder(sandbox.base_url(), &FakeClock::default());
    let client = builder.build().expect("a client");
    let list = client.list_batches(BatchFilter::new()).page_size(4);
    let found: Vec<String> = list
        .items()
        .map_ok(|batch| batch.id)
        .try_collect()
        .await
        .expect("a list");
    assert_eq!(found.len(), 25);
}

/// An empty page that leads on may have had rows: it is asked for again.
#[tokio::test]
async fn an_empty_page_that_leads_on_loses_no_row() {
    for requests in ["2", r#"{"from": 2, "every": 2}"#] {
        let fault = r#"{"empty_page": {"has_more": true, "cursor": "next"}}"#;
        let script = format!(r#"[{{"on": {requests}, "fault": {fault}}}]"#);
        let sandbox = Sandbox::builder().batches(25).now(1_772_323_200);
        let sandbox = sandbox.script(script.parse().expect("a script"));
        let sandbox = sandbox.start().await.expect("a sandbox");
        let builder = builder(sandbox.base_url(), &FakeClock::default());
        let client = builder.build().expect("a client");
        take_log();
        let list = client.list_batches(BatchFilter::new()).page_size(4);
        let found: Vec<_> = list.items().try_collect().await.expect("a list");
        assert_eq!(found.len(), 25, "{requests}");
        assert_eq!(take_log().len(), 1, "{requests}");
    }
}

/// A list behind a row does not hold that row, nor what comes before it.
#[tokio::test]
async fn a_server_that_ignores_after_gives_no_wrong_list() {
    let sticky = "\"sticky_cursor\"";
    let overlapping = r#"{"overlap_rows": {"rows": 3}}"#;
    let reversed = r#"{"order": {"is": "reversed_pages"}}"#;
    for (faults, page_size, whole) in [
        (&[][..], 4, true),
        (&[overlapping], 4, true),
        (&[overlapping], 25, true),
        // The page behind row 9 has all rows, or none of those behind it.
        (&[sticky, r#"{"has_more": {"says": false}}"#], 25, true),
        (&[sticky], 4, false),
        (&[overlapping, reversed], 4, false),
    ] {
        let sandbox = Sandbox::builder().batches(25).now(1_772_323_200);
        let sandbox = sandbox.script(faulty(faults));
        let sandbox = sandbox.start().await.expect("a sandbox");
        let ids: Vec<String> = sandbox
            .rows()
            .iter()
            .map(|row| row["id"].to_string())
            .collect();
        let builder = builder(sandbox.base_url(), &FakeClock::default());
        let client = builder.build().expect("a client");
        let list = client.list_batches(BatchFilter::new()).page_size(page_size);
        let items = list.after(ids[9].trim_matches('"')).items();
        let found: Result<Vec<String>, Error> = items
            .map_ok(|batch| format!("{:?}", batch.id))
            .try_collect()
            .await;
        assert_eq!(
            found.ok().as_deref(),
            whole.then_some(&ids[10..]),
            "{faults:?}"
        );
    }
}

/// A cursor may be too long to be sent: the list goes on by time.
#[tokio::test]
async fn ids_of_any_length_are_listed() {
    let rows = (0..9).map(|n| {
        sandbox_row(format!("batch_{n}_{}", "x".repeat(1 << 18))).created_at(1_772_323_000 - 9 * n)
    });
    let sandbox = Sandbox::builder().rows(rows).now(1_772_323_200);
    let sandbox = sandbox.start().await.expect("a sandbox");
    assert_eq!(rows_listed(&sandbox, 4).await, 9);
}

/// Where neither cursor is known to the server, an empty page and a first one are no end.
#[tokio::test]
async fn an_empty_page_beside_a_first_one_is_no_end() {
    let first = page(&[row("b_3"), row("b_2")], true);
    let with_cursor = |mut page: Value, id: &str| {
        page["last_id"] = id.into();
        page
    };
    let pages = [with_cursor(first.clone(), "b_x"), page(&[], false), first];
    let server = Server::start(pages.iter().map(Response::json)).await;
    let list = crate::support::client(&server.base_url()).list_batches(BatchFilter::new());
    let found: Result<Vec<_>, Error> = list.items().try_collect().await;
    let error = found.expect_err("no way on");
    assert_eq!(error.checkpoint().expect("a place").delivered(), 2);

    // Where `last_id` has led on so far, and is wrong once, the row's id being no cursor.
    let wrong = r#"{"on": 2, "fault": {"last_id": {"is": "unknown"}}}"#;
    let encoded = r#"{"on": {"from": 1}, "fault": {"encoded_ids": {"of": "page"}}}"#;
    let empty = r#"{"on": {"from": 1}, "fault": {"quirk": {"unknown_cursor": "empty_page"}}}"#;
    let script = format!("[{encoded}, {empty}, {wrong}]");
    let sandbox = Sandbox::builder().batches(9).now(1_772_323_200);
    let sandbox = sandbox.script(script.parse().expect("a script"));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let client = crate::support::client(sandbox.base_url());
    let list = client.list_batches(BatchFilter::new()).page_size(2);
    let found: Vec<_> = list.items().try_collect().await.expect("a list");
    assert_eq!(found.len(), 9);

    // Rows of one second, the oldest of a page first, are behind the cursor all the same.
    let script = r#"[
        {"on": 1, "fault": {"last_id": {"is": "unknown"}}},
        {"on": {"from": 1}, "fault": {"order": {"is": "reversed_pages"}}},
        {"on": {"from": 1}, "fault": {"quirk": {"unknown_cursor": "empty_page"}}}
    ]"#;
    let rows = (0..9).map(|n| sandbox_row(format!("batch_{n}")).created_at(1_772_323_000));
    let sandbox = Sandbox::builder().rows(rows).now(1_772_323_200);
    let sandbox = sandbox.script(script.parse().expect("a script"));
    let sandbox = sandbox.start().await.expect("a sandbox");
    let client = crate::support::client(sandbox.base_url());
    let list = client.list_batches(BatchFilter::new()).page_size(2);
    let found: Vec<_> = list.items().try_collect().await.expect("a list");
    assert_eq!(found.len(), 9);
}

/// Rows of one second show no order: a newer page behind them is not the start of the list.
#[tokio::test]
async fn newer_rows_behind_those_of_one_second_are_no_new_start() {
    let rows = [("a", 0), ("b", 0), ("c", 1)];
    let rows = rows.map(|(id, n)| sandbox_row(id).created_at(1_772_323_000 + n));
    let sandbox = Sandbox::builder().rows(rows).now(1_772_323_200);
    let script = faulty(&[r#"{"order": {"is": "oldest_first"}}"#]);
    let sandbox = sandbox.script(script).start().await.expect("a sandbox");
    assert_eq!(rows_listed(&sandbox, 1).await, 3);
}

/// By time, a list goes on behind the row that it was left at, without a bound of time. Where that row
/// leads nowhere, it goes on as if the newest batches came first; where they do not, no row may be
/// missing.
#[tokio::test]
async fn a_list_without_order_does_not_end_by_time() {
    let one_second = vec![9; 8];
    let refused = r#"{"on": {"from": 2, "to": 4}, "fault": "refuse_cursor"}"#;
    let mixed = [vec![12; 16], vec![11; 2], vec![10; 15]].concat();
    for (order, seconds, page_size, faults, is_whole) in [
        // Newest first, so far.
        (
            "two_runs",
            (1..=12).rev().collect::<Vec<_>>(),
            3,
            r#"{"on": 2, "fault": {"html": {"status": 400}}}"#,
            true,
        ),
        ("two_runs", (1..=12).rev().collect(), 3, refused, false),
        // Likewise; and the page that it goes on with ends with newer rows.
        (
            "two_runs",
            mixed.clone(),
            10,
            r#"{"on": 2, "fault": "sticky_cursor"}"#,
            true,
        ),
        ("two_runs", mixed, 10, refused, true),
        // Of one second, so far; and then the server forgets that second.
        (
            "oldest_first",
            [&one_second[..], &[1; 4]].concat(),
            1,
            r#"{"on": 2, "fault": "sticky_cursor"},
               {"on": 3, "fault": {"expire_at_tail": {"rows": 4}}}"#,
            false,
        ),
        // Begun anew, and in a page of rows that all came before the cursor leads nowhere.
        (
            "two_runs",
            one_second,
            1,
            r#"{"on": 5, "fault": "sticky_cursor"},
               {"on": 6, "fault": {"encoded_ids": {"of": "page"}}},
               {"on": {"from": 1}, "fault": {"quirk": {"unknown_cursor": "empty_page"}}}"#,
            true,
        ),
    ] {
        let rows_in_all = seconds.len();
        let rows = seconds.into_iter().enumerate();
        let rows = rows.map(|(n, second)| {
            sandbox_row(format!("batch_{n}")).created_at(1_772_323_000 + second)
        });
        let sandbox = Sandbox::builder().rows(rows).now(1_772_323_200);
        let every =
            format!(r#"{{"on": {{"from": 1}}, "fault": {{"order": {{"is": "{order}"}}}}}}"#);
        let script = format!("[{every}, {faults}]").parse().expect("a script");
        let sandbox = sandbox.script(script).start().await.expect("a sandbox");
        let builder = builder(sandbox.base_url(), &FakeClock::default());
        let client = builder.filter_zone(jiff::tz::offset(8)).build();
        let list = client
            .expect("a client")
            .list_batches(BatchFilter::new())
            .page_size(page_size);
        let found: Result<Vec<_>, Error> = list.items().try_collect().await;
        let count = found.ok().map(|rows| rows.len());
        assert_eq!(count, is_whole.then_some(rows_in_all), "{order}: {faults}");
    }
}
