//! The limits of the contract, and the constants of the generated client.

use std::collections::BTreeMap;

use qwen_batches_api::limits;
use qwen_batches_conformance::Contract;
use serde_json::Value;

use super::evidence::Evidence;
use super::openapi::{items, join, members, resolve};

macro_rules! constants {
    ($($name:ident),* $(,)?) => {
        [$((stringify!($name), limits::$name)),*]
    };
}

const WORDS: [(&str, &str); 9] = [
    ("minimum", "MIN"),
    ("maximum", "MAX"),
    ("default", "DEFAULT"),
    ("minLength", "MIN_LENGTH"),
    ("maxLength", "MAX_LENGTH"),
    ("minItems", "MIN_ITEMS"),
    ("maxItems", "MAX_ITEMS"),
    ("minProperties", "MIN_PROPERTIES"),
    ("maxProperties", "MAX_PROPERTIES"),
];

/// Each limit of a parameter, a component and its properties is a constant of the same value, and
/// the other way round.
pub(super) fn problems(contract: &Contract, _: &Evidence) -> Vec<String> {
    let constants = BTreeMap::from(constants![
        BATCH_ERROR_LINE_MIN,
        BATCH_METADATA_DS_DESCRIPTION_MAX_LENGTH,
        BATCH_METADATA_DS_NAME_MAX_LENGTH,
        BATCH_REQUEST_COUNTS_COMPLETED_MIN,
        BATCH_REQUEST_COUNTS_FAILED_MIN,
        BATCH_REQUEST_COUNTS_TOTAL_MIN,
        LIST_BATCHES_INPUT_FILE_IDS_MAX_ITEMS,
        LIST_BATCHES_LIMIT_DEFAULT,
        LIST_BATCHES_LIMIT_MAX,
        LIST_BATCHES_LIMIT_MIN,
    ]);
    let stated = stated(contract.document());
    let mut problems = Vec::new();
    for (name, value) in &stated {
        if constants.get(name.as_str()) != Some(value) {
            problems.push(format!("{name} is {value} in the contract alone"));
        }
    }
    let unstated = constants.keys().filter(|name| !stated.contains_key(**name));
    problems.extend(unstated.map(|name| format!("{name}: the contract has no such limit")));
    problems
}

fn stated(document: &Value) -> BTreeMap<String, i64> {
    let mut stated = BTreeMap::new();
    let mut collect = |owner: String, pointer: &str| {
        let Some((_, schema)) = resolve(document, pointer) else {
            return;
        };
        for (word, suffix) in WORDS {
            if let Some(value) = schema.get(word).and_then(Value::as_i64) {
                stated.insert(format!("{}_{suffix}", screaming(&owner)), value);
            }
        }
    };
    for (path, item) in members(document, "paths") {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            let list = join(&join(&join("/paths", path), method), "parameters");
            for (index, parameter) in items(operation, "parameters").iter().enumerate() {
                let name = parameter["name"].as_str().unwrap_or_default();
                collect(
                    format!("{id}_{name}"),
                    &join(&join(&list, &index.to_string()), "schema"),
                );
            }
        }
    }
    for (name, schema) in members(&document["components"], "schemas") {
        let at = join("/components/schemas", name);
        collect(name.to_owned(), &at);
        for (property, _) in members(schema, "properties") {
            collect(
                format!("{name}_{property}"),
                &join(&join(&at, "properties"), property),
            );
        }
    }
    stated
}

/// `BatchError_line` as `BATCH_ERROR_LINE`.
fn screaming(name: &str) -> String {
    let mut text = String::new();
    let mut last = '_';
    for letter in name.chars() {
        if letter.is_uppercase() && last.is_lowercase() {
            text.push('_');
        }
        text.extend(letter.to_uppercase());
        last = letter;
    }
    text
}
