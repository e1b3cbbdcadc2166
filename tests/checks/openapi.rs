//! Finding one's way in a contract.

use qwen_batches_conformance::document::{self, SchemaPlace};
use serde_json::Value;

pub(crate) use qwen_batches_conformance::document::{join, walk};

/// What stands at `pointer`, references followed, and where.
pub(crate) fn resolve<'a>(document: &'a Value, pointer: &str) -> Option<(String, &'a Value)> {
    document::resolve(document, pointer).ok()
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

/// Every schema of the contract that is no mere reference, by its place.
pub(crate) fn schemas(document: &Value) -> impl Iterator<Item = (SchemaPlace, &Value)> {
    let places = document::schemas(document).into_iter();
    let schemas = places.filter_map(|place| Some((document.pointer(&place.pointer)?, place)));
    schemas
        .filter(|(schema, _)| schema.get("$ref").is_none())
        .map(|(schema, place)| (place, schema))
}
