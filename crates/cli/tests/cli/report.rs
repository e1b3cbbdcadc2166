//! `qwen-batches summary --output html`: one file that needs nothing from anywhere.

use std::collections::BTreeSet;

use qwen_batches_sandbox::{BatchRow, Sandbox};
use serde_json::json;

use crate::support::{NOW, Outcome, Served, hours_old, with_key};
use crate::wire::{Response, Wire};

fn report(base_url: &str) -> String {
    let words = ["summary", "-o", "html", "-q", "--base-url", base_url];
    let mut command = with_key(&words);
    command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    let outcome = Outcome::of(command);
    assert_eq!(outcome.code, 0, "{outcome}");
    outcome.stdout
}

/// What stands between `start` and `end`, each time.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let pieces = text.split(start).skip(1);
    pieces
        .filter_map(|piece| Some(piece.split_once(end)?.0))
        .collect()
}

#[test]
fn every_bar_has_its_row() {
    for count in [0, 1, 250] {
        let page = report(Served::new(Sandbox::builder().batches(count)).base_url());
        let bars: BTreeSet<&str> = between(&page, "<a href=\"#", "\"").into_iter().collect();
        let rows: BTreeSet<&str> = between(&page, "<tr id=\"", "\"").into_iter().collect();
        assert_eq!((bars.len(), &bars), (count, &rows));
    }
}

/// Names, errors, ids, statuses and endpoints are written by others.
#[test]
fn foreign_text_is_text() {
    let attack = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>\u{1b}[2J\u{202e}";
    let entry = json!({ "code": attack, "message": attack, "param": attack, "line": 1 });
    let errors = json!({ "object": "list", "data": [entry] });
    let attacked = |row: BatchRow| row.name(attack).endpoint(attack);
    let rows = [
        attacked(hours_old(30)).set("id", attack).status(attack),
        attacked(hours_old(31))
            .status("failed")
            .set("errors", errors),
        attacked(hours_old(32))
            .status("expired")
            .set("completion_window", attack)
            .set("output_file_id", attack),
    ];
    let page = report(Served::rows(rows).base_url());
    for bad in ["<script", "<img", "\u{1b}", "\u{202e}"] {
        assert!(!page.contains(bad), "{bad:?}");
    }
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;"),
        "{page}"
    );
    assert!(page.contains("content=\"default-src 'none';"));
}

#[test]
fn nothing_is_fetched() {
    let page = report(Served::new(Sandbox::builder().batches(250)).base_url());
    for attribute in [
        "src=",
        "url(",
        "@import",
        "<script",
        "<link rel=\"stylesheet",
    ] {
        assert!(!page.contains(attribute), "{attribute}");
    }
    let links = between(&page, "href=\"", "\"");
    let is_inside = |link: &&str| link.starts_with('#') || *link == "data:,";
    assert!(links.iter().all(is_inside));
}

#[test]
fn secrets_are_masked() {
    let row = hours_old(1)
        .name("see https://h.example/?Signature=hush-1")
        .input_file_id("https://b.oss-cn-beijing.aliyuncs.com/in.jsonl?Signature=hush-2")
        .status("cancelled")
        .set("output_file_id", "https://h.example/out?Signature=hush-3")
        .metadata_entry(
            "ds_batch_finish_callback",
            "https://hooks.example.com/?t=hush-4",
        );
    let page = report(Served::rows([row]).base_url());
    assert!(page.contains("https://h.example/?***"), "{page}");
    assert!(!page.contains("hush"), "{page}");
}

#[test]
fn thousands_of_batches_are_less_than_two_megabytes() {
    let page = report(Served::new(Sandbox::builder().batches(5_000)).base_url());
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    assert_eq!(between(&page, "<a href=\"#", "\"").len(), 5_000);
}

/// Times that a server may send, and what is left of them.
#[test]
fn times_of_any_kind() {
    let rows = [
        hours_old(-48).name("tomorrow"),
        hours_old(1).status("completed").name("no end"),
        hours_old(2)
            .status("completed")
            .set("completed_at", i64::MAX),
        hours_old(3).status("expired").set("expired_at", 1),
        hours_old(24 * 40)
            .status("completed")
            .set("completed_at", NOW - 35 * 86_400),
        hours_old(24 * 41).name("under way for long"),
        hours_old(4).set("created_at", i64::MAX),
        hours_old(5).set("created_at", i64::MIN),
    ];
    let wire = Wire::serve(vec![Response::page(rows, false)]);
    let page = report(wire.base_url());
    assert_eq!(between(&page, "<tr id=\"", "\"").len(), 8, "{page}");
    assert!(page.contains("1 batch had ended before"), "{page}");
}
