//! What the contract says of the objects of a page, and the generated table of the same.

use qwen_batches_api::shapes;
use qwen_batches_api::wire::{Kind, Shape};
use qwen_batches_conformance::Contract;
use serde_json::Value;

use super::evidence::Evidence;
use super::openapi::{items, join, members, unwrap};

/// Each member is described alike, from the page down.
pub(super) fn problems(contract: &Contract, _: &Evidence) -> Vec<String> {
    let mut problems = Vec::new();
    let page = Kind::Object(&shapes::BATCH_PAGE);
    compare(
        contract.document(),
        "/components/schemas/BatchPage",
        &page,
        &mut problems,
    );
    problems
}

fn compare(document: &Value, pointer: &str, kind: &Kind, problems: &mut Vec<String>) {
    let Some((at, schema, _)) = unwrap(document, pointer) else {
        return problems.push(format!("{pointer}: nothing stands here"));
    };
    let word = match kind {
        Kind::Any => "any",
        Kind::Boolean => "boolean",
        Kind::Integer => "integer",
        Kind::Number => "number",
        Kind::String => "string",
        Kind::Array(_) => "array",
        Kind::Object(_) => "object",
    };
    if schema["type"] != word {
        problems.push(format!("{at}: {}, in the table {word}", schema["type"]));
    }
    match kind {
        Kind::Array(kind) => compare(document, &join(&at, "items"), kind, problems),
        Kind::Object(shape) => compare_members(document, &at, schema, shape, problems),
        _ => {}
    }
}

fn compare_members(
    document: &Value,
    at: &str,
    schema: &Value,
    shape: &Shape,
    problems: &mut Vec<String>,
) {
    let names = members(schema, "properties").map(|(name, _)| name);
    if !names.eq(shape.members.iter().map(|member| member.name)) {
        problems.push(format!("{at}: the table has other members"));
    }
    for member in shape.members {
        let property = join(&join(at, "properties"), member.name);
        let Some((_, _, nullable)) = unwrap(document, &property) else {
            continue;
        };
        let required = items(schema, "required").iter().any(|it| it == member.name);
        let identity = schema["properties"][member.name]["x-identity"] == true;
        if (nullable, required, identity) != (member.nullable, member.required, member.identity) {
            problems.push(format!("{property}: the table has {member:?}"));
        }
        compare(document, &property, &member.kind, problems);
    }
}
