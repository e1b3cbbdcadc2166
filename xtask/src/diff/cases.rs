//! The cases of `xtask/cases/diff.yaml`, and what holds of every change.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::change::{Change, Within};
use super::document::{join, parse};
use super::walk::changes;
use crate::{CONTRACT, root};

fn read(path: &str) -> Value {
    parse(&fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

/// Writes a value to a place that may be new; null removes what is there.
fn edit(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    let parent = document
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer}"));
    match (parent, value) {
        (Value::Object(members), Value::Null) => {
            members
                .shift_remove(&key)
                .unwrap_or_else(|| panic!("{pointer}"));
        }
        (Value::Object(members), value) => {
            members.insert(key, value);
        }
        (Value::Array(items), Value::Null) => {
            items.remove(key.parse().unwrap());
        }
        (Value::Array(items), value) if key == "-" => items.push(value),
        (Value::Array(items), value) => items[key.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer} has no parent"),
    }
}

/// What is reported: class and side of each change, once. Each change points to a place.
fn report(old: &Value, new: &Value) -> String {
    let found: BTreeSet<String> = changes(old, new)
        .iter()
        .map(|change: &Change| {
            let document = if change.within == Within::Old {
                old
            } else {
                new
            };
            assert!(document.pointer(&change.pointer).is_some(), "{change}");
            format!("{} {}", change.class, change.side)
        })
        .collect();
    found.into_iter().collect::<Vec<_>>().join(", ")
}

#[test]
fn each_case_has_its_classes_there_and_back() {
    let table = read("xtask/cases/diff.yaml");
    let base = &table["base"];
    let mut problems = Vec::new();
    for case in table["cases"].as_array().unwrap() {
        let edited = |mut document: Value, key: &str| {
            for (pointer, value) in case[key].as_object().into_iter().flatten() {
                edit(&mut document, pointer, value.clone());
            }
            document
        };
        let old = edited(base.clone(), "first");
        let new = edited(old.clone(), "change");
        let found = [report(&old, &new), report(&new, &old)];
        let expected = [&case["there"], &case["back"]].map(|it| it.as_str().unwrap_or_default());
        if found != expected {
            problems.push(format!("{case}\n  {found:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Nothing passes unreported: each place of the contract is removed, replaced and added to.
#[test]
fn every_mutation_of_the_contract_is_reported() {
    let contract = read(CONTRACT);
    assert_eq!(changes(&contract, &contract), []);
    let mut places = vec![(String::new(), &contract)];
    let mut all = Vec::new();
    while let Some((pointer, value)) = places.pop() {
        let mut mutations = vec![json!(null), json!({ "zzz": 7 })];
        match value {
            Value::Object(members) => {
                places.extend(members.iter().map(|(key, it)| (join(&pointer, key), it)));
                let mut more = value.clone();
                more["zzz"] = json!({});
                mutations.push(more);
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                places.extend(items.map(|(at, it)| (join(&pointer, &at.to_string()), it)));
            }
            Value::Bool(flag) => mutations.push(json!(!flag)),
            Value::Number(number) => mutations.push(json!(number.as_i64().unwrap() + 1)),
            Value::String(text) => mutations.push(json!(format!("{text}z"))),
            Value::Null => {}
        }
        all.extend(mutations.into_iter().map(|it| (pointer.clone(), it)));
    }
    all.retain(|(pointer, _)| !pointer.is_empty());
    let is_silent = |(pointer, mutation): &&(String, Value)| {
        let mut mutant = contract.clone();
        edit(&mut mutant, pointer, mutation.clone());
        changes(&contract, &mutant).is_empty() || changes(&mutant, &contract).is_empty()
    };
    let (some, rest) = all.split_at(all.len() / 2);
    let silent = std::thread::scope(|scope| {
        let others = scope.spawn(|| rest.iter().filter(is_silent).collect());
        let mut silent: Vec<_> = some.iter().filter(is_silent).collect();
        silent.extend::<Vec<_>>(others.join().unwrap());
        silent
    });
    assert!(silent.is_empty(), "not reported: {silent:#?}");
}
