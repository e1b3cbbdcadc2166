//! Bodies made from the contract's own schemas: they conform, decode, encode and are the same again.

mod make;

use std::collections::BTreeSet;

use qwen_batches_api::types::{Batch, BatchPage, ErrorBody};
use qwen_batches_conformance::Contract;
use serde_json::Value;

use self::make::Maker;
use super::cases::{PATH, path_of, request, response};
use super::evidence::Evidence;
use super::openapi::{self, items, join, members};

/// Bodies made of each schema.
const BODIES: u64 = 250;

/// The calls' responses of a status, by what the names of examples begin with, and the type that the
/// body is decoded into.
const RESPONSES: [(&str, u16, &str, RoundTrip); 3] = [
    (
        "page-",
        200,
        "/components/schemas/BatchPage",
        round_trip::<BatchPage>,
    ),
    (
        "batch-",
        200,
        "/components/schemas/Batch",
        round_trip::<Batch>,
    ),
    (
        "error-",
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
    for response in RESPONSES {
        let (_, _, schema, _) = response;
        for seed in 0..BODIES {
            let mut maker = Maker::new(contract.document(), seed);
            let made = maker.make(schema, "/body");
            let check =
                made.and_then(|body| check(contract, response, &body, Some(&maker.undocumented)));
            problems.extend(
                check
                    .err()
                    .map(|problem| format!("body {seed} of {schema}: {problem}")),
            );
        }
    }
    for example in &evidence.valid {
        let of = |(prefix, status, ..): &&(&str, u16, &str, RoundTrip)| {
            example.name.starts_with(prefix) && example.status == *status
        };
        for response in RESPONSES.iter().filter(of) {
            let check = check(contract, *response, &example.body, None);
            let problem = check.err();
            problems.extend(problem.map(|problem| format!("{}: {problem}", example.name)));
        }
    }
    problems
}

fn check(
    contract: &Contract,
    (prefix, status, schema, round_trip): (&str, u16, &str, RoundTrip),
    body: &Value,
    undocumented: Option<&BTreeSet<String>>,
) -> Result<(), String> {
    let request = request(path_of(prefix).unwrap_or(PATH));
    let report = contract.check_response(&request, &response(status, body));
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
    let again = contract.check_response(&request, &response(status, &encoded));
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
