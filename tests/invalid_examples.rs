//! The examples of what the contract forbids: each is refused in its place, and there is one for
//! each constraint.

use std::collections::BTreeSet;

use qwen_batches_conformance::{Contract, Finding, Response};
use serde_json::{Value, json};

use crate::checks::{
    Evidence, Judged, invalid_are_refused, invalid_cases, join, resolve, schemas, walk,
};

fn published() -> Contract {
    Contract::published().expect("the published contract")
}

#[test]
fn each_is_refused_where_it_says() {
    let problems = invalid_are_refused(&published(), Evidence::recorded());
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Words that constrain a value by themselves.
const CONSTRAINTS: [&str; 14] = [
    "additionalProperties",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "oneOf",
    "pattern",
    "uniqueItems",
];

#[test]
fn each_constraint_is_violated_by_one() {
    let contract = published();
    let shown = shown(&contract);
    let missing: Vec<String> = constraints(contract.document())
        .into_iter()
        .filter(|rule| !shown.contains(rule))
        .collect();
    assert!(
        missing.is_empty(),
        "no entry in openapi/examples/invalid.yaml breaks\n{}",
        missing.join("\n")
    );
}

#[test]
fn a_constraint_without_an_example_is_found() {
    let mut document = published().document().clone();
    document["components"]["schemas"]["Batch"]["properties"]["id"]["minLength"] = json!(1);
    let contract = Contract::from_document(document).expect("a contract");
    let shown = shown(&contract);
    let missing: Vec<String> = constraints(contract.document())
        .into_iter()
        .filter(|rule| !shown.contains(rule))
        .collect();
    assert_eq!(
        missing,
        ["/components/schemas/Batch/properties/id/minLength"]
    );
}

/// The rules that the contract makes: keywords by their pointers; for a type also ` by null`.
fn constraints(document: &Value) -> Vec<String> {
    let mut rules = vec!["/security".to_owned()];
    for (place, schema) in schemas(document) {
        let at = &place.pointer;
        for (word, value) in schema.as_object().into_iter().flatten() {
            let rule = join(at, word);
            match word.as_str() {
                // Bytes of any kind conform.
                "type" if schema["format"] == "binary" => {}
                // Any text is a string or a list of strings.
                "type" if place.of_text && (value == "string" || value == "array") => {}
                // Text is never null, and the references to a component may all take null.
                "type" if !place.of_text && !takes_null(document, at) => {
                    rules.extend([format!("{rule} by null"), rule]);
                }
                "type" => rules.push(rule),
                "format" if value == "int32" || value == "int64" => rules.push(rule),
                "required" => {
                    let names = value.as_array().map_or(0, Vec::len);
                    rules.extend((0..names).map(|index| join(&rule, &index.to_string())));
                }
                // Its own words say what it constrains.
                "additionalProperties" if value != false => {}
                // A response may hold another value, a request may not.
                word if CONSTRAINTS.contains(&word) => rules.push(rule),
                _ => {}
            }
        }
    }
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let at = join(&join("/paths", path), method);
            rules.extend([join(&at, "parameters"), join(&at, "responses")]);
            // That a parameter stands there once, as each of a path does.
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let once = (0..).zip(parameters).filter(|(_, it)| it["in"] != "path");
            rules.extend(
                once.map(|(index, _): (usize, _)| {
                    join(&join(&at, "parameters"), &index.to_string())
                }),
            );
            for (status, _) in operation["responses"].as_object().into_iter().flatten() {
                let Some((at, response)) =
                    resolve(document, &join(&join(&at, "responses"), status))
                else {
                    continue;
                };
                if response["content"].get("*/*").is_none() {
                    rules.push(join(&at, "content"));
                }
                for (name, _) in response["headers"].as_object().into_iter().flatten() {
                    if let Some((at, header)) =
                        resolve(document, &join(&join(&at, "headers"), name))
                        && header["required"] == true
                    {
                        rules.push(join(&at, "required"));
                    }
                }
            }
        }
    }
    rules.sort();
    rules.dedup();
    rules
}

/// Whether null is a value of the schema at `pointer`, or of every place that refers to it.
fn takes_null(document: &Value, pointer: &str) -> bool {
    let mut references = Vec::new();
    walk("", document, &mut |at, value| {
        if value["$ref"].as_str().is_some_and(|it| it[1..] == *pointer) {
            let wrapper = at.strip_suffix("/allOf/0").unwrap_or(at);
            references.push(document.pointer(wrapper).map(|it| it["nullable"] == true));
        }
    });
    document
        .pointer(pointer)
        .is_some_and(|it| it["nullable"] == true)
        || (!references.is_empty() && references.iter().all(|it| *it == Some(true)))
}

/// The rules that the examples break.
fn shown(contract: &Contract) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for case in invalid_cases() {
        for finding in case.report(contract).violations() {
            add(finding, &case.judged, &mut shown);
        }
    }
    shown
}

fn add(finding: &Finding, judged: &Judged, shown: &mut BTreeSet<String>) {
    if let (Judged::Response { body, .. }, Some(at)) = (judged, finding.at.strip_prefix("/body"))
        && body.pointer(at) == Some(&Value::Null)
    {
        shown.insert(format!("{} by null", finding.rule));
    } else {
        shown.insert(finding.rule.clone());
    }
    finding
        .causes
        .iter()
        .for_each(|cause| add(cause, judged, shown));
}

#[test]
fn an_entry_that_is_not_refused_is_found() {
    let mut document = published().document().clone();
    document["components"]["schemas"]["Batch"]["properties"]["id"] = json!({});
    let contract = Contract::from_document(document).expect("a contract");
    let problems = invalid_are_refused(&contract, Evidence::recorded());
    assert_eq!(problems.len(), 2, "{problems:?}");
    let empty = contract.check_response(
        &qwen_batches_conformance::Request::new("GET", "/compatible-mode/v1/batches"),
        &Response::new(200),
    );
    assert!(!empty.conforms());
}
