//! Broken contracts end in an error, never in a panic.

use std::fs;
use std::panic;
use std::path::Path;

use serde_json::{Value, json};

/// Runs of the generator are what takes time here, so only every so many mutations get one.
const STRIDE: usize = 17;

#[test]
fn a_broken_contract_is_an_error_with_a_place() {
    let mut silent = Vec::new();
    for contract in [
        "../../openapi/batches.yaml",
        "snapshots/library/contract.yaml",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(contract);
        let contract: Value = serde_norway::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut pointers = Vec::new();
        pointers_below("", &contract, &mut pointers);
        let mutations = pointers.iter().flat_map(|pointer| {
            let values = [None, Some(Value::Null), Some(json!(0)), Some(json!(""))];
            let values = values.into_iter().chain([Some(json!([])), Some(json!({}))]);
            values.map(move |value| (pointer, value))
        });
        for (pointer, value) in mutations.step_by(STRIDE) {
            let mutation = format!("{pointer} = {value:?}");
            let broken = mutated(contract.clone(), pointer, value).to_string();
            match panic::catch_unwind(|| qwen_batches_codegen::generate(&broken)) {
                Err(_) => silent.push(format!("{mutation}: panic")),
                Ok(Err(error)) if error.reason().starts_with("the generator") => {
                    silent.push(format!("{mutation}: {error}"));
                }
                Ok(_) => {}
            }
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

fn pointers_below(pointer: &str, value: &Value, found: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, it)| (key.clone(), it)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, it)| (at.to_string(), it))
            .collect(),
        _ => Vec::new(),
    };
    for (key, member) in members {
        let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
        found.push(pointer.clone());
        pointers_below(&pointer, member, found);
    }
}

/// `document` with another value at `pointer`, or with none.
fn mutated(mut document: Value, pointer: &str, value: Option<Value>) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match (document.pointer_mut(parent).unwrap(), value) {
        (Value::Object(members), None) => {
            members.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
        }
        (Value::Array(items), None) => {
            items.remove(key.parse().unwrap());
        }
        (_, value) => *document.pointer_mut(pointer).unwrap() = value.unwrap(),
    }
    document
}
