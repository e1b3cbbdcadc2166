//! Which responses conform.

use qwen_batches_conformance::{Contract, Kind, Report, Response};
use serde_json::{Value, json};

use crate::support::{get, library, places};

fn json_response(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response::new(status)
        .header("Content-Type", "application/json;charset=UTF-8")
        .header("X-Request-Id", "1")
        .body(body)
}

fn published(response: &Response) -> Report {
    let contract = Contract::published().expect("the published contract");
    contract.check_response(&get("/compatible-mode/v1/batches"), response)
}

fn book(book: Value) -> Report {
    let response = json_response(200, book.to_string());
    library().check_response(&get("/api/books/1"), &response)
}

/// The rest of what is forbidden stands in `openapi/examples/invalid.yaml`.
#[test]
fn odd_bodies() {
    let deep = "[".repeat(100_000);
    for body in ["", "{", "\u{feff}{}", deep.as_str(), "1e999999"].map(str::as_bytes) {
        let report = published(&json_response(200, body));
        assert_eq!(
            places(&report),
            [("/body", "/components/schemas/BatchPage")]
        );
    }
    let report = published(&json_response(200, [0xff, b'{', b'}']));
    assert!(!report.conforms());
}

#[test]
fn shapes_of_errors() {
    let at = |body: Value| {
        let report = published(&json_response(400, body.to_string()));
        let places = places(&report).into_iter();
        places.map(|(at, _)| at.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(at(json!({ "error": { "message": "m" } })), [""; 0]);
    assert_eq!(at(json!({ "code": "c", "message": "m" })), [""; 0]);
    assert_eq!(at(json!({ "error": {} })), ["/body/error/message"]);
    assert_eq!(at(json!({ "message": "m" })), ["/body/code"]);
    assert_eq!(at(json!({})), ["/body"]);
    let report = published(&json_response(400, "[]"));
    let causes: Vec<&str> = report.findings[0]
        .causes
        .iter()
        .map(|cause| cause.rule.as_str())
        .collect();
    assert_eq!(
        causes,
        [
            "/components/schemas/CompatibleError/type",
            "/components/schemas/NativeError/type"
        ]
    );
}

#[test]
fn every_word_of_a_schema() {
    let schema = "/components/schemas/Book";
    let long = 1_u64 << 63;
    for (value, expected) in [
        (json!({ "title": "a" }), None),
        (json!({ "title": "夜夜夜" }), None),
        (
            json!({ "title": "abcd" }),
            Some(("/body/title", "properties/title/maxLength")),
        ),
        (
            json!({ "title": null }),
            Some(("/body/title", "properties/title/type")),
        ),
        (json!({}), Some(("/body/title", "required/0"))),
        (
            json!({ "title": "a", "id": 1.0 }),
            Some(("/body/id", "properties/id/type")),
        ),
        (
            json!({ "title": "a", "id": long }),
            Some(("/body/id", "properties/id/format")),
        ),
        (
            json!({ "title": "a", "closed": { "b": 1 } }),
            Some(("/body/closed/b", "properties/closed/additionalProperties")),
        ),
        (json!({ "title": "a", "sequel": { "number": null } }), None),
        (json!({ "title": "a", "sequel": null }), None),
        (json!({ "title": "a", "parts": [{ "title": "b" }] }), None),
        (
            json!({ "title": "a", "parts": [{ "title": "b" }, { "title": "b" }] }),
            Some(("/body/parts", "properties/parts/uniqueItems")),
        ),
        (
            json!({ "title": "a", "parts": [{ "id": 1 }] }),
            Some(("/body/parts/0/title", "required/0")),
        ),
        (
            json!({ "title": "a", "not_bad": "x" }),
            Some(("/body/not_bad", "properties/not_bad/not")),
        ),
        (
            json!({ "title": "a", "even": 3 }),
            Some(("/body/even", "properties/even/multipleOf")),
        ),
        (
            json!({ "title": "a", "kind": { "pages": "x" } }),
            Some((
                "/body/kind/pages",
                "properties/kind/oneOf/0/properties/pages/type",
            )),
        ),
        (
            json!({ "title": "a", "kind": { "pages": 1, "minutes": 1 } }),
            Some(("/body/kind", "properties/kind/oneOf")),
        ),
    ] {
        let report = book(value.clone());
        let expected = expected.map(|(at, rule)| (at, format!("{schema}/{rule}")));
        let expected = expected.iter().map(|(at, rule)| (*at, rule.as_str()));
        assert_eq!(places(&report), Vec::from_iter(expected), "{value}");
    }
}

#[test]
fn what_is_undocumented_is_no_violation() {
    for (value, expected) in [
        (json!({ "title": "a", "order": "by_year" }), vec![]),
        (
            json!({ "title": "a", "order": "by_size" }),
            vec!["/body/order"],
        ),
        (
            json!({ "title": "a", "colour": "red" }),
            vec!["/body/colour"],
        ),
        (json!({ "title": "a", "a~/b": {} }), vec!["/body/a~0~1b"]),
        (json!({ "title": "a", "free": { "x": 1 } }), vec![]),
        (
            json!({ "title": "a", "named": { "x": "by_size" } }),
            vec!["/body/named/x"],
        ),
        (
            json!({ "title": "a", "sequel": { "x": 1 } }),
            vec!["/body/sequel/x"],
        ),
        (
            json!({ "title": "a", "kind": { "minutes": 1, "order": "x", "y": 0 } }),
            vec!["/body/kind/order", "/body/kind/y"],
        ),
        (
            json!({ "title": "a", "parts": [{ "title": "b", "order": "x" }] }),
            vec!["/body/parts/0/order"],
        ),
    ] {
        let report = book(value.clone());
        assert!(report.conforms(), "{value}: {report}");
        let undocumented: Vec<&str> = report
            .undocumented()
            .map(|finding| finding.at.as_str())
            .collect();
        assert_eq!(undocumented, expected, "{value}");
    }
    let report = book(json!({ "title": "a", "order": 7 }));
    assert_eq!(
        places(&report),
        [("/body/order", "/components/schemas/Order/type")]
    );
    assert_eq!(report.findings[0].kind, Kind::Violation);
}

#[test]
fn headers_media_types_and_empty_bodies() {
    let contract = library();
    let check = |response: Response| {
        let report = contract.check_response(&get("/api/books"), &response);
        let places = places(&report).into_iter();
        places.map(|(at, _)| at.to_owned()).collect::<Vec<_>>()
    };
    let page = || {
        Response::new(200)
            .header("content-type", "APPLICATION/json; charset=utf-8")
            .body("[]")
    };
    assert_eq!(check(page()), ["/headers/x-pages"]);
    assert_eq!(check(page().header("X-Pages", "1,2")), [""; 0]);
    let wrong = page().header("x-pages", "1,b");
    assert_eq!(check(wrong), ["/headers/x-pages/1"]);
    assert_eq!(check(Response::new(404)), [""; 0]);
    assert_eq!(check(Response::new(404).body("x")), ["/body"]);
    assert_eq!(check(Response::new(502)), ["/status"]);
}

#[test]
fn bytes_conform_with_any_media_type_and_with_none() {
    for response in [
        Response::new(200).body([0xff, 0, b'{']),
        Response::new(200),
        Response::new(200)
            .header("content-type", "text/html")
            .body("<html>"),
    ] {
        let report = library().check_response(&get("/api/books/1/text"), &response);
        assert_eq!(places(&report), [], "{response:?}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let page = json!({
        "object": "hidden", "data": ["hidden"], "first_id": ["hidden"], "last_id": null, "has_more": "hidden"
    });
    let response = json_response(200, page.to_string());
    let report = published(&response);
    assert_eq!(report.violations().count(), 4);
    assert!(
        !format!("{report} {response:?}").contains("hidden"),
        "{report}"
    );
}
