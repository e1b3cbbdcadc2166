//! Bodies made from the contract's own schemas: they conform, decode, encode and are the same again.

mod make;

use std::collections::BTreeSet;

use qwen_batches_api::types::{BatchPage, ErrorBody};
use qwen_batches_conformance::Contract;
use serde_json::Value;

use self::make::Maker;
use super::cases::{list_request, response};
use super::evidence::Evidence;
use super::openapi::{self, items, join, members};

/// Bodies made of each schema.
const BODIES: u64 = 250;

/// The response of a status, and the type that its body is decoded into.
const RESPONSES: [(u16, &str, RoundTrip); 2] = [
    (
        200,
        "/components/schemas/BatchPage",
        round_trip::<BatchPage>,
    ),
    (
        400,
        "/components/schemas/ErrorBody",
        round_trip::<ErrorBody>,
    ),
];

type RoundTrip = fn(&Value) -> Result<Value, serde_json::Error>;

fn round_trip<T: serde::de::DeserializeOwned + serde::Serialize>(
    body: &Value,
) -> Result<Value, serde_json::Error> {
    serde_json::from_value::<T>(body.clone()).and_then(serde_json::to_value)
}

/// Made bodies and valid examples go through the generated types and come out the same.
pub(super) fn problems(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let mut problems = Vec::new();
    for (status, schema, round_trip) in RESPONSES {
        for seed in 0..BODIES {
            let mut maker = Maker::new(contract.document(), seed);
            let made = maker.make(schema, "/body");
            let check = made.and_then(|body| {
                check(
                    contract,
                    (status, schema, round_trip),
                    &body,
                    Some(&maker.undocumented),
                )
            });
            problems.extend(
                check
                    .err()
                    .map(|problem| format!("body {seed} of {schema}: {problem}")),
            );
        }
    }
    for (name, status, body) in &evidence.valid_bodies {
        for response in RESPONSES.iter().filter(|(of, ..)| of == status) {
            let check = check(contract, *response, body, None);
            problems.extend(check.err().map(|problem| format!("{name}: {problem}")));
        }
    }
    problems
}

fn check(
    contract: &Contract,
    (status, schema, round_trip): (u16, &str, RoundTrip),
    body: &Value,
    undocumented: Option<&BTreeSet<String>>,
) -> Result<(), String> {
    let report = contract.check_response(&list_request(), &response(status, body));
    let found: BTreeSet<String> = report
        .undocumented()
        .map(|finding| finding.at.clone())
        .collect();
    if !report.conforms() || undocumented.is_some_and(|undocumented| *undocumented != found) {
        return Err(format!(
            "{body} should have the undocumented {undocumented:?} alone, but: {report}"
        ));
    }
    let encoded = round_trip(body).map_err(|error| format!("{body} does not decode: {error}"))?;
    let again = contract.check_response(&list_request(), &response(status, &encoded));
    if again != report {
        return Err(format!("{encoded}, decoded and encoded again: {again}"));
    }
    let mut expected = body.clone();
    drop_optional_nulls(contract.document(), schema, &mut expected);
    if encoded != expected {
        return Err(format!("{expected} became {encoded}"));
    }
    Ok(())
}

/// Takes away the keys that may be missing and are null: encoded again, they are missing.
fn drop_optional_nulls(document: &Value, pointer: &str, value: &mut Value) {
    let Some((at, schema, _)) = openapi::unwrap(document, pointer) else {
        return;
    };
    for index in 0..items(schema, "oneOf").len() {
        drop_optional_nulls(
            document,
            &join(&join(&at, "oneOf"), &index.to_string()),
            value,
        );
    }
    for item in value.as_array_mut().into_iter().flatten() {
        drop_optional_nulls(document, &join(&at, "items"), item);
    }
    let Some(object) = value.as_object_mut() else {
        return;
    };
    for (name, _) in members(schema, "properties") {
        let is_optional = !items(schema, "required").iter().any(|it| it == name);
        match object.get_mut(name) {
            Some(Value::Null) if is_optional => {
                object.shift_remove(name);
            }
            Some(member) => {
                drop_optional_nulls(document, &join(&join(&at, "properties"), name), member)
            }
            None => {}
        }
    }
}
