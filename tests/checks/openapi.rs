//! Finding one's way in a contract.

use serde_json::Value;

/// `pointer` with one more step.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// What stands at `pointer`, references followed, and where.
pub(crate) fn resolve<'a>(document: &'a Value, pointer: &str) -> Option<(String, &'a Value)> {
    let mut at = pointer.to_owned();
    // More references in a row than anybody writes.
    for _ in 0..16 {
        let value = document.pointer(&at)?;
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => at = reference.strip_prefix('#')?.to_owned(),
            None => return Some((at, value)),
        }
    }
    None
}

/// The members of an object by name; none where there is no object.
pub(crate) fn members<'a>(
    value: &'a Value,
    key: &str,
) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let members = value.get(key).and_then(Value::as_object);
    members
        .into_iter()
        .flatten()
        .map(|(name, member)| (name.as_str(), member))
}

/// The items of a list; none where there is no list.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// The schema at `pointer`, references and the wrapper `allOf` of one schema followed; also whether
/// null is allowed, by it or by a wrapper.
pub(crate) fn unwrap<'a>(document: &'a Value, pointer: &str) -> Option<(String, &'a Value, bool)> {
    let (mut at, mut schema) = resolve(document, pointer)?;
    let mut nullable = schema["nullable"] == true;
    while let [_] = items(schema, "allOf") {
        (at, schema) = resolve(document, &join(&join(&at, "allOf"), "0"))?;
        nullable |= schema["nullable"] == true;
    }
    Some((at, schema, nullable))
}

/// A schema of the contract.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) pointer: String,
    /// It says what a parameter is, or a header: its value is read from text.
    pub(crate) of_text: bool,
}

/// Every schema of the contract, those inside of others too, but none that is a mere reference.
pub(crate) fn schema_places(document: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    for (name, _) in members(&document["components"], "schemas") {
        below(
            document,
            join("/components/schemas", name),
            false,
            &mut found,
        );
    }
    walk("", document, &mut |pointer, value| {
        if let (Some(holder), true) = (pointer.strip_suffix("/schema"), value.is_object()) {
            let of_text = !holder.contains("/content/");
            below(document, pointer.to_owned(), of_text, &mut found);
        }
    });
    found
}

fn below(document: &Value, pointer: String, of_text: bool, found: &mut Vec<Place>) {
    let Some(schema) = document
        .pointer(&pointer)
        .filter(|schema| schema.get("$ref").is_none())
    else {
        return;
    };
    for (name, _) in members(schema, "properties") {
        below(
            document,
            join(&join(&pointer, "properties"), name),
            of_text,
            found,
        );
    }
    for keyword in ["items", "additionalProperties"] {
        if schema.get(keyword).is_some_and(Value::is_object) {
            below(document, join(&pointer, keyword), of_text, found);
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for index in 0..items(schema, keyword).len() {
            below(
                document,
                join(&join(&pointer, keyword), &index.to_string()),
                of_text,
                found,
            );
        }
    }
    found.push(Place { pointer, of_text });
}

/// Visits everything in `value`.
pub(crate) fn walk(pointer: &str, value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    visit(pointer, value);
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                walk(&join(pointer, key), member, visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&join(pointer, &index.to_string()), item, visit);
            }
        }
        _ => {}
    }
}
