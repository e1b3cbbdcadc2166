//! Rows that are not what the contract promises.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::{Cases, FORMATS, hours_old, list};
use crate::wire::{Response, Wire, error_body};

fn page(has_more: bool) -> Response {
    let bad = hours_old(2).set("created_at", "2025-03-06T22:00:00Z");
    Response::page([hours_old(1), bad, hours_old(3)], has_more)
}

#[test]
fn all_others_are_printed() {
    let mut cases = Cases::default();
    for format in FORMATS {
        let wire = Wire::serve(vec![page(true), Response::page([hours_old(4)], false)]);
        let outcome = list(wire.base_url(), &["--output", format]);
        cases.add(format, &outcome);
        if format == "json" {
            let rows: Vec<Value> = serde_json::from_str(&outcome.stdout).expect("an array");
            assert_eq!(rows.len(), 3);
        }
    }
    assert_snapshot!("unreadable", cases);
}

#[test]
fn an_error_later_on_weighs_more() {
    let body = error_body("Arrearage", "Access denied, your account is overdue.");
    let wire = Wire::serve(vec![page(true), Response::json("400 Bad Request", &body)]);
    let outcome = list(wire.base_url(), &["--output", "ids"]);
    assert_snapshot!("unreadable_then_cut", outcome);
}
