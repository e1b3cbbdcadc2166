//! Scripts as data: read, written, and refused with the place.

use std::error::Error as _;

use qwen_batches_sandbox::{Fault, Sandbox, Script, ScriptError, Selection};
use serde_json::{Value, json};

fn _assert_impls() {
    fn shared<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    shared::<Script>();
    shared::<ScriptError>();
}

/// The faults of the README's table, as JSON.
fn faults() -> Vec<Value> {
    let readme = include_str!("../../README.md");
    let table = readme.split("| fault, as JSON |").nth(1).expect("a table");
    let rows = table.lines().skip(2).take_while(|line| !line.is_empty());
    let first_cells = rows.filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    first_cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(|json| serde_json::from_str(json).expect(json))
        .collect()
}

#[test]
fn every_fault_is_in_the_readme_as_it_is_read_and_written() {
    let mut names = Vec::new();
    for json in faults() {
        let fault: Fault = json.to_string().parse().expect("a fault");
        assert_eq!(serde_json::to_value(&fault).expect("JSON"), json);
        let name = json.as_str().map(str::to_owned);
        let key = || json.as_object()?.keys().next().cloned();
        assert_eq!(name.or_else(key).as_deref(), Some(fault.name()));
        names.push(fault.name());
    }
    assert_eq!("sticky_cursor".parse(), Ok(Fault::StickyCursor));
    let unknown = "flood".parse::<Fault>().expect_err("no fault").to_string();
    let known: Vec<_> = unknown.split('`').skip(3).step_by(2).collect();
    assert!(known.len() > 25, "{unknown}");
    assert!(known.iter().all(|name| names.contains(name)), "{known:?}");
}

#[test]
fn all_of_them_make_a_script() {
    let steps: Vec<Value> = faults()
        .into_iter()
        .map(|fault| json!({ "on": 1, "fault": fault }))
        .collect();
    let json = Value::from(steps).to_string();
    let script: Script = json.parse().expect("a script");
    assert_eq!(serde_json::to_string(&script).expect("JSON"), json);
    assert_eq!(script.steps().len(), faults().len());
}

#[test]
fn requests_are_a_number_or_an_object() {
    for (json, requests) in [
        (json!(3), Selection::from(3)),
        (json!({"from": 1}), Selection::from(..)),
        (json!({"from": 2}), Selection::from(2..)),
        (json!({"from": 2, "to": 5}), Selection::from(2..=5)),
        (json!({"from": 1, "to": 5}), Selection::from(..=5)),
        (json!({"from": 1, "every": 3}), Selection::from(..).every(3)),
        (
            json!({"from": 4, "to": 9, "every": 2}),
            Selection::from(4..=9).every(2),
        ),
    ] {
        assert_eq!(serde_json::to_value(&requests).expect("JSON"), json);
        assert_eq!(
            serde_json::from_value::<Selection>(json).expect("requests"),
            requests
        );
    }
    for (json, requests) in [
        (json!({}), Selection::from(..)),
        (json!({"every": 3}), Selection::from(..).every(3)),
        (json!({"to": 3}), Selection::from(..=3)),
        (json!({"from": 3, "to": 3}), Selection::from(3)),
    ] {
        assert_eq!(
            serde_json::from_value::<Selection>(json).expect("requests"),
            requests
        );
    }
}

