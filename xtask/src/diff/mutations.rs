//! What holds of every change, tried on every place of two documents: nothing passes unreported.

use std::path::Path;

use serde_json::{Value, json};

use super::cases::{base, remove};
use super::document::{join, parse};
use super::walk::changes;
use crate::CONTRACT;

#[test]
fn every_mutation_of_the_contract_is_reported() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(CONTRACT);
    let text = std::fs::read_to_string(path).unwrap();
    // `style: form` goes without saying.
    check(&parse(&text).unwrap(), |mutation| {
        mutation.starts_with("remove /paths/") && mutation.ends_with("/style")
    });
}

#[test]
fn every_mutation_of_what_openapi_has_is_reported() {
    check(&base("more"), |_| false);
}

/// Changes each place of `document`, and looks at the changes there and back.
fn check(document: &Value, says_nothing: fn(&str) -> bool) {
    assert_eq!(changes(document, document), []);
    let mut mutant = document.clone();
    let mut silent = Vec::new();
    for (number, pointer) in places(document).iter().enumerate() {
        for mutation in mutations(document.pointer(pointer).unwrap(), number) {
            let name = mutation.apply(&mut mutant, pointer);
            let there = changes(document, &mutant);
            let back = changes(&mutant, document);
            if there.is_empty() || back.is_empty() {
                silent.push(name);
            }
            mutation.undo(document, &mut mutant, pointer);
        }
    }
    silent.retain(|mutation| !says_nothing(mutation));
    assert!(silent.is_empty(), "not reported: {silent:#?}");
}

/// Pointers of all places but the document itself.
fn places(document: &Value) -> Vec<String> {
    let mut places = Vec::new();
    let mut open = vec![(String::new(), document)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                let below = members
                    .iter()
                    .map(|(key, value)| (join(&pointer, key), value));
                open.extend(below);
            }
            Value::Array(items) => {
                let below = items.iter().enumerate();
                open.extend(below.map(|(index, item)| (join(&pointer, &index.to_string()), item)));
            }
            _ => {}
        }
        places.push(pointer);
    }
    places.retain(|pointer| !pointer.is_empty());
    places.sort();
    places
}

enum Mutation {
    Remove,
    Replace(Value),
    /// Adds a member to an object.
    Add(&'static str),
}

/// Mutations of a place that holds `value`.
fn mutations(value: &Value, number: usize) -> Vec<Mutation> {
    // Scalars of another value everywhere; other forms here and there, since all of them
    // everywhere take a minute.
    let forms = [
        json!(null),
        json!("z"),
        json!(7),
        json!([7]),
        json!({ "z": 7 }),
    ];
    let mut others = Vec::new();
    if number.is_multiple_of(3) {
        others.push(forms[number / 3 % forms.len()].clone());
    }
    match value {
        Value::Bool(flag) => others.push(json!(!flag)),
        Value::Number(old) => others.push(json!(old.as_f64().unwrap() + 1.0)),
        Value::String(text) => others.push(json!(format!("{text}z"))),
        _ => {}
    }
    others.retain(|other| other != value);
    let mut mutations = vec![Mutation::Remove];
    mutations.extend(others.into_iter().map(Mutation::Replace));
    if value.is_object() {
        mutations.extend(["zzz", "x-zzz"].map(Mutation::Add));
    }
    mutations
}

impl Mutation {
    fn apply(&self, document: &mut Value, pointer: &str) -> String {
        match self {
            Self::Remove => {
                remove(document, pointer);
                format!("remove {pointer}")
            }
            Self::Replace(value) => {
                *document.pointer_mut(pointer).unwrap() = value.clone();
                format!("replace {pointer} by {value}")
            }
            Self::Add(key) => {
                document.pointer_mut(pointer).unwrap()[*key] = json!({});
                format!("add {pointer}/{key}")
            }
        }
    }

    fn undo(&self, original: &Value, document: &mut Value, pointer: &str) {
        // What is removed changes its parent.
        let place = match self {
            Self::Remove => pointer.rsplit_once('/').unwrap().0,
            Self::Replace(_) | Self::Add(_) => pointer,
        };
        *document.pointer_mut(place).unwrap() = original.pointer(place).unwrap().clone();
    }
}
