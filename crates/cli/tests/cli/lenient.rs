//! Rows with less than the contract promises: all are printed, and nothing is made up.

use insta::assert_snapshot;
use qwen_batches_sandbox::{Fault, Sandbox};

use crate::support::{Cases, FORMATS, Outcome, Served, hours_old, list, with_key};

/// A server whose rows have what OpenAI requires, and no more.
fn server() -> Served {
    let rows = [
        hours_old(1).status("in_progress"),
        hours_old(2).status("completed"),
    ];
    let rows = rows.map(|row| row.build());
    Served::new(
        Sandbox::builder()
            .rows(rows)
            .always(Fault::RequiredMembersOnly),
    )
}

#[test]
fn nothing_is_printed_that_the_server_did_not_send() {
    let mut cases = Cases::default();
    let server = server();
    for format in FORMATS {
        let outcome = list(server.base_url(), &["--output", format]);
        cases.add(format, outcome);
    }
    let columns = "--columns=requests,progress,total,status,id";
    let outcome = list(server.base_url(), &[columns]);
    cases.add("columns", outcome);
    assert_snapshot!("lenient", cases);
}

#[test]
fn sums_are_of_what_is_known() {
    let mut cases = Cases::default();
    let server = server();
    for format in ["text", "json"] {
        let args = [
            "summary",
            "--output",
            format,
            "--base-url",
            server.base_url(),
        ];
        let mut command = with_key(&args);
        command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
        cases.add(format, Outcome::of(command));
    }
    assert_snapshot!("lenient_summary", cases);
}
