//! Contract, generated client and sandbox agree; and each check that says so can tell.

use qwen_batches_conformance::Contract;
use serde_json::{Value, json};

use crate::checks::{self, Evidence, check};

#[test]
fn all_checks_pass_on_the_contract() {
    let contract = Contract::published().expect("the published contract");
    for check in checks::ALL {
        let problems = (check.problems)(&contract, Evidence::recorded());
        assert!(
            problems.is_empty(),
            "{}:\n{}",
            check.name,
            problems.join("\n")
        );
    }
}

/// A check, a place in the contract, and what makes the contract wrong there; null takes it away.
fn wrong_contracts() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "generated types",
            "/components/schemas/Batch/properties/expires_at/type",
            json!("string"),
        ),
        (
            "generated limits",
            "/paths/~1batches/get/parameters/1/schema/maximum",
            json!(101),
        ),
        (
            "generated call",
            "/paths/~1batches/get/operationId",
            json!("list_jobs"),
        ),
        (
            "servers of the client",
            "/servers/1",
            json!({ "url": "https://other.example/compatible-mode/v1" }),
        ),
        (
            "valid examples",
            "/components/schemas/Batch/properties/id/maxLength",
            json!(5),
        ),
        (
            "invalid examples",
            "/components/schemas/Batch/properties/completion_window/pattern",
            Value::Null,
        ),
        (
            "unknown fields",
            "/components/schemas/BatchRequestCounts/additionalProperties",
            json!(false),
        ),
        (
            "requests of the client",
            "/paths/~1batches/get/parameters/4/explode",
            json!(true),
        ),
        (
            "responses of the sandbox",
            "/components/headers/RequestId/schema/type",
            json!("integer"),
        ),
        (
            "judgement of the sandbox",
            "/paths/~1batches/get/parameters/3/schema/maxItems",
            json!(21),
        ),
        (
            "listed values",
            "/components/schemas/BatchPage/properties/object/enum",
            json!(["list", "pages"]),
        ),
        (
            "instances",
            "/components/schemas/BatchErrors/properties/data/nullable",
            json!(true),
        ),
    ]
}

#[test]
fn each_check_fails_on_a_wrong_contract() {
    let right = Contract::published().expect("the published contract");
    let cases = wrong_contracts();
    for check in checks::ALL {
        assert!(
            cases.iter().any(|(name, ..)| *name == check.name),
            "{}: no wrong contract",
            check.name
        );
    }
    for (name, pointer, value) in cases {
        let mut document = right.document().clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let parent = document
            .pointer_mut(parent)
            .expect("a place in the contract");
        match (parent, value) {
            (Value::Object(object), Value::Null) => drop(object.shift_remove(key)),
            (Value::Object(object), value) => drop(object.insert(key.to_owned(), value)),
            (parent, value) => parent[key.parse::<usize>().expect("an index")] = value,
        }
        let wrong = Contract::from_document(document).expect("a contract, though a wrong one");
        let problems = (check(name).problems)(&wrong, Evidence::recorded());
        assert!(!problems.is_empty(), "{name} does not see {pointer}");
    }
}
