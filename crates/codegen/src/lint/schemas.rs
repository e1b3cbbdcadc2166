//! Schemas: what is marked can be served, and what the generator would give up on is refused.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{self, COMPOSITIONS, Role, join, schema_ref};
use crate::emit::Secret;
use crate::error::{Error, Result};
use crate::view::{OPEN_ENUM_MARK, SECRET_MARK};

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

pub(super) fn check(contract: &Value) -> Result<()> {
    document::walk("", Role::Node, contract, &mut |pointer, role, place| {
        if role != Role::Schema || place.is_array() {
            return Ok(());
        }
        kind(pointer, place)?;
        marks(pointer, place)
    })?;
    document::schemas(contract).try_for_each(|(name, schema)| {
        let pointer = join("/components/schemas", name);
        circle(contract, &pointer, schema, &mut BTreeSet::from([name]))
    })
}

fn kind(pointer: &str, schema: &Value) -> Result<()> {
    if let Some(kind) = schema.get("type")
        && !TYPES.iter().any(|known| kind == known)
    {
        let reason = format!("{kind} is no type of OpenAPI 3.0");
        return Err(Error::new(join(pointer, "type"), reason));
    }
    if schema.get("not").is_some() {
        let reason = "`not` is not supported: no type can say it";
        return Err(Error::new(join(pointer, "not"), reason));
    }
    let has = |keyword: &str| schema.get(keyword).is_some();
    if has("format") && !has("type") {
        let reason = "a schema with a format must say its type";
        return Err(Error::new(join(pointer, "type"), reason));
    }
    enum_values(pointer, schema)?;
    for keyword in COMPOSITIONS {
        if schema
            .get(keyword)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            return Err(Error::new(join(pointer, keyword), "names no schema"));
        }
    }
    Ok(())
}

/// The values of an enum are of the type that the schema says.
fn enum_values(pointer: &str, schema: &Value) -> Result<()> {
    let values = schema.get("enum").and_then(Value::as_array);
    let kind = schema.get("type").and_then(Value::as_str);
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    for (index, value) in values.into_iter().flatten().enumerate() {
        let fits = match kind {
            _ if is_nullable && value.is_null() => true,
            Some("string") => value.is_string(),
            Some("boolean") => value.is_boolean(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            _ => true,
        };
        if !fits {
            let at = join(&join(pointer, "enum"), &index.to_string());
            let reason = format!("`{value}` is not of the type of this schema");
            return Err(Error::new(at, reason));
        }
    }
    Ok(())
}

fn marks(pointer: &str, schema: &Value) -> Result<()> {
    let is_string = schema.get("type").is_some_and(|kind| kind == "string");
    if let Some(mark) = schema.get(OPEN_ENUM_MARK) {
        let at = join(pointer, OPEN_ENUM_MARK);
        let is_component = pointer
            .strip_prefix("/components/schemas/")
            .is_some_and(|name| !name.contains('/'));
        match mark {
            Value::Bool(false) => {}
            Value::Bool(true) if !is_string => {
                return Err(Error::new(at, "only strings can be an extensible enum"));
            }
            Value::Bool(true) if !is_component => {
                let reason = "an extensible enum needs a name: move it to \
                              `#/components/schemas` and refer to it";
                return Err(Error::new(at, reason));
            }
            Value::Bool(true) => {}
            _ => return Err(Error::new(at, "must be true or false")),
        }
    }
    if let Some(mark) = schema.get(SECRET_MARK) {
        let at = join(pointer, SECRET_MARK);
        if *mark != Value::Bool(false) && Secret::of_mark(mark).is_none() {
            return Err(Error::new(at, "must be true, false or `url-query`"));
        }
        if !is_string || schema.get("enum").is_some() {
            return Err(Error::new(at, "only plain strings can be secret"));
        }
    }
    Ok(())
}

/// Follows what a component is made of; a component made of itself would never end.
fn circle<'a>(
    contract: &'a Value,
    pointer: &str,
    schema: &'a Value,
    above: &mut BTreeSet<&'a str>,
) -> Result<()> {
    if let Some(name) = schema_ref(schema) {
        if !above.insert(name) {
            let reason = format!("`{name}` is made of itself");
            return Err(Error::new(join(pointer, "$ref"), reason));
        }
        let target = join("/components/schemas", name);
        if let Some(schema) = contract.pointer(&target) {
            circle(contract, &target, schema, above)?;
        }
        above.remove(name);
    }
    for keyword in COMPOSITIONS {
        let parts = schema.get(keyword).and_then(Value::as_array);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            let at = join(&join(pointer, keyword), &index.to_string());
            circle(contract, &at, part, above)?;
        }
    }
    Ok(())
}
