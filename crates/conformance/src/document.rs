//! The contract as a tree of values that can be pointed into.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// A JSON object, in the order in which it was written.
pub(crate) type Object = Map<String, Value>;

/// More references in a row than anybody writes.
const MAX_REFERENCES: usize = 64;

/// Reads the text of a contract.
pub(crate) fn read(text: &str) -> Result<Value> {
    let unreadable =
        |error: serde_norway::Error| Error::new("", format!("not readable as YAML: {error}"));
    // Of two equal keys JSON takes the last one in silence; YAML refuses them.
    let value: serde_norway::Value = serde_norway::from_str(text).map_err(unreadable)?;
    to_json("", value)
}

/// YAML as JSON. Keys may be numbers, as the statuses of answers often are.
fn to_json(pointer: &str, value: serde_norway::Value) -> Result<Value> {
    use serde_norway::Value as Yaml;

    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => flag.into(),
        Yaml::String(text) => text.into(),
        Yaml::Number(number) => serde_json::to_value(number)
            .map_err(|_| Error::new(pointer, "a number that JSON does not have"))?,
        Yaml::Sequence(items) => {
            let items = items.into_iter().enumerate();
            let items =
                items.map(|(index, item)| to_json(&join(pointer, &index.to_string()), item));
            Value::Array(items.collect::<Result<_>>()?)
        }
        Yaml::Mapping(members) => {
            let mut object = Object::new();
            for (key, member) in members {
                let key = match key {
                    Yaml::String(key) => key,
                    Yaml::Number(number) => number.to_string(),
                    Yaml::Bool(flag) => flag.to_string(),
                    _ => return Err(Error::new(pointer, "a key that is not a string")),
                };
                let at = join(pointer, &key);
                if object.contains_key(&key) {
                    return Err(Error::new(at, "the key stands here twice"));
                }
                object.insert(key, to_json(&at, member)?);
            }
            Value::Object(object)
        }
        Yaml::Tagged(_) => return Err(Error::new(pointer, "a YAML tag, which JSON does not have")),
    })
}

/// `pointer` with one more step.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// What stands at `pointer`, or what it refers to, with the pointer of that.
pub(crate) fn resolve<'a>(document: &'a Value, pointer: &str) -> Result<(String, &'a Value)> {
    let mut at = pointer.to_owned();
    for _ in 0..MAX_REFERENCES {
        let value = document
            .pointer(&at)
            .ok_or_else(|| Error::new(&at, "nothing stands here"))?;
        let Some(reference) = value.get("$ref") else {
            return Ok((at, value));
        };
        let at_reference = join(&at, "$ref");
        let target = reference
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'));
        let Some(target) = target.filter(|target| target.starts_with('/')) else {
            return Err(Error::new(
                at_reference,
                "not a reference into this document",
            ));
        };
        if document.pointer(target).is_none() {
            return Err(Error::new(at_reference, "refers to nothing"));
        }
        at = target.to_owned();
    }
    Err(Error::new(pointer, "a circle of references"))
}

/// The object at `pointer`; nothing where there is none.
pub(crate) fn object<'a>(document: &'a Value, pointer: &str) -> Result<Option<&'a Object>> {
    match document.pointer(pointer) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::new(pointer, "not an object")),
    }
}

/// The list at `pointer`; empty where there is none.
pub(crate) fn list<'a>(document: &'a Value, pointer: &str) -> Result<&'a [Value]> {
    match document.pointer(pointer) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Error::new(pointer, "not a list")),
    }
}

/// The string at `pointer`.
pub(crate) fn text<'a>(document: &'a Value, pointer: &str) -> Result<&'a str> {
    match document.pointer(pointer) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Error::new(pointer, "not a string")),
        None => Err(Error::new(pointer, "missing")),
    }
}

/// The flag at `pointer`; `default` where there is none.
pub(crate) fn flag(document: &Value, pointer: &str, default: bool) -> Result<bool> {
    match document.pointer(pointer) {
        None => Ok(default),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Error::new(pointer, "neither true nor false")),
    }
}
