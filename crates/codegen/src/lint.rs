//! Refuses what cannot be served, with the place and the reason.
//!
//! Most of what stands here would make the generator panic, or generate a client that does
//! something else than the contract says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{self, Role, join, resolve};
use crate::emit::Secret;
use crate::error::{Error, Result};
use crate::view::{OPEN_ENUM_MARK, SECRET_MARK, is_comma_separated};

/// Checks that a client can be generated from `contract`.
pub(crate) fn check(contract: &Value) -> Result<()> {
    version(contract)?;
    document::walk("", Role::Node, contract, &mut |pointer, role, place| {
        reference(contract, pointer, place)?;
        if role == Role::Schema {
            marks(contract, pointer, place)?;
        }
        Ok(())
    })?;
    path_items(contract)?;
    operations(contract)?;
    document::parameters(contract)?
        .into_iter()
        .try_for_each(|(pointer, value)| parameter(contract, &pointer, value))
}

fn version(contract: &Value) -> Result<()> {
    match contract.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Ok(()),
        Some(version) => Err(Error::new(
            "/openapi",
            format!("version {version} is not supported; write 3.0.x"),
        )),
        None => Err(Error::new(
            "/openapi",
            "must be a string that names a version 3.0.x",
        )),
    }
}

fn reference(contract: &Value, pointer: &str, place: &Value) -> Result<()> {
    if place.get("$ref").is_none() {
        return Ok(());
    }
    let at = join(pointer, "$ref");
    if !place.get("$ref").is_some_and(Value::is_string) {
        return Err(Error::new(at, "a reference must be a string"));
    }
    if place.get("nullable").is_some() {
        return Err(Error::new(
            join(pointer, "nullable"),
            "ignored beside `$ref`; make the schema that it refers to nullable",
        ));
    }
    resolve(contract, pointer.to_owned(), place).map(|_| ())
}

fn marks(contract: &Value, pointer: &str, schema: &Value) -> Result<()> {
    let is_string = schema.get("type").is_some_and(|kind| kind == "string");
    if let Some(mark) = schema.get(OPEN_ENUM_MARK) {
        let at = join(pointer, OPEN_ENUM_MARK);
        let component = pointer
            .strip_prefix("/components/schemas/")
            .is_some_and(|name| !name.contains('/') && contract.pointer(pointer).is_some());
        match mark {
            Value::Bool(false) => {}
            Value::Bool(true) if !is_string => {
                return Err(Error::new(at, "only strings can be an extensible enum"));
            }
            Value::Bool(true) if !component => {
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

fn path_items(contract: &Value) -> Result<()> {
    let Some(paths) = contract.get("paths").and_then(Value::as_object) else {
        return Err(Error::new(
            "/paths",
            "must be an object that names at least one path",
        ));
    };
    for (path, item) in paths {
        let at = join("/paths", path);
        if !item.is_object() {
            return Err(Error::new(at, "must be an object"));
        }
        if item.get("$ref").is_some() {
            return Err(Error::new(
                join(&at, "$ref"),
                "a path must be written out in place",
            ));
        }
    }
    Ok(())
}

fn operations(contract: &Value) -> Result<()> {
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    let operations = document::operations(contract);
    if operations.is_empty() {
        return Err(Error::new("/paths", "holds no operation"));
    }
    for operation in operations {
        let at = join(&operation.pointer, "operationId");
        let id = operation
            .value
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if id.is_empty() {
            return Err(Error::new(
                at,
                "an operation needs an id: its method is named after it",
            ));
        }
        if let Some(first) = ids.insert(id, operation.pointer.clone()) {
            return Err(Error::new(
                at,
                format!("`{id}` is already the id of `#{first}`"),
            ));
        }
        success(contract, &operation)?;
    }
    Ok(())
}

/// All answers of 2XX must hold one type.
fn success(contract: &Value, operation: &document::Operation<'_>) -> Result<()> {
    let list = join(&operation.pointer, "responses");
    let Some(responses) = operation.value.get("responses").and_then(Value::as_object) else {
        return Err(Error::new(
            list,
            "must be an object that names at least one answer",
        ));
    };
    let mut first: Option<(&str, Option<&Value>)> = None;
    for (status, response) in responses {
        let at = join(&list, status);
        if status == "default" {
            if !responses.keys().any(|status| status.starts_with('2')) {
                let reason =
                    "stands for success and failure at once; describe an answer of 2XX too";
                return Err(Error::new(at, reason));
            }
            continue;
        }
        let well_formed = status.len() == 3
            && status.starts_with(['1', '2', '3', '4', '5'])
            && (status.ends_with("XX") || status.bytes().all(|byte| byte.is_ascii_digit()));
        if !well_formed {
            return Err(Error::new(
                at,
                format!("`{status}` is no status; write 200, or 2XX"),
            ));
        }
        if !status.starts_with('2') {
            continue;
        }
        let (at, response) = resolve(contract, at, response)?;
        let content = response.get("content").and_then(Value::as_object);
        let mut schema = None;
        for (media_type, content) in content.into_iter().flatten() {
            let at = join(&join(&at, "content"), media_type);
            if media_type == "application/json" || media_type.starts_with("application/json;") {
                if content.get("encoding").is_some() {
                    return Err(Error::new(
                        join(&at, "encoding"),
                        "encodings are not supported",
                    ));
                }
                schema = Some(content.get("schema").ok_or_else(|| {
                    Error::new(&at, "needs a schema: a type is generated from it")
                })?);
            }
        }
        match first {
            Some((other, known)) if known != schema => {
                let reason = format!("holds another type than {other}; all success must hold one");
                return Err(Error::new(at, reason));
            }
            _ => first = Some((status, schema)),
        }
    }
    Ok(())
}

fn parameter(contract: &Value, pointer: &str, parameter: &Value) -> Result<()> {
    let text = |key: &str| parameter.get(key).and_then(Value::as_str);
    let Some(place) = text("in") else {
        return Err(Error::new(
            join(pointer, "in"),
            "must say where the parameter goes",
        ));
    };
    if text("name").is_none() {
        return Err(Error::new(
            join(pointer, "name"),
            "a parameter needs a name",
        ));
    }
    let (usual_style, is_query) = match place {
        "query" => ("form", true),
        "path" | "header" => ("simple", false),
        _ => {
            let reason = format!("a parameter in `{place}` is not supported");
            return Err(Error::new(join(pointer, "in"), reason));
        }
    };
    if let Some(style) = text("style").filter(|style| *style != usual_style) {
        return Err(Error::new(
            join(pointer, "style"),
            format!("style `{style}` is not supported"),
        ));
    }
    if place == "path" && parameter.get("required") != Some(&Value::Bool(true)) {
        return Err(Error::new(
            join(pointer, "required"),
            "must be true in a path",
        ));
    }
    let Some(schema) = parameter.get("schema") else {
        let reason = "needs a schema; a parameter with `content` is not supported";
        return Err(Error::new(join(pointer, "schema"), reason));
    };
    let (at, schema) = resolve(contract, join(pointer, "schema"), schema)?;
    let kind = schema.get("type").and_then(Value::as_str);
    let below_array = kind == Some("array") && !is_query;
    if kind == Some("object") || schema.get("properties").is_some() || below_array {
        let reason =
            format!("a parameter in `{place}` that is not one plain value is not supported");
        return Err(Error::new(at, reason));
    }
    if parameter.get("explode") == Some(&Value::Bool(false))
        && !is_comma_separated(parameter, schema)
        && kind.is_none()
    {
        return Err(Error::new(
            at,
            "without a `type`, it is not known whether this is a list",
        ));
    }
    Ok(())
}
