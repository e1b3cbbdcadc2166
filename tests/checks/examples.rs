//! The examples, valid and invalid, by the contract.

use std::collections::BTreeSet;

use qwen_batches_conformance::Contract;
use serde_json::{Value, json};

use super::cases::{Valid, request, response, set};
use super::evidence::Evidence;
use super::openapi::{items, join, members, schemas, unwrap, walk};

/// Every valid example conforms.
pub(super) fn valid_conform(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let examples = evidence.valid.iter();
    let report = |it: &Valid| contract.check_response(&request(it.path), &it.response);
    examples
        .map(|it| (it, report(it)))
        .filter(|(_, report)| !report.conforms())
        .map(|(it, report)| format!("{}, {} of {}: {report}", it.name, it.status, it.path))
        .collect()
}

/// Every invalid example deviates where it says, and nowhere else.
pub(crate) fn invalid_are_refused(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let mut problems = Vec::new();
    for case in &evidence.invalid_cases {
        let report = case.report(contract);
        let at_place = report.violations().all(|finding| finding.at == case.at);
        let by_rule = case
            .rule
            .as_ref()
            .is_none_or(|rule| report.violations().any(|finding| finding.rule == *rule));
        if report.conforms() || !at_place || !by_rule {
            problems.push(format!(
                "{}: not refused at {}, but: {report}",
                case.name, case.at
            ));
        }
    }
    problems
}

/// A field that nobody named is undocumented in every object of every valid example, unless the contract
/// says what else the object holds. What stands in such a field is nobody's business.
pub(super) fn unknown_fields_are_undocumented(
    contract: &Contract,
    evidence: &Evidence,
) -> Vec<String> {
    let maps = names_of_maps(contract.document());
    let mut problems = Vec::new();
    for Valid {
        name,
        path,
        status,
        body,
        ..
    } in evidence.valid.iter().filter(|it| !it.body.is_null())
    {
        let report = |body| contract.check_response(&request(path), &response(*status, body));
        let unknown: Vec<String> = report(body)
            .undocumented()
            .map(|undocumented| undocumented.at.clone())
            .collect();
        let mut grown = body.clone();
        let mut expected = BTreeSet::new();
        walk("", body, &mut |pointer, value| {
            let at = format!("/body{pointer}");
            let is_unknown = unknown.iter().any(|unknown| at.starts_with(unknown));
            if value.is_object() && !is_unknown {
                set(&mut grown, &format!("{pointer}/of-tomorrow"), json!("text"));
                let key = pointer.rsplit('/').next().unwrap_or_default();
                if !maps.contains(key) {
                    expected.insert(format!("{at}/of-tomorrow"));
                }
            }
        });
        expected.extend(unknown);
        let report = report(&grown);
        let undocumented: BTreeSet<String> = report
            .undocumented()
            .map(|undocumented| undocumented.at.clone())
            .collect();
        if !report.conforms() || undocumented != expected {
            problems.push(format!("{name}: {report}"));
        }
    }
    problems
}

/// The names of properties that hold maps: the contract says of what kind any other key is.
fn names_of_maps(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (place, schema) in schemas(document) {
        for (name, _) in members(schema, "properties") {
            let property = join(&join(&place.pointer, "properties"), name);
            let holds = unwrap(document, &property).map(|(_, it, _)| &it["additionalProperties"]);
            if holds.is_some_and(Value::is_object) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// Every value that an enum of the contract lists is shown by some valid example, or by the
/// sandbox.
pub(super) fn listed_values_are_shown(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let mut problems = Vec::new();
    for (place, schema) in schemas(contract.document()) {
        for value in items(schema, "enum") {
            if !evidence.shown_values.contains(&value.to_string()) {
                problems.push(format!("{}: nobody shows {value}", place.pointer));
            }
        }
    }
    problems
}
