//! No input makes a check panic: contracts, requests and responses changed by chance.

use qwen_batches_conformance::{Contract, Response};
use serde_json::{Value, json};

use crate::support::{LIBRARY, get, library};

const SEEDS: u64 = 200;

#[test]
fn bent_contracts() {
    let right = library().document().clone();
    for seed in 0..SEEDS {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut bent = right.clone();
        bend(&mut bent, &mut random, 4);
        if let Ok(contract) = Contract::from_document(bent) {
            let _ = contract.check_request(&get("/api/books").query("size=1&tag=ab&order=x"));
            let _ = contract.check_response(&get("/api/books"), &Response::new(200).body("[{}]"));
        }
    }
}

#[test]
fn cut_contracts() {
    for end in (0..LIBRARY.len()).step_by(37) {
        let _ = Contract::parse(&LIBRARY[..end]);
    }
}

#[test]
fn bent_traffic() {
    let contract = Contract::published().expect("the published contract");
    let mut random = fastrand::Rng::with_seed(7);
    let path = "/compatible-mode/v1/batches";
    for _ in 0..SEEDS {
        let noise: String = (0..random.usize(..40)).map(|_| random.char(..)).collect();
        let query = format!("limit={noise}&{noise}=1&status={noise}&%{noise}");
        let _ = contract.check_request(&get(path).query(query));
        let _ = contract.check_request(&get(&noise));
        let bytes: Vec<u8> = (0..random.usize(..60)).map(|_| random.u8(..)).collect();
        let response = Response::new(random.u16(..))
            .header("content-type", &noise)
            .body(bytes);
        let _ = contract.check_response(&get(path), &response);
    }
}

/// Replaces something in `value` by something else, some levels down.
fn bend(value: &mut Value, random: &mut fastrand::Rng, times: usize) {
    for _ in 0..times {
        let pointer = somewhere(value, random);
        let references = [
            "#/components/schemas/Book",
            "#/paths",
            "#",
            "#/nowhere",
            "x",
        ];
        let other = match random.u8(..7) {
            0 => Value::Null,
            1 => random.i64(..).into(),
            2 => Value::Array(vec![Value::Null]),
            3 => true.into(),
            4 => json!({ "$ref": references[random.usize(..references.len())] }),
            5 => json!({ "oneOf": [{ "$ref": references[0] }] }),
            _ => "text".into(),
        };
        if let Some(place) = value.pointer_mut(&pointer) {
            *place = other;
        }
    }
}

fn somewhere(value: &Value, random: &mut fastrand::Rng) -> String {
    let mut pointer = String::new();
    let mut place = value;
    for _ in 0..random.usize(1..9) {
        let step = match place {
            Value::Object(members) if !members.is_empty() => members
                .keys()
                .nth(random.usize(..members.len()))
                .cloned()
                .unwrap_or_default(),
            Value::Array(items) if !items.is_empty() => random.usize(..items.len()).to_string(),
            _ => break,
        };
        pointer = format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"));
        place = value.pointer(&pointer).unwrap_or(&Value::Null);
    }
    pointer
}
