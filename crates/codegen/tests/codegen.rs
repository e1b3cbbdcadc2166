//! The contract and the client that it becomes: the reviewed output, and what is refused.

use std::fs;
use std::path::Path;

use qwen_batches_codegen::generate;
use similar::TextDiff;

const CONTRACT: &str = include_str!("../../../openapi/batches.yaml");

#[test]
fn output_is_as_reviewed() {
    let generated = generate(CONTRACT).expect("the contract's client");
    let mut stale = String::new();
    for (path, text) in [
        ("snapshots/batches/client.rs", generated.client),
        ("snapshots/batches/generator-view.yaml", generated.view),
    ] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let reviewed = fs::read_to_string(file).unwrap_or_default();
        let diff = TextDiff::from_lines(&reviewed, &text);
        stale += &diff
            .unified_diff()
            .header(path, "generated now")
            .to_string();
    }
    assert!(
        stale.is_empty(),
        "{stale}\nThe reviewed output is not what is generated. Run `cargo xtask regen`, and review \
         its diff."
    );
}

/// A change of the contract, and the place that is then refused.
const REFUSED: &[(&str, &str, &str)] = &[
    ("openapi: 3.0.3", "- openapi: 3.0.3", ""),
    ("openapi: 3.0.3", "openapi: 3.0.3\nopenapi: 3.0.3", ""),
    ("openapi: 3.0.3", "openapi: 3.1.0", "/openapi"),
    ("openapi: 3.0.3", "swagger: 2", "/openapi"),
    ("  title: ", "  x-note: 1\n  title: ", "/info/x-note"),
    (
        "x-open-enum: true",
        "x-extensible-enum: true",
        "/components/schemas/BatchStatus/x-extensible-enum",
    ),
    (
        "x-open-enum: true",
        "x-open-enum: [paused]",
        "/components/schemas/BatchStatus/x-open-enum",
    ),
    (
        "x-secret: url-query",
        "x-open-enum: true",
        "/components/schemas/InputFileId/x-open-enum",
    ),
    (
        "x-secret: url-query",
        "x-secret: query",
        "/components/schemas/InputFileId/x-secret",
    ),
    (
        "x-identity: true",
        "x-identity: id",
        "/components/schemas/Batch/properties/id/x-identity",
    ),
    (
        "x-open-enum: true",
        "x-secret: true",
        "/components/schemas/BatchStatus/x-secret",
    ),
    (
        "x-open-enum: true",
        "nullable: true",
        "/components/schemas/BatchStatus/nullable",
    ),
    (
        "        status:\n          $ref",
        "        status:\n          nullable: true\n          $ref",
        "/components/schemas/Batch/properties/status/nullable",
    ),
    (
        "          enum: [list]",
        "          enum: [list, page]",
        "/components/schemas/BatchPage/properties/object/enum",
    ),
    (
        "          pattern: \"^[1-9][0-9]*[hd]$\"",
        "          oneOf: []",
        "/components/schemas/Batch/properties/completion_window/oneOf",
    ),
    (
        "in: query",
        "in: cookie",
        "/paths/~1batches/get/parameters/0/in",
    ),
    (
        "style: form",
        "style: pipeDelimited",
        "/paths/~1batches/get/parameters/3/style",
    ),
    (
        "            type: integer",
        "            type: object",
        "/paths/~1batches/get/parameters/1/schema",
    ),
    (
        "              $ref: \"#/components/schemas/InputFileId\"",
        "              type: string",
        "/paths/~1batches/get/parameters/3/schema/items",
    ),
    (
        "  /batches:",
        "  /batches:\n    parameters: []",
        "/paths/~1batches/parameters",
    ),
    (
        "required: true\n          description: Id of the batch.",
        "description: Id of the batch.",
        "/paths/~1batches~1{batch_id}/get/parameters/0/required",
    ),
    (
        "- name: batch_id",
        "- name: id",
        "/paths/~1batches~1{batch_id}/get/parameters/0/name",
    ),
    ("{file_id}/content", "{file_id}/content/{part}", ""),
    (
        "            \"*/*\":\n              schema:\n                type: string\n                format: binary",
        "            text/csv:\n              schema:\n                type: string",
        "/paths/~1files~1{file_id}~1content/get/responses/200/content/text~1csv",
    ),
    (
        "            \"*/*\":",
        "            text/csv: {}\n            \"*/*\":",
        "/paths/~1files~1{file_id}~1content/get/responses/200/content",
    ),
    (
        "        - validating",
        "        - \"!\"",
        "/components/schemas/BatchStatus/enum/0",
    ),
    (
        "    BatchErrors:\n",
        "    batch_status: { type: string }\n    BatchErrors:\n",
        "/components/schemas/batch_status",
    ),
    ("- name: ds_name", "- name: Limit", ""),
    ("operationId: list_batches", "x: 1", ""),
];

#[test]
fn what_would_come_out_wrong_is_refused() {
    for (right, wrong, pointer) in REFUSED {
        assert!(CONTRACT.contains(right), "{right}");
        let error = generate(&CONTRACT.replacen(right, wrong, 1)).expect_err(wrong);
        assert_eq!(error.pointer(), *pointer, "{wrong}: {error}");
        assert!(!error.reason().is_empty(), "{wrong}");
    }
}

/// Runs of the generator are what takes time here, so only every so many lines are left out.
const STRIDE: usize = 9;

#[test]
fn a_contract_with_a_line_missing_is_an_error_or_a_client_but_no_panic() {
    let lines: Vec<&str> = CONTRACT.lines().collect();
    for missing in (0..lines.len()).step_by(STRIDE) {
        let _ = generate(
            &[&lines[..missing], &lines[missing + 1..]]
                .concat()
                .join("\n"),
        );
    }
}
