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

#[test]
fn envelopes() {
    let page = r#"{"object":"list","data":null,"first_id":null,"last_id":null,"has_more":false}"#;
    let answers = "/paths/~1batches/get/responses";
    let content = "/paths/~1batches/get/responses/200/content";
    for (response, expected) in [
        (json_response(200, page), None),
        (json_response(204, ""), Some(("/status", answers))),
        (json_response(418, page), Some(("/status", answers))),
        (
            Response::new(200)
                .header("content-type", "application/json")
                .body(page),
            Some((
                "/headers/x-request-id",
                "/components/headers/RequestId/required",
            )),
        ),
        (
            Response::new(200).header("x-request-id", "1").body(page),
            Some(("/headers/content-type", content)),
        ),
        (
            Response::new(200)
                .header("content-type", "text/html")
                .header("x-request-id", "1"),
            Some(("/headers/content-type", content)),
        ),
        (
            json_response(200, ""),
            Some(("/body", "/components/schemas/BatchPage")),
        ),
        (
            json_response(200, "{"),
            Some(("/body", "/components/schemas/BatchPage")),
        ),
        (
            json_response(200, "\u{feff}{}"),
            Some(("/body", "/components/schemas/BatchPage")),
        ),
        (
            json_response(200, [0xff, b'{', b'}']),
            Some(("/body", "/components/schemas/BatchPage")),
        ),
        (
            json_response(200, "[".repeat(100_000)),
            Some(("/body", "/components/schemas/BatchPage")),
        ),
        (
            json_response(200, "1e999999"),
            Some(("/body", "/components/schemas/BatchPage")),
        ),
        (
            json_response(500, r#""no""#),
            Some(("/body", "/components/schemas/ErrorBody/oneOf")),
        ),
    ] {
        let report = published(&response);
        assert_eq!(places(&report), Vec::from_iter(expected), "{response:?}");
        assert_eq!(report.conforms(), expected.is_none());
    }
}

#[test]
fn shapes_of_errors() {
    let detail = "/components/schemas/CompatibleErrorDetail";
    let native = "/components/schemas/NativeError";
    let either = "/components/schemas/ErrorBody/oneOf";
    for (body, expected) in [
        (json!({ "error": { "message": "m" } }), None),
        (json!({ "code": "c", "message": "m" }), None),
        (
            json!({ "error": {} }),
            Some(("/body/error/message", format!("{detail}/required/0"))),
        ),
        (
            json!({ "error": { "message": 1 } }),
            Some((
                "/body/error/message",
                format!("{detail}/properties/message/type"),
            )),
        ),
        (
            json!({ "message": "m" }),
            Some(("/body/code", format!("{native}/required/0"))),
        ),
        (json!({}), Some(("/body", either.to_owned()))),
        (
            json!({ "code": "c", "message": "m", "error": { "message": "m" } }),
            Some(("/body", either.to_owned())),
        ),
    ] {
        let report = published(&json_response(400, body.to_string()));
        let expected = expected.iter().map(|(at, rule)| (*at, rule.as_str()));
        assert_eq!(places(&report), Vec::from_iter(expected), "{body}");
    }
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
fn answers_by_range_default_and_medium() {
    let contract = library();
    let check = |response: Response| {
        let report = contract.check_response(&get("/api/books"), &response);
        places(&report)
            .into_iter()
            .map(|(at, _)| at.to_owned())
            .collect::<Vec<_>>()
    };
    let page = || {
        Response::new(200)
            .header("content-type", "application/json")
            .body("[]")
    };
    assert_eq!(check(page()), ["/headers/x-pages"]);
    assert_eq!(check(page().header("X-Pages", "1,2")), [""; 0]);
    assert_eq!(
        check(page().header("x-pages", "1,b")),
        ["/headers/x-pages/1"]
    );
    let other = Response::new(200)
        .header("content-type", "APPLICATION/cbor")
        .header("x-pages", "1");
    assert_eq!(check(other.body([0xff])), [""; 0], "not JSON, so not read");
    assert_eq!(check(Response::new(404)), [""; 0]);
    assert_eq!(check(Response::new(404).body("x")), ["/body"]);
    assert_eq!(
        check(
            Response::new(502)
                .header("content-type", "text/html")
                .body("<p>")
        ),
        [""; 0]
    );
    let problem = |body: &str| {
        Response::new(502)
            .header("content-type", "application/problem+json")
            .body(body)
    };
    assert_eq!(check(problem("{}")), [""; 0]);
    assert_eq!(check(problem("1")), ["/body"]);
    assert_eq!(check(Response::new(502)), ["/headers/content-type"]);
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
