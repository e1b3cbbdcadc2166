//! Parameters: each goes out as the contract says.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{self, Operation, Parameter, join, resolve_schema};
use crate::error::{Error, Result};
use crate::view::SECRET_MARK;

pub(super) fn check(contract: &Value) -> Result<()> {
    for operation in document::operations(contract) {
        let parameters = operation.parameters(contract)?;
        for parameter in &parameters {
            check_one(contract, parameter)?;
        }
        template(&operation, &parameters)?;
    }
    Ok(())
}

fn check_one(contract: &Value, parameter: &Parameter<'_>) -> Result<()> {
    let pointer = &parameter.pointer;
    let place = parameter.place();
    if place.is_empty() {
        return Err(Error::new(
            join(pointer, "in"),
            "must say where the parameter goes",
        ));
    }
    if parameter.name().is_empty() {
        return Err(Error::new(
            join(pointer, "name"),
            "a parameter needs a name",
        ));
    }
    let usual_style = match place {
        "query" => "form",
        "path" | "header" => "simple",
        _ => {
            let reason = format!("a parameter in `{place}` is not supported");
            return Err(Error::new(join(pointer, "in"), reason));
        }
    };
    if let Some(style) = parameter.value.get("style")
        && style != usual_style
    {
        let reason = format!("style {style} is not supported");
        return Err(Error::new(join(pointer, "style"), reason));
    }
    if place == "path" && parameter.value.get("required") != Some(&Value::Bool(true)) {
        return Err(Error::new(
            join(pointer, "required"),
            "must be true in a path",
        ));
    }
    let Some(schema) = parameter.value.get("schema") else {
        let reason = "needs a schema; a parameter with `content` is not supported";
        return Err(Error::new(join(pointer, "schema"), reason));
    };
    value(contract, place, join(pointer, "schema"), schema)
}

/// A parameter is one plain value or, in the query, a list of such.
fn value(contract: &Value, place: &str, at: String, schema: &Value) -> Result<()> {
    let (at, schema) = resolve_schema(contract, at, schema)?;
    match schema.get("type").and_then(Value::as_str) {
        Some("string" | "integer" | "number" | "boolean") => {}
        Some("array") if place == "query" => {
            let Some(items) = schema.get("items") else {
                return Err(Error::new(at, "a list must say what its items are"));
            };
            return value(contract, "list", join(&at, "items"), items);
        }
        _ => {
            let reason = format!(
                "a parameter in a {place} must be one plain value: of type string, integer, \
                 number or boolean"
            );
            return Err(Error::new(at, reason));
        }
    }
    // Paths and headers are made with `Display`.
    let displayed = matches!(place, "path" | "header");
    if displayed && schema.get(SECRET_MARK).is_some_and(|mark| *mark != false) {
        let reason = format!("a secret in a {place} would go out masked");
        return Err(Error::new(join(&at, SECRET_MARK), reason));
    }
    if displayed && schema.get("nullable") == Some(&Value::Bool(true)) {
        let reason = format!("a {place} cannot hold null");
        return Err(Error::new(join(&at, "nullable"), reason));
    }
    Ok(())
}

/// The path names exactly the parameters that go into it.
fn template(operation: &Operation<'_>, parameters: &[Parameter<'_>]) -> Result<()> {
    let path = join("/paths", operation.path);
    let mut named = BTreeSet::new();
    let mut rest = operation.path;
    while let Some((constant, tail)) = rest.split_once('{') {
        let name = tail.split_once('}').filter(|(name, _)| {
            !name.is_empty() && !name.contains(['{', '/']) && !constant.contains('}')
        });
        let Some((name, tail)) = name else {
            return Err(Error::new(path, "braces do not enclose names"));
        };
        let in_path =
            |parameter: &Parameter<'_>| parameter.place() == "path" && parameter.name() == name;
        if !parameters.iter().any(in_path) {
            let reason = format!("no parameter goes into `{{{name}}}`");
            return Err(Error::new(operation.pointer.as_str(), reason));
        }
        named.insert(name);
        rest = tail;
    }
    if rest.contains('}') {
        return Err(Error::new(path, "braces do not enclose names"));
    }
    let stray = parameters
        .iter()
        .find(|parameter| parameter.place() == "path" && !named.contains(parameter.name()));
    stray.map_or(Ok(()), |stray| {
        let reason = format!("the path does not name `{}`", stray.name());
        Err(Error::new(join(&stray.pointer, "name"), reason))
    })
}