/// The second step of a script, the place that is named, and a part of the text.
const BAD_STEPS: &[(&str, &str, &str)] = &[
    ("7", "", "expected struct Step"),
    (r#"{"on": 1}"#, "", "missing field `fault`"),
    (
        r#"{"on": "1", "fault": "malformed_json"}"#,
        "on",
        "expected a number",
    ),
    (
        r#"{"on": {"nth": 1}, "fault": "malformed_json"}"#,
        "on",
        "expected a number",
    ),
    (
        r#"{"on": 0, "fault": "malformed_json"}"#,
        "on",
        "starts at 1",
    ),
    (
        r#"{"on": {"from": 4, "to": 2}, "fault": "malformed_json"}"#,
        "on",
        "ends at 2",
    ),
    (
        r#"{"on": {"every": 0}, "fault": "malformed_json"}"#,
        "on.every",
        "at least 1",
    ),
    (
        r#"{"on": 1, "fault": "flood"}"#,
        "fault",
        "unknown variant `flood`",
    ),
    (
        r#"{"on": 1, "fault": {"cut": {"after": {"body": -1}}}}"#,
        "fault.cut.after.body",
        "-1",
    ),
    (
        r#"{"on": 1, "fault": {"stall": {"after": "head", "ms": 1}}}"#,
        "fault.stall.ms",
        "`ms`",
    ),
    (
        r#"{"on": 1, "fault": {"html": {"status": 99}}}"#,
        "fault.html.status",
        "99",
    ),
    (
        r#"{"on": 1, "fault": {"response": {"status": 304}}}"#,
        "fault.response.body",
        "no body",
    ),
    (
        r#"{"on": 1, "fault": {"response": {"status": 200, "headers": {"a": "\n"}}}}"#,
        "fault.response.headers.a",
        "fit",
    ),
    (
        r#"{"on": 1, "fault": {"header": {"name": "Content-Length", "value": "1"}}}"#,
        "fault.header.Content-Length",
        "where the body ends",
    ),
    (
        r#"{"on": 1, "fault": {"member": {"pointer": "id", "becomes": "null"}}}"#,
        "fault.member.pointer",
        "slash",
    ),
    (
        r#"{"on": 1, "fault": {"page_member": {"pointer": "/x", "becomes": {"nested": 10000001}}}}"#,
        "fault.page_member.becomes.nested",
        "more than",
    ),
    (
        r#"{"on": 1, "fault": {"quirk": {"zone_offset_hours": 26}}}"#,
        "fault.quirk.zone_offset_hours",
        "25 hours",
    ),
    (
        r#"{"on": 1, "fault": {"appear_at_head": {"rows": 100001}}}"#,
        "fault.appear_at_head.rows",
        "more than",
    ),
    (
        r#"{"on": 1, "fault": {"cycle_cursor": {"length": 0}}}"#,
        "fault.cycle_cursor.length",
        "at least 1",
    ),
];

#[test]
fn a_bad_step_is_named_with_its_place() {
    for (step, place, part) in BAD_STEPS {
        let text = format!("[{{\"on\": 1, \"fault\": \"refuse_cursor\"}},\n {step}]");
        let error = Script::from_json(&text).expect_err(step);
        assert_eq!(error.step_number(), Some(2), "{step}");
        assert_eq!(error.place(), *place, "{step}: {error}");
        let shown = error.to_string();
        assert!(shown.starts_with("step 2 of the script"), "{shown}");
        assert!(shown.contains(place) && shown.contains(part), "{shown}");
    }
}

#[test]
fn what_is_no_script_is_refused() {
    for text in [
        "",
        "[",
        "[{]",
        "[] []",
        "[{\"on\"",
        "[{\"on\": 1, \"fault\": \"refuse_cursor\"},]",
    ] {
        let error = text.parse::<Script>().expect_err(text);
        assert_eq!(error.step_number(), None, "{text}: {error}");
        assert!(error.to_string().contains("is not JSON"), "{text}: {error}");
    }
    for text in ["{}", "null", "\"refuse_cursor\"", "{\"steps\": []}"] {
        let error = text.parse::<Script>().expect_err(text);
        assert_eq!(error.step_number(), None, "{text}: {error}");
        assert!(error.to_string().contains("not a list"), "{text}: {error}");
    }
    assert_eq!("[]".parse(), Ok(Script::new()));
}

#[tokio::test]
async fn a_script_that_cannot_be_played_starts_no_sandbox() {
    let script = Script::new()
        .on(1, Fault::RefuseCursor)
        .on(2, Fault::status(200).header("connection", "close"));
    let started = Sandbox::builder().script(script).start().await;
    let error = started.expect_err("it must not start");
    assert!(error.is_script());
    let cause = error.source().expect("a cause").to_string();
    assert!(cause.starts_with("step 2 of the script, fault.response.headers.connection: "));
}
