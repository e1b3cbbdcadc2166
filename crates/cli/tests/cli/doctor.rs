//! `qwen-batches doctor`

use insta::assert_snapshot;
use qwen_batches_sandbox::{
    Bounds, Fault, FilterParam, MemberChange, Order, Quirk, Sandbox, SandboxBuilder, Script,
    Selection, WrongId,
};
use serde_json::{Value, json};

use crate::support::{KEY, Outcome, Served, assortment, bare, hours_old, with_key};
use crate::wire::{Response, Wire, error_body};

fn doctor(base_url: &str, args: &[&str]) -> Outcome {
    let all = [&["doctor", "--base-url", base_url], args].concat();
    Outcome::of(with_key(&all))
}

/// The findings of a server that are not as expected, as `check: verdict`, and the exit code.
fn examine(builder: SandboxBuilder) -> (Vec<String>, i32) {
    let sandbox = Served::new(builder);
    let outcome = doctor(sandbox.base_url(), &["--output", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("a report");
    let calls = sandbox.request_count();
    assert_eq!(report["calls"], calls);
    assert!(calls < 40, "{calls} calls");
    let findings = report["findings"].as_array().expect("findings");
    let surprising = findings.iter().filter(|finding| finding["verdict"] != "ok");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let surprising = surprising.map(|finding| {
        let place = match finding["check"].as_str() {
            Some("contract") => text(&finding["found"]).split(':').next().map(str::to_owned),
            _ => None,
        };
        let place = place.unwrap_or_else(|| text(&finding["check"]));
        format!("{place}: {}", text(&finding["verdict"]))
    });
    assert_eq!(report["contract_holds"], outcome.code == 0, "{outcome}");
    (surprising.collect(), outcome.code)
}

#[test]
fn a_plain_sandbox_is_healthy() {
    let sandbox = Served::new(Sandbox::builder());
    let outcome = doctor(sandbox.base_url(), &[]);
    assert_snapshot!("healthy_table", outcome);
    let outcome = doctor(sandbox.base_url(), &["--output", "json"]);
    assert_snapshot!("healthy_json", outcome);
    for request in sandbox.requests() {
        let call = (request.method.as_str(), request.path.as_str());
        assert_eq!(call, ("GET", "/compatible-mode/v1/batches"));
    }
    assert_eq!(examine(Sandbox::builder()), (Vec::new(), 0));
    // Whatever the batches of the day.
    for seed in 1..5 {
        let (surprising, code) = examine(Sandbox::builder().seed(seed));
        assert_eq!((surprising, code), (Vec::new(), 0), "seed {seed}");
    }
}

#[test]
fn the_sandbox_in_the_process_needs_no_key() {
    let outcome = Outcome::of(bare(&["--sandbox", "doctor"]));
    assert_eq!(
        (outcome.code, outcome.stderr.as_str()),
        (0, ""),
        "{outcome}"
    );
}

#[test]
fn each_deviation_is_found() {
    let plain = Sandbox::builder;
    let rejected = |verdict: &str| {
        let checks = [
            "limit of 0",
            "limit of 101",
            "unknown status",
            "unknown cursor",
            "malformed time",
        ];
        checks.map(|check| format!("{check}: {verdict}")).to_vec()
    };
    let one = |finding: &str| vec![finding.to_owned()];
    let with = |quirk: Quirk| plain().always(quirk);
    let faulty = |fault: Fault| plain().always(fault);
    let cases = [
        (
            plain().always(Quirk::ZoneOffsetHours(0)),
            one("zone of the time filters: violation"),
        ),
        (
            plain().always(Quirk::ZoneOffsetHours(9)),
            one("zone of the time filters: violation"),
        ),
        (
            plain().always(Quirk::ZoneOffsetHours(-12)),
            one("zone of the time filters: violation"),
        ),
        (
            plain().always(Quirk::ZoneOffsetHours(14)),
            one("zone of the time filters: violation"),
        ),
        (
            plain().always(Quirk::ZoneOffsetHours(20)),
            vec![
                "zone of the time filters: violation".to_owned(),
                "bounds of the time filters: inconclusive".to_owned(),
                "has_more on a last page: inconclusive".to_owned(),
            ],
        ),
        (
            plain().always(Quirk::Bounds(Bounds::Exclusive)),
            one("bounds of the time filters: undocumented"),
        ),
        (
            with(Quirk::OverReportsMore),
            one("has_more on a last page: undocumented"),
        ),
        (
            faulty(extra_member()),
            one("/body/data/*/model: undocumented"),
        ),
        (
            faulty(missing_member()),
            one("/body/data/*/expires_at: violation"),
        ),
        (faulty(new_status()), one("statuses: undocumented")),
        (with(Quirk::EmptyArray), one("empty page: undocumented")),
        (
            faulty(Fault::Order {
                is: Order::ReversedPages,
            }),
            vec![
                "order: violation".to_owned(),
                "page behind a cursor: violation".to_owned(),
                "first_id and last_id: violation".to_owned(),
            ],
        ),
        (
            with(Quirk::NativeErrors),
            one("bodies of errors: undocumented"),
        ),
        (
            with(Quirk::HtmlErrors),
            vec![
                "bodies of errors: undocumented".to_owned(),
                "content type: violation".to_owned(),
            ],
        ),
        (
            with(Quirk::ErrorsAsSuccess),
            [
                rejected("undocumented"),
                ["object", "data", "first_id", "last_id", "has_more"]
                    .map(|key| format!("/body/{key}: violation"))
                    .to_vec(),
                ["error", "request_id"]
                    .map(|key| format!("/body/{key}: undocumented"))
                    .to_vec(),
            ]
            .concat(),
        ),
        (
            with(Quirk::LenientParameters),
            [
                rejected("undocumented"),
                one("bodies of errors: inconclusive"),
            ]
            .concat(),
        ),
        (
            faulty(Fault::header("x-request-id", None)),
            one("x-request-id: violation"),
        ),
        (
            faulty(Fault::header("content-type", Some("text/plain"))),
            one("content type: violation"),
        ),
        (
            faulty(ignored(&[FilterParam::Status])),
            vec![
                "filter by status: violation".to_owned(),
                "unknown status: undocumented".to_owned(),
            ],
        ),
        (
            faulty(ignored(&[FilterParam::DsName])),
            vec![
                "filter by name: violation".to_owned(),
                "case of ds_name: inconclusive".to_owned(),
            ],
        ),
        (
            faulty(ignored(&[FilterParam::InputFileIds])),
            one("filter by input file: violation"),
        ),
        (
            faulty(ignored(&[
                FilterParam::CreateAfter,
                FilterParam::CreateBefore,
            ])),
            vec![
                "zone of the time filters: violation".to_owned(),
                "bounds of the time filters: inconclusive".to_owned(),
                "has_more on a last page: inconclusive".to_owned(),
                "malformed time: undocumented".to_owned(),
            ],
        ),
        (
            faulty(Fault::HasMore { says: Some(false) }),
            one("has_more before the last page: violation"),
        ),
        (
            faulty(Fault::LastId {
                is: WrongId::FirstRow,
            }),
            one("first_id and last_id: violation"),
        ),
        (
            faulty(Fault::FirstId {
                is: WrongId::Unknown,
            }),
            vec![
                "empty page: undocumented".to_owned(),
                "first_id and last_id: violation".to_owned(),
            ],
        ),
        (
            faulty(Fault::RepeatRows { every: 7 }),
            one("rows of a page: violation"),
        ),
        (
            faulty(Fault::member("/completed_at", MemberChange::Milliseconds)),
            one("unit of times: violation"),
        ),
    ];
    let mut wrong = Vec::new();
    for (builder, expected) in cases {
        let name = format!("{builder:?}");
        let violates = expected
            .iter()
            .any(|finding| finding.ends_with("violation"));
        let expected = (expected, if violates { 5 } else { 0 });
        let found = examine(builder);
        if found != expected {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn ignored(filters: &[FilterParam]) -> Fault {
    Fault::IgnoreFilters {
        filters: filters.to_vec(),
    }
}

fn extra_member() -> Fault {
    Fault::member("/model", MemberChange::Value("qwen-plus".into()))
}

fn missing_member() -> Fault {
    Fault::member("/expires_at", MemberChange::Absent)
}

fn new_status() -> Fault {
    Fault::Member {
        rows: Selection::from(1),
        pointer: "/status".to_owned(),
        becomes: MemberChange::Value("paused".into()),
    }
}

#[test]
fn what_a_sick_server_looks_like() {
    let builder = Sandbox::builder()
        .always(Quirk::ZoneOffsetHours(-3))
        .always(Quirk::Bounds(Bounds::Exclusive))
        .always(Quirk::OverReportsMore)
        .always(extra_member())
        .always(missing_member())
        .always(new_status())
        .always(Quirk::EmptyArray)
        .always(Fault::Order {
            is: Order::ReversedPages,
        })
        .always(Quirk::ErrorsAsSuccess)
        .always(Quirk::NativeErrors)
        .always(Fault::header("x-request-id", None))
        .always(Fault::header("content-type", Some("text/plain")));
    let sandbox = Served::new(builder);
    assert_snapshot!("sick", doctor(sandbox.base_url(), &[]));
    assert!(sandbox.request_count() < 40);
}

#[test]
fn an_account_without_batches() {
    let sandbox = Served::rows(Vec::<Value>::new());
    assert_snapshot!("no_batches", doctor(sandbox.base_url(), &[]));
}

#[test]
fn batches_of_all_kinds() {
    let mut rows = assortment();
    rows[2] = rows[2]
        .clone()
        .set("expires_at", 1_741_392_000)
        .set("failed_at", 0);
    let rows = rows.into_iter().map(|row| row.set("cancelled_at", 0));
    let sandbox = Served::rows(rows);
    assert_snapshot!("assortment", doctor(sandbox.base_url(), &[]));
}

#[test]
fn a_key_that_is_refused() {
    let sandbox = Served::new(Sandbox::builder().api_key("another"));
    assert_snapshot!("doctor_key_refused", doctor(sandbox.base_url(), &[]));
    assert_eq!(sandbox.request_count(), 1);
    // Nobody else is shown it.
    let outcome = doctor(sandbox.base_url(), &["--try-other-region"]);
    assert_snapshot!("doctor_key_refused_nowhere_else", outcome);
    let body = error_body("access_denied", "Access denied.");
    let wire = Wire::serve(vec![Response::json("403 Forbidden", &body)]);
    assert_eq!(doctor(wire.base_url(), &["--try-other-region"]).code, 3);
}

#[test]
fn servers_that_are_no_service() {
    let unreachable = doctor("https://127.0.0.1:1/compatible-mode/v1", &[]);
    assert_eq!(unreachable.code, 1, "{unreachable}");
    assert_eq!(unreachable.stdout, "");
    assert!(
        unreachable.stderr.starts_with("error: no connection"),
        "{unreachable}"
    );
    for (name, status) in [("html", "200 OK")] {
        let html = "<html><body>Welcome</body></html>";
        let response = Response::new(status, &["content-type: text/html"], html);
        let wire = Wire::serve(vec![response]);
        assert_snapshot!(format!("doctor_{name}"), doctor(wire.base_url(), &[]));
    }
    let body = error_body("Arrearage", "Access denied, your account is overdue.");
    let wire = Wire::serve(vec![Response::json("400 Bad Request", &body)]);
    assert_snapshot!("doctor_arrears", doctor(wire.base_url(), &[]));
}

/// A gateway speaks for a service that is down: nothing is known of the contract.
#[test]
fn a_service_that_is_down_breaks_no_contract() {
    for status in [500, 502, 503, 504] {
        let sandbox = Served::new(Sandbox::builder().always(Fault::Html { status }));
        let outcome = doctor(sandbox.base_url(), &[]);
        let expected = format!("error: the service is down: {status} with HTML\n");
        assert_eq!((outcome.code, outcome.stderr), (1, expected));
        assert_eq!((outcome.stdout.as_str(), sandbox.request_count()), ("", 1));
    }
    // Later on, it costs what was asked then, and is held against nobody.
    let script = Script::new().on(4, Fault::Html { status: 502 });
    let (surprising, code) = examine(Sandbox::builder().script(script));
    assert_eq!(surprising, ["filter by status: inconclusive"]);
    assert_eq!(code, 0);
}

#[test]
fn a_service_that_wants_fewer_calls_is_left_alone() {
    let body = error_body("limit_requests", "Too many requests.");
    let headers = [
        "content-type: application/json",
        "x-request-id: 6a1e",
        "retry-after: 7",
        "x-ratelimit-remaining: 0",
    ];
    let wire = Wire::serve(vec![
        Response::page([hours_old(1), hours_old(2)], false),
        Response::new("429 Too Many Requests", &headers, body.to_string()),
    ]);
    assert_snapshot!("doctor_429", doctor(wire.base_url(), &[]));
    assert_eq!(wire.requests().len(), 2);
}

#[test]
fn a_service_that_hangs_up_is_left_alone() {
    // Nobody is there for the second call and the third.
    let page = Response::page([hours_old(1), hours_old(2)], false);
    let wire = Wire::serve(vec![page]);
    let outcome = doctor(wire.base_url(), &["--output", "json"]);
    let report: Value = serde_json::from_str(&outcome.stdout).expect("a report");
    assert_eq!(
        (&report["calls"], outcome.code),
        (&json!(3), 0),
        "{outcome}"
    );
}

/// `Outcome` looks for the key.
#[test]
fn no_output_shows_a_secret() {
    let secretive = hours_old(1)
        .input_file_id("https://b.oss.aliyuncs.com/in.jsonl?Signature=hush-1")
        .metadata_entry("ds_batch_finish_callback", "https://h.example/?t=hush-2")
        .name("hush-3");
    let sandbox = Served::rows([secretive, hours_old(2)]);
    for format in ["table", "json"] {
        let outcome = doctor(sandbox.base_url(), &["--output", format]);
        assert!(!outcome.stdout.contains("hush"), "{outcome}");
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (0, ""),
            "{outcome}"
        );

        let echo = format!("content-type: {KEY}");
        let headers = [echo.as_str(), "x-request-id: 6a1e"];
        let body = error_body(KEY, KEY).to_string();
        let wire = Wire::serve(vec![Response::new("400 Bad Request", &headers, body)]);
        let outcome = doctor(wire.base_url(), &["--output", format]);
        assert!(outcome.stdout.contains("code ***"), "{outcome}");
    }
}

#[test]
fn a_terminal_gets_no_control_characters() {
    let body = error_body("\u{1b}[2J", "");
    let wire = Wire::serve(vec![Response::json("400 Bad Request", &body)]);
    let outcome = doctor(wire.base_url(), &[]);
    assert!(outcome.stdout.contains(r"code \u{1b}[2J"), "{outcome}");
}

#[test]
fn verdicts_in_colour() {
    let doctor = |color| Outcome::of(bare(&["--sandbox", "--color", color, "doctor"]));
    let painted = doctor("always").stdout;
    assert!(painted.contains("\n\u{1b}[32mok"), "{painted}");
    assert!(!doctor("auto").stdout.contains('\u{1b}'));
}
