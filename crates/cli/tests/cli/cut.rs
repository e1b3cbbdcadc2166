//! Lists that break off after their first page: nobody may take them for whole ones.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Cases, FORMATS, hours_old, list};
use crate::wire::{Response, Wire, error_body};

fn page_then(response: Response) -> Wire {
    let page = [hours_old(1).name("one"), hours_old(2).name("two")];
    Wire::serve(vec![Response::page(page, true), response])
}

fn arrears() -> Response {
    let body = error_body("Arrearage", "Access denied, your account is overdue.");
    Response::json("400 Bad Request", &body)
}

#[test]
fn every_format_says_so() {
    let mut cases = Cases::default();
    for format in FORMATS {
        let wire = page_then(arrears());
        let outcome = list(wire.base_url(), &["--output", format]);
        cases.add(format, &outcome);
        if format == "json" {
            let parsed: Result<Value, _> = serde_json::from_str(&outcome.stdout);
            parsed.expect_err("an open array is no JSON");
        }
        assert_eq!(wire.requests().len(), 2);
    }
    assert_snapshot!("cut", cases);
}

#[test]
fn what_is_left_of_a_limited_list() {
    let wire = page_then(arrears());
    let outcome = list(wire.base_url(), &["--max-items", "10", "--output", "ids"]);
    assert_snapshot!("cut_max_items", outcome);
}

#[test]
fn a_key_refused_midway_keeps_its_exit_code() {
    let body = error_body("invalid_api_key", "Incorrect API key provided.");
    let wire = page_then(Response::json("401 Unauthorized", &body));
    let outcome = list(wire.base_url(), &["--output", "ids"]);
    assert_eq!(outcome.code, 3, "{outcome}");
    let last = outcome.stderr.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("help: to resume, run: qwen-batches list "),
        "{outcome}"
    );
}

#[test]
fn pages_that_do_not_add_up() {
    // The cursor does not move, nor does the list by time: there is no place to go on from.
    let page = || Response::page([hours_old(1)], true);
    let wire = Wire::serve((0..8).map(|_| page()).collect());
    let outcome = list(wire.base_url(), &["--output", "ids"]);
    assert_snapshot!("cut_cycle", outcome);
}
