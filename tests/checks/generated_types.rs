//! The schemas of the generated types, and those of the contract.
//!
//! They agree on properties, types, formats, nullability, required keys, enum values and extensions, but
//! for what the code generation changes on purpose, by steps that have names:
//!
//! - *response limits*: lengths, patterns, bounds and enums of a single value are not decoded by;
//! - *unknown fields*: every object keeps what the contract does not name;
//! - *optional objects*: an object that a page promises is `None` where it is unknown;
//! - an optional key and a null are both `None`, so that the nullability of an optional key cannot
//!   be compared.

use std::collections::BTreeSet;

use qwen_batches_api::types::{BatchPage, ErrorBody};
use qwen_batches_conformance::Contract;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::evidence::Evidence;
use super::openapi::{self, items, join, members};

const EXTENSIONS: [&str; 2] = ["x-open-enum", "x-secret"];

/// Deeper than any body of the contract.
const MAX_DEPTH: usize = 32;

/// The schemas of what a page and an error are decoded into, as they are encoded.
pub(super) fn schemas() -> [(&'static str, Value); 2] {
    [
        ("BatchPage", schema::<BatchPage>()),
        ("ErrorBody", schema::<ErrorBody>()),
    ]
}

fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// Each generated type has the schema of the contract, but for the named rewrites.
pub(super) fn problems(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, generated) in &evidence.type_schemas {
        let walk = Walk {
            contract: contract.document(),
            generated,
        };
        walk.compare(
            &join("/components/schemas", name),
            "",
            true,
            MAX_DEPTH,
            &mut problems,
        );
    }
    problems
}

/// Both documents; schemas in them are named by their pointers.
struct Walk<'a> {
    contract: &'a Value,
    generated: &'a Value,
}

impl Walk<'_> {
    fn compare(
        &self,
        contract: &str,
        generated: &str,
        is_required: bool,
        depth: usize,
        problems: &mut Vec<String>,
    ) {
        let Some((at, ours, ours_nullable)) = openapi::unwrap(self.contract, contract) else {
            return problems.push(format!("{contract}: nothing stands here"));
        };
        let Some((at_theirs, theirs, theirs_nullable)) = self.unwrap_generated(generated) else {
            return problems.push(format!("{contract}: the generated type has none of it"));
        };
        let mut differ = |what: &str, ours: &Value, theirs: &Value| {
            if ours != theirs {
                problems.push(format!(
                    "{at}: {what} is {ours}, of the generated type {theirs}"
                ));
            }
        };
        // Every object of a page may be unknown; the check of the shapes compares what is promised.
        let may_be_unknown = ours["type"] == "object" && theirs_nullable;
        if is_required && !may_be_unknown {
            differ("nullable", &ours_nullable.into(), &theirs_nullable.into());
        }
        differ("type", &ours["type"], &not_null(&theirs["type"]));
        if ours["type"] == "integer" {
            differ("format", &ours["format"], &theirs["format"]);
        }
        for extension in EXTENSIONS {
            differ(extension, &ours[extension], &theirs[extension]);
        }
        let is_single = items(ours, "enum").len() == 1 && ours[EXTENSIONS[0]] != true;
        differ(
            "enum",
            if is_single {
                &Value::Null
            } else {
                &ours["enum"]
            },
            &theirs["enum"],
        );
        let names = |schema: &Value| -> Value {
            members(schema, "properties")
                .map(|(name, _)| name)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect()
        };
        differ("the list of properties", &names(ours), &names(theirs));
        let required = |schema: &Value| -> Value {
            let names: BTreeSet<&str> = items(schema, "required")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            names.into_iter().collect()
        };
        differ("required", &required(ours), &required(theirs));
        if ours["type"] == "object" {
            differ(
                "unknown fields",
                &true.into(),
                &theirs["additionalProperties"],
            );
        }
        let shapes = items(ours, "oneOf");
        let generated_shapes = items(theirs, "anyOf");
        differ(
            "the number of shapes",
            &shapes.len().into(),
            &generated_shapes.len().into(),
        );
        for composition in ["allOf", "anyOf", "not"] {
            differ(composition, &Value::Null, &ours[composition]);
        }

        let Some(depth) = depth.checked_sub(1) else {
            return problems.push(format!("{at}: too deep"));
        };
        let shape = |list: &str, index: usize| join(list, &index.to_string());
        for index in 0..shapes.len().min(generated_shapes.len()) {
            let ours = shape(&join(&at, "oneOf"), index);
            let theirs = shape(&join(&at_theirs, "anyOf"), index);
            self.compare(&ours, &theirs, true, depth, problems);
        }
        if ours.get("items").is_some() || theirs.get("items").is_some() {
            self.compare(
                &join(&at, "items"),
                &join(&at_theirs, "items"),
                true,
                depth,
                problems,
            );
        }
        for (name, _) in members(ours, "properties") {
            if theirs["properties"].get(name).is_some() {
                let property = |at: &str| join(&join(at, "properties"), name);
                let is_required = items(ours, "required").iter().any(|it| it == name);
                self.compare(
                    &property(&at),
                    &property(&at_theirs),
                    is_required,
                    depth,
                    problems,
                );
            }
        }
    }

    /// The generated schema at `pointer`, references and the choice between it and null followed.
    fn unwrap_generated(&self, pointer: &str) -> Option<(String, &Value, bool)> {
        let (mut at, mut schema) = openapi::resolve(self.generated, pointer)?;
        let mut nullable = false;
        while let [first, null] = items(schema, "anyOf")
            && null["type"] == "null"
            && !first.is_null()
        {
            nullable = true;
            (at, schema) = openapi::resolve(self.generated, &join(&join(&at, "anyOf"), "0"))?;
        }
        nullable |= schema["type"]
            .as_array()
            .is_some_and(|types| types.iter().any(|it| it == "null"));
        Some((at, schema, nullable))
    }
}

/// A type without null beside it.
fn not_null(kind: &Value) -> Value {
    let kinds = kind.as_array().map(Vec::as_slice).unwrap_or_default();
    match kinds {
        [kind, null] | [null, kind] if null == "null" => kind.clone(),
        _ => kind.clone(),
    }
}
