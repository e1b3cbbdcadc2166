//! Finding one's way in a contract: JSON pointers, references, and the schemas in it.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// A JSON object, in the order in which it was written.
pub(crate) type Object = Map<String, Value>;

/// Keywords whose value is a list of schemas of the very same value.
pub(crate) const COMPOSITIONS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// More references in a row than anybody writes.
const MAX_REFERENCES: usize = 64;

/// Reads the text of a contract.
pub(crate) fn read(text: &str) -> Result<Value> {
    let unreadable =
        |error: serde_norway::Error| Error::new("", format!("not readable as YAML: {error}"));
    // Of two equal keys JSON takes the last one in silence; YAML refuses them.
    serde_norway::from_str::<serde_norway::Value>(text).map_err(unreadable)?;
    serde_norway::from_str(text).map_err(unreadable)
}

/// `pointer` with one more step.
pub fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// What stands at `pointer`, or what it refers to, with the pointer of that.
///
/// # Errors
///
/// A reference that leads nowhere, out of the document or in a circle.
pub fn resolve<'a>(document: &'a Value, pointer: &str) -> Result<(String, &'a Value)> {
    let mut at = pointer.to_owned();
    for _ in 0..MAX_REFERENCES {
        let value = document
            .pointer(&at)
            .ok_or_else(|| Error::new(&at, "nothing stands here"))?;
        let Some(reference) = value.get("$ref") else {
            return Ok((at, value));
        };
        let target = reference.as_str().and_then(|it| it.strip_prefix('#'));
        let target = target.filter(|target| document.pointer(target).is_some());
        let target = target
            .ok_or_else(|| Error::new(join(&at, "$ref"), "refers to nothing in this document"))?;
        at = target.to_owned();
    }
    Err(Error::new(pointer, "a circle of references"))
}

/// Visits everything in `value`, which stands at `pointer`; wholes before their parts.
pub fn walk(pointer: &str, value: &Value, visit: &mut impl FnMut(&str, &Value)) {
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

/// Where a schema stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SchemaPlace {
    /// Its pointer.
    pub pointer: String,
    /// It is that of a parameter or a header, whose value is read from text.
    pub of_text: bool,
    /// It is a part of another schema.
    pub is_part: bool,
}

/// Every schema of a contract, wholes before their parts; also those that are mere references.
pub fn schemas(document: &Value) -> Vec<SchemaPlace> {
    let mut found = Vec::new();
    collect(String::new(), document, Role::Node, &mut found);
    found
}

/// What a place is, which decides how its keys are read.
#[derive(Clone, Copy)]
enum Role {
    /// An object of OpenAPI, or a list of such.
    Node,
    /// A map whose keys are names that somebody chose.
    NodesByName,
    SchemasByName {
        is_part: bool,
    },
    Schema {
        is_part: bool,
    },
}

impl Role {
    /// The role of what stands under `key`; nothing where that is plain data.
    fn below(self, key: &str) -> Option<Self> {
        Some(match (self, key) {
            (Self::NodesByName, _) => Self::Node,
            (Self::SchemasByName { is_part }, _) => Self::Schema { is_part },
            (Self::Schema { .. }, "properties") => Self::SchemasByName { is_part: true },
            (Self::Schema { .. }, "items" | "additionalProperties" | "not") => {
                Self::Schema { is_part: true }
            }
            (Self::Schema { .. }, _) => return None,
            (Self::Node, "schema") => Self::Schema { is_part: false },
            (Self::Node, "schemas") => Self::SchemasByName { is_part: false },
            (Self::Node, "example" | "examples") => return None,
            (
                Self::Node,
                "paths" | "parameters" | "content" | "headers" | "responses" | "requestBodies",
            ) => Self::NodesByName,
            (Self::Node, key) if key.starts_with("x-") => return None,
            (Self::Node, _) => Self::Node,
        })
    }
}

fn collect(pointer: String, value: &Value, role: Role, found: &mut Vec<SchemaPlace>) {
    if let Role::Schema { is_part } = role {
        let of_text =
            !pointer.contains("/content/") && !pointer.starts_with("/components/schemas/");
        found.push(SchemaPlace {
            pointer: pointer.clone(),
            of_text,
            is_part,
        });
        for keyword in COMPOSITIONS {
            for index in 0..value[keyword].as_array().map_or(0, Vec::len) {
                let at = join(&join(&pointer, keyword), &index.to_string());
                let part = &value[keyword][index];
                collect(at, part, Role::Schema { is_part: true }, found);
            }
        }
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let is_flag = key == "additionalProperties" && member.is_boolean();
                if let Some(role) = role.below(key).filter(|_| !is_flag) {
                    collect(join(&pointer, key), member, role, found);
                }
            }
        }
        Value::Array(items) if !matches!(role, Role::Schema { .. }) => {
            for (index, item) in items.iter().enumerate() {
                let at = join(&pointer, &index.to_string());
                collect(at, item, Role::Node, found);
            }
        }
        _ => {}
    }
}

/// The object at `pointer`; nothing where there is none.
pub(crate) fn object<'a>(document: &'a Value, pointer: &str) -> Result<Option<&'a Object>> {
    match document.pointer(pointer) {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(Error::new(pointer, "not an object")),
    }
}

/// The keys of the object at `pointer`; none where there is no object.
pub(crate) fn keys<'a>(
    document: &'a Value,
    pointer: &str,
) -> Result<impl Iterator<Item = &'a String>> {
    Ok(object(document, pointer)?
        .into_iter()
        .flat_map(Object::keys))
}

/// The pointers of the items of the list at `pointer`; none where there is no list.
pub(crate) fn items(document: &Value, pointer: &str) -> Result<Vec<String>> {
    let count = match document.pointer(pointer) {
        None => 0,
        Some(Value::Array(items)) => items.len(),
        Some(_) => return Err(Error::new(pointer, "not a list")),
    };
    Ok((0..count)
        .map(|index| join(pointer, &index.to_string()))
        .collect())
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
