//! Contracts that cannot be judged by, each refused with the place.

use qwen_batches_conformance::Contract;

use crate::support::LIBRARY;

#[test]
fn good_ones() {
    assert!(Contract::published().is_ok());
    let json = Contract::parse(LIBRARY)
        .expect("YAML")
        .document()
        .to_string();
    assert!(Contract::parse(&json).is_ok(), "JSON is YAML");
}

/// What is changed in the library's contract, and the place that is then wrong.
const WRONG: &[(&str, &str, &str)] = &[
    ("openapi: 3.0.3", "openapi: 3.1.0", "/openapi"),
    ("openapi: 3.0.3", "openapi: [3]", "/openapi"),
    ("openapi: 3.0.3", "swagger: 2", "/openapi"),
    ("paths:\n", "routes:\n", "/paths"),
    ("  /books:\n", "  books:\n", "/paths/books"),
    (
        "in: header",
        "in: cookie",
        "/paths/~1books/get/parameters/5/in",
    ),
    (
        "name: tag",
        "title: tag",
        "/paths/~1books/get/parameters/0/name",
    ),
    (
        "name: tag",
        "name: years",
        "/paths/~1books/get/parameters/1",
    ),
    (
        "style: form",
        "style: deepObject",
        "/paths/~1books/get/parameters/1/style",
    ),
    (
        "explode: false",
        "explode: 1",
        "/paths/~1books/get/parameters/0/explode",
    ),
    (
        "explode: false",
        "explode: true",
        "/paths/~1books/get/parameters/0/explode",
    ),
    (
        "  /books:\n",
        "  /books:\n    parameters: []\n",
        "/paths/~1books/parameters",
    ),
    (
        "            application/json:\n",
        "            text/html:\n",
        "/paths/~1books/get/responses/200/content",
    ),
    (
        "\"*/*\": { schema",
        "text/plain: { schema",
        "/paths/~1books~1{id}~1text/get/responses/200/content",
    ),
    (
        "format: binary }",
        "format: binary, maxLength: 3 }",
        "/paths/~1books~1{id}~1text/get/responses/200/content/*~1*/schema",
    ),
    (
        "required: true, schema: { type: string } }",
        "schema: { type: string } }",
        "/paths/~1books~1{id}~1text/get/parameters/0/required",
    ),
    (
        "id, in: path, required: true, schema: { type: string",
        "title, in: path, required: true, schema: { type: string",
        "/paths/~1books~1{id}~1text/get/parameters/0",
    ),
    (
        "{ name: id, in: path, required: true, schema: { type: string",
        "{ name: id, in: query, schema: { type: string",
        "/paths/~1books~1{id}~1text/get/parameters",
    ),
    (
        "required: true, schema: { type: number",
        "required: 1, schema: { type: number",
        "/paths/~1books/get/parameters/2/required",
    ),
    (
        "lent, in: query, schema",
        "lent, in: query, x-schema",
        "/paths/~1books/get/parameters/3/schema",
    ),
    (
        "schema: { type: boolean }",
        "schema: { type: object }",
        "/paths/~1books/get/parameters/3/schema",
    ),
    (
        "        \"200\":\n",
        "        \"2000\":\n",
        "/paths/~1books/get/responses/2000",
    ),
    (
        "        \"200\":\n",
        "        \"2X0\":\n",
        "/paths/~1books/get/responses/2X0",
    ),
    (
        "      responses:\n        \"204\"",
        "      results:\n        \"204\"",
        "/paths/~1books~1first/get/responses",
    ),
    (
        "type: http",
        "type: oauth2",
        "/components/securitySchemes/bearer/type",
    ),
    (
        "[{ bearer: [] }, {}]",
        "[{ key: [] }]",
        "/paths/~1books/get/security/0/key",
    ),
    (
        "maxLength: 3",
        "maxLenght: 3",
        "/components/schemas/Book/properties/title/maxLenght",
    ),
    (
        "maxLength: 3",
        "maxLength: -3",
        "/components/schemas/Book/properties/title/maxLength",
    ),
    (
        "maxLength: 3",
        "pattern: \"[\"",
        "/components/schemas/Book/properties/title/pattern",
    ),
    (
        "type: string, maxLength",
        "type: text, maxLength",
        "/components/schemas/Book/properties/title/type",
    ),
    (
        "type: string, maxLength",
        "type: [string], maxLength",
        "/components/schemas/Book/properties/title/type",
    ),
    (
        "required: [title]",
        "required: title",
        "/components/schemas/Book/required",
    ),
    (
        "nullable: true, allOf",
        "nullable: 1, allOf",
        "/components/schemas/Book/properties/sequel/nullable",
    ),
    (
        "x-open-enum: true",
        "x-open-enum: 1",
        "/components/schemas/Order/x-open-enum",
    ),
    (
        "#/components/schemas/Part",
        "#/components/schemas/Parts",
        "/components/schemas/Book/properties/sequel/allOf/0/$ref",
    ),
    (
        "#/components/schemas/Part",
        "other.yaml",
        "/components/schemas/Book/properties/sequel/allOf/0/$ref",
    ),
    (
        "Part:\n      type: object",
        "Part:\n      allOf: [{ $ref: \"#/components/schemas/Part\" }]",
        "/components/schemas/Part/allOf/0",
    ),
    (
        "Part:\n      type: object\n      properties: { number: { type: integer, nullable: true } }",
        "Part: { $ref: \"#/components/schemas/Part\" }",
        "/components/schemas/Part",
    ),
    (
        "{ host: { default: books } }",
        "{ host: { default: 7 } }",
        "/servers/0/variables/host/default",
    ),
    ("- url: /other", "- { uri: /other }", "/servers/1/url"),
];

#[test]
fn wrong_ones() {
    for (right, wrong, at) in WRONG {
        assert!(LIBRARY.contains(right), "{right}");
        let error = Contract::parse(&LIBRARY.replacen(right, wrong, 1)).expect_err(wrong);
        assert_eq!(error.pointer(), *at, "{wrong}: {error}");
        assert!(!error.reason().is_empty(), "{wrong}");
    }
}

#[test]
fn no_contracts() {
    for text in [
        "",
        "a",
        "[1]",
        "\u{0}",
        "{",
        "? {a: 1} : 2",
        "a: !tag 1",
        "a: 1\na: 2",
        "1: 1\n\"1\": 2",
    ] {
        assert!(Contract::parse(text).is_err(), "{text:?}");
    }
    assert!(Contract::parse(&"[".repeat(100_000)).is_err());
    assert!(Contract::parse(&format!("a: &a [{}]\n", "x, ".repeat(9))).is_err());
}
