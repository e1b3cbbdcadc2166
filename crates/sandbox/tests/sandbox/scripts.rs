//! Scripts as data: read, written, and refused with the place.

use std::error::Error as _;

use qwen_batches_sandbox::{
    EmptyCursor, Fault, FilterParam, IdsOf, MemberChange, NameMatch, Order, Quirk, Requests,
    Sandbox, Script, ScriptError, Sent, WrongId,
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
            json!({"missing_ids": {"of": "page", "absent": true}}),
            Fault::MissingIds {
                of: IdsOf::Page,
                absent: true,
            },
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
                rows: Requests::from(..),
                pointer: "/request_counts".to_owned(),
                becomes: MemberChange::Null,
            },
        ),
        (
            json!({"member": {"rows": 2, "pointer": "/status", "becomes": {"value": "paused"}}}),
            Fault::Member {
                rows: Requests::from(2),
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
        (json!({"reply": {"status": 503}}), Fault::status(503).into()),
        (
            json!({"reply": {
                "status": 429, "headers": {"retry-after": "1"}, "body": {"json": {"code": null}},
            }}),
            Fault::status(429)
                .header("retry-after", "1")
                .json(json!({"code": null}))
                .into(),
        ),
        (
            json!({"reply": {"status": 502, "body": {"html": "<p>"}}}),
            Fault::status(502).html("<p>").into(),
        ),
        (
            json!({"reply": {"status": 502, "body": {"text": ""}}}),
            Fault::status(502).text("").into(),
        ),
        (
            json!({"reply": {"status": 204, "body": "empty"}}),
            Fault::status(204).empty().into(),
        ),
        (
            json!({"html": {"status": 502}}),
            Fault::Html { status: 502 },
        ),
        (
            json!({"empty": {"status": 503}}),
            Fault::Empty { status: 503 },
        ),
        (json!("error_as_success"), Fault::ErrorAsSuccess),
        (
            json!({"redirect": {"location": "/x"}}),
            Fault::Redirect {
                location: "/x".to_owned(),
            },
        ),
        (
            json!({"deeply_nested": {"depth": 9}}),
            Fault::DeeplyNested { depth: 9 },
        ),
        (json!("malformed_json"), Fault::MalformedJson),
        (
            json!({"wrong_content_type": {"content_type": "text/html"}}),
            Fault::WrongContentType {
                content_type: Some("text/html".to_owned()),
            },
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
fn the_readme_names_every_fault() {
    let readme = include_str!("../../README.md");
    for (_, fault) in faults() {
        let cell = format!("`{}`", fault.name());
        let rows = readme.lines().filter_map(|line| line.strip_prefix("| "));
        let named = rows.filter_map(|row| row.split(" |").next());
        assert!(named.into_iter().any(|it| it.contains(&cell)), "{cell}");
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
        (json!(3), Requests::from(3)),
        (json!({"from": 1}), Requests::from(..)),
        (json!({"from": 2}), Requests::from(2..)),
        (json!({"from": 2, "to": 5}), Requests::from(2..=5)),
        (json!({"from": 1, "to": 5}), Requests::from(..=5)),
        (json!({"from": 1, "every": 3}), Requests::from(..).every(3)),
        (
            json!({"from": 4, "to": 9, "every": 2}),
            Requests::from(4..=9).every(2),
        ),
    ] {
        assert_eq!(serde_json::to_value(&requests).expect("JSON"), json);
        assert_eq!(
            serde_json::from_value::<Requests>(json).expect("requests"),
            requests
        );
    }
    for (json, requests) in [
        (json!({}), Requests::from(..)),
        (json!({"every": 3}), Requests::from(..).every(3)),
        (json!({"to": 3}), Requests::from(..=3)),
        (json!({"from": 3, "to": 3}), Requests::from(3)),
    ] {
        assert_eq!(
            serde_json::from_value::<Requests>(json).expect("requests"),
            requests
        );
    }
}

/// The second step of a script, the place that is named, and a part of the text.
const BAD_STEPS: &[(&str, &str, &str)] = &[
    ("7", "", "expected struct Step"),
    ("{}", "", "missing field `on`"),
    (r#"{"on": 1}"#, "", "missing field `fault`"),
    (
        r#"{"on": 1, "fault": "malformed_json", "x": 1}"#,
        "x",
        "unknown field `x`",
    ),
    (
        r#"{"on": "1", "fault": "malformed_json"}"#,
        "on",
        "expected the number of a request",
    ),
    (
        r#"{"on": -1, "fault": "malformed_json"}"#,
        "on",
        "expected the number of a request",
    ),
    (
        r#"{"on": 0, "fault": "malformed_json"}"#,
        "on",
        "counted from 1",
    ),
    (
        r#"{"on": {"from": 0}, "fault": "malformed_json"}"#,
        "on",
        "counted from 1",
    ),
    (
        r#"{"on": {"nth": 1}, "fault": "malformed_json"}"#,
        "on.nth",
        "unknown field `nth`",
    ),
    (
        r#"{"on": {"from": "a"}, "fault": "malformed_json"}"#,
        "on.from",
        "invalid type",
    ),
    (
        r#"{"on": {"from": 4, "to": 2}, "fault": "malformed_json"}"#,
        "on",
        "ends at 2",
    ),
    (
        r#"{"on": {"every": 0}, "fault": "malformed_json"}"#,
        "on.every",
        "0th",
    ),
    (
        r#"{"on": 1, "fault": "flood"}"#,
        "fault",
        "unknown variant `flood`",
    ),
    (
        r#"{"on": 1, "fault": "cut"}"#,
        "fault.cut",
        "struct variant",
    ),
    (
        r#"{"on": 1, "fault": {"cut": {}}}"#,
        "fault.cut",
        "missing field `after`",
    ),
    (
        r#"{"on": 1, "fault": {"cut": {"after": 9}}}"#,
        "fault.cut.after",
        "",
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
        r#"{"on": 1, "fault": {"html": {"status": 204}}}"#,
        "fault.html.body",
        "no body",
    ),
    (
        r#"{"on": 1, "fault": {"empty": {"status": 600}}}"#,
        "fault.empty.status",
        "600",
    ),
    (
        r#"{"on": 1, "fault": {"reply": {"status": 100}}}"#,
        "fault.reply.status",
        "100",
    ),
    (
        r#"{"on": 1, "fault": {"reply": {"status": 304}}}"#,
        "fault.reply.body",
        "no body",
    ),
    (
        r#"{"on": 1, "fault": {"reply": {"status": 200, "headers": {"a b": ""}}}}"#,
        "fault.reply.headers.a b",
        "name",
    ),
    (
        r#"{"on": 1, "fault": {"reply": {"status": 200, "headers": {"a": "\n"}}}}"#,
        "fault.reply.headers.a",
        "fit",
    ),
    (
        r#"{"on": 1, "fault": {"reply": {"status": 200, "headers": {"Content-Length": "1"}}}}"#,
        "fault.reply.headers.Content-Length",
        "where the body ends",
    ),
    (
        r#"{"on": 1, "fault": {"redirect": {"location": "\r"}}}"#,
        "fault.redirect.location",
        "fit",
    ),
    (
        r#"{"on": 1, "fault": {"wrong_content_type": {"content_type": "\u0000"}}}"#,
        "fault.wrong_content_type.content_type",
        "fit",
    ),
    (
        r#"{"on": 1, "fault": {"deeply_nested": {"depth": 0}}}"#,
        "fault.deeply_nested.depth",
        "1",
    ),
    (
        r#"{"on": 1, "fault": {"deeply_nested": {"depth": 10000001}}}"#,
        "fault.deeply_nested.depth",
        "more than",
    ),
    (
        r#"{"on": 1, "fault": {"appear_at_head": {"rows": 100001}}}"#,
        "fault.appear_at_head.rows",
        "more than",
    ),
    (
        r#"{"on": 1, "fault": {"expire_at_tail": {"rows": 0}}}"#,
        "fault.expire_at_tail.rows",
        "1",
    ),
    (
        r#"{"on": 1, "fault": {"overlap_rows": {"rows": 0}}}"#,
        "fault.overlap_rows.rows",
        "1",
    ),
    (
        r#"{"on": 1, "fault": {"cycle_cursor": {"length": 0}}}"#,
        "fault.cycle_cursor.length",
        "1",
    ),
    (
        r#"{"on": 1, "fault": {"bad_row": {"at": 0, "row": 1}}}"#,
        "fault.bad_row.at",
        "1",
    ),
    (
        r#"{"on": 1, "fault": {"slow_bytes": {"chunk": 0}}}"#,
        "fault.slow_bytes.chunk",
        "1",
    ),
];

#[test]
fn a_bad_step_is_named_with_its_place() {
    for (step, place, part) in BAD_STEPS {
        let text = format!("[{{\"on\": 1, \"fault\": \"refuse_cursor\"}},\n {step}]");
        let error = Script::from_json(&text).expect_err(step);
        assert!(
            error.is_step() && !error.is_json() && !error.is_list(),
            "{step}"
        );
        assert_eq!(error.step_number(), Some(2), "{step}");
        assert_eq!(error.place(), Some(*place), "{step}: {error}");
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
        assert!(
            error.is_json() && error.step_number().is_none(),
            "{text}: {error}"
        );
    }
    for text in ["{}", "null", "\"refuse_cursor\"", "{\"steps\": []}"] {
        let error = text.parse::<Script>().expect_err(text);
        assert!(
            error.is_list() && error.place().is_none(),
            "{text}: {error}"
        );
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
    assert!(cause.starts_with("step 2 of the script, fault.reply.headers.connection: "));
}
