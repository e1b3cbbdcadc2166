//! Scripts as data: read, written, and refused with the place.

use std::error::Error as _;

use qwen_batches_sandbox::{
    EmptyCursor, Fault, FilterParam, IdsOf, MemberChange, NameMatch, Order, Quirk, Sandbox, Script,
    ScriptError, Selection, Sent, WrongId,
};
use serde_json::{Value, json};

fn _assert_impls() {
    fn shared<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    shared::<Script>();
    shared::<ScriptError>();
}

/// Every fault, as JSON and as Rust.
fn faults() -> Vec<(Value, Fault)> {
    vec![
        (
            json!({"appear_at_head": {"rows": 2}}),
            Fault::AppearAtHead { rows: 2 },
        ),
        (
            json!({"expire_at_tail": {"rows": 2}}),
            Fault::ExpireAtTail { rows: 2 },
        ),
        (json!("sticky_cursor"), Fault::StickyCursor),
        (
            json!({"cycle_cursor": {"length": 3}}),
            Fault::CycleCursor { length: 3 },
        ),
        (
            json!({"overlap_rows": {"rows": 1}}),
            Fault::OverlapRows { rows: 1 },
        ),
        (json!("refuse_cursor"), Fault::RefuseCursor),
        (
            json!({"empty_page": {"has_more": true, "cursor": "next"}}),
            Fault::EmptyPage {
                has_more: true,
                cursor: EmptyCursor::Next,
            },
        ),
        (
            json!({"has_more": {"says": null}}),
            Fault::HasMore { says: None },
        ),
        (
            json!({"has_more": {"says": false}}),
            Fault::HasMore { says: Some(false) },
        ),
        (
            json!({"bad_row": {"at": 1, "row": {"id": 7}}}),
            Fault::BadRow {
                at: 1,
                row: json!({"id": 7}),
            },
        ),
        (
            json!({"ignore_filters": {}}),
            Fault::IgnoreFilters {
                filters: Vec::new(),
            },
        ),
        (
            json!({"ignore_filters": {"filters": ["status", "create_after"]}}),
            Fault::IgnoreFilters {
                filters: vec![FilterParam::Status, FilterParam::CreateAfter],
            },
        ),
        (
            json!({"order": {"is": "two_runs"}}),
            Fault::Order { is: Order::TwoRuns },
        ),
        (
            json!({"quirk": {"zone_offset_hours": 0}}),
            Quirk::ZoneOffsetHours(0).into(),
        ),
        (
            json!({"quirk": {"names": "ignores_case"}}),
            Quirk::Names(NameMatch::IgnoresCase).into(),
        ),
        (
            json!({"last_id": {"is": "first_row"}}),
            Fault::LastId {
                is: WrongId::FirstRow,
            },
        ),
        (
            json!({"first_id": {"is": "absent"}}),
            Fault::FirstId {
                is: WrongId::Absent,
            },
        ),
        (
            json!({"encoded_ids": {"of": "rows"}}),
            Fault::EncodedIds { of: IdsOf::Rows },
        ),
        (
            json!({"repeat_rows": {"every": 3}}),
            Fault::RepeatRows { every: 3 },
        ),
        (
            json!({"member": {"pointer": "/request_counts", "becomes": "null"}}),
            Fault::Member {
                rows: Selection::from(..),
                pointer: "/request_counts".to_owned(),
                becomes: MemberChange::Null,
            },
        ),
        (
            json!({"member": {"rows": 2, "pointer": "/status", "becomes": {"value": "paused"}}}),
            Fault::Member {
                rows: Selection::from(2),
                pointer: "/status".to_owned(),
                becomes: MemberChange::Value("paused".into()),
            },
        ),
        (json!("required_members_only"), Fault::RequiredMembersOnly),
        (
            json!({"page_member": {"pointer": "/object", "becomes": "absent"}}),
            Fault::PageMember {
                pointer: "/object".to_owned(),
                becomes: MemberChange::Absent,
            },
        ),
        (
            json!({"throttle": {"seconds": 20}}),
            Fault::Throttle { seconds: 20 },
        ),
        (json!("byte_order_mark"), Fault::ByteOrderMark),
        (
            json!({"response": {"status": 503}}),
            Fault::status(503).into(),
        ),
        (
            json!({"response": {
                "status": 429, "headers": {"retry-after": "1"}, "body": {"json": {"code": null}},
            }}),
            Fault::status(429)
                .header("retry-after", "1")
                .json(json!({"code": null}))
                .into(),
        ),
        (
            json!({"response": {"status": 502, "body": {"html": "<p>"}}}),
            Fault::status(502).html("<p>").into(),
        ),
        (
            json!({"response": {"status": 502, "body": {"text": ""}}}),
            Fault::status(502).text("").into(),
        ),
        (
            json!({"response": {"status": 204, "body": "empty"}}),
            Fault::status(204).empty().into(),
        ),
        (
            json!({"html": {"status": 502}}),
            Fault::Html { status: 502 },
        ),
        (json!("error_as_success"), Fault::ErrorAsSuccess),
        (json!("malformed_json"), Fault::MalformedJson),
        (
            json!({"header": {"name": "content-type", "value": null}}),
            Fault::header("content-type", None),
        ),
        (json!({"reset": {"after": "nothing"}}), Fault::reset()),
        (json!({"cut": {"after": {"body": 9}}}), Fault::cut_body(9)),
        (json!({"stall": {"after": "nothing"}}), Fault::stall()),
        (
            json!({"stall": {"after": "head", "for_ms": 5}}),
            Fault::Stall {
                after: Sent::Head,
                for_ms: Some(5),
            },
        ),
        (json!({"slow_bytes": {"chunk": 9}}), Fault::slow_bytes(9)),
        (
            json!({"slow_bytes": {"chunk": 9, "pause_ms": 5}}),
            Fault::SlowBytes {
                chunk: 9,
                pause_ms: Some(5),
            },
        ),
        (json!("endless_body"), Fault::EndlessBody),
    ]
}

#[test]
fn every_fault_is_read_and_written() {
    for (json, fault) in faults() {
        let name = json.as_str().or_else(|| {
            let fields = json.as_object()?;
            fields.keys().next().map(String::as_str)
        });
        assert_eq!(name, Some(fault.name()));
        assert_eq!(serde_json::to_value(&fault).expect("JSON"), json);
        assert_eq!(
            serde_json::from_value::<Fault>(json.clone()).expect("a fault"),
            fault
        );
        assert_eq!(json.to_string().parse(), Ok(fault.clone()));
        if let Some(name) = json.as_str() {
            assert_eq!(name.parse(), Ok(fault));
        }
    }
}

#[test]
fn the_readme_has_every_fault_as_it_is_read() {
    let readme = include_str!("../../README.md");
    let table = readme.split("| fault, as JSON |").nth(1).expect("a table");
    let rows = table.lines().skip(2).take_while(|line| !line.is_empty());
    let first_cells = rows.filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let shown: Vec<&str> = first_cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(|json| json.parse::<Fault>().expect(json).name())
        .collect();
    for (_, fault) in faults() {
        assert!(shown.contains(&fault.name()), "{}", fault.name());
    }
}

#[test]
fn all_of_them_make_a_script() {
    let script = faults()
        .into_iter()
        .fold(Script::new(), |script, (_, fault)| script.on(1, fault));
    let json = serde_json::to_string_pretty(&script).expect("JSON");
    assert_eq!(json.parse(), Ok(script.clone()));
    assert_eq!(
        serde_json::from_str::<Script>(&json).expect("a script"),
        script
    );
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
