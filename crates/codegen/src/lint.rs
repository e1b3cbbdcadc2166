//! Refuses what would come out wrong in silence: the version, extensions that mean nothing here,
//! shapes, parameters of paths and bodies that the generator or a step of ours overlooks, and names
//! that become one in Rust. Whatever else is wrong, the generator refuses by itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{
    self, Object, Operation, Parameter, Role, component_at, join, schema_pointer,
};
use crate::error::{Error, Result};
use crate::names::pascal;

/// The extension of an enum that takes other values.
pub(crate) const OPEN_ENUM: &str = "x-open-enum";

/// The extension of a string that is a secret.
pub(crate) const SECRET: &str = "x-secret";

/// The extension of a property without which its object is of no use.
pub(crate) const IDENTITY: &str = "x-identity";

/// Checks that the client of `contract` will do what that says.
pub(crate) fn check(contract: &Value) -> Result<()> {
    version(contract)?;
    for (pointer, role) in document::places(contract) {
        let Some(Value::Object(place)) = contract.pointer(&pointer) else {
            continue;
        };
        match role {
            Role::Schema => schema(&pointer, place)?,
            Role::Node => node(&pointer, place)?,
            Role::NodesByName | Role::SchemasByName => {}
        }
    }
    let parameters = document::parameters(contract)?;
    for parameter in &parameters {
        check_parameter(contract, parameter)?;
    }
    for operation in document::operations(contract) {
        check_path(&operation, &parameters)?;
        check_bodies(contract, &operation)?;
    }
    names(contract)
}

fn version(contract: &Value) -> Result<()> {
    match contract.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Ok(()),
        _ => Err(Error::new("/openapi", "must be a version 3.0.x")),
    }
}

fn node(pointer: &str, node: &Object) -> Result<()> {
    if let Some(extension) = node.keys().find(|key| key.starts_with("x-")) {
        return Err(Error::new(
            join(pointer, extension),
            "an extension that means nothing here",
        ));
    }
    let is_path = pointer
        .strip_prefix("/paths/")
        .is_some_and(|it| !it.contains('/'));
    if is_path && node.contains_key("parameters") {
        let reason = "the parameters of a path are overlooked: write them at each operation";
        return Err(Error::new(join(pointer, "parameters"), reason));
    }
    Ok(())
}

fn schema(pointer: &str, schema: &Object) -> Result<()> {
    let refuse = |keyword: &str, reason: &str| Err(Error::new(join(pointer, keyword), reason));
    let is_component = component_at(pointer).is_some();
    let is_string = schema.get("type").is_some_and(|kind| kind == "string");
    for (keyword, value) in schema {
        match keyword.as_str() {
            OPEN_ENUM if *value != true => return refuse(keyword, "must be true"),
            OPEN_ENUM if !(is_component && is_string && schema.contains_key("enum")) => {
                return refuse(
                    keyword,
                    "stands beside the `enum` of strings of a component",
                );
            }
            SECRET if *value != true && value != "url-query" => {
                return refuse(keyword, "must be true or `url-query`");
            }
            SECRET if !is_string || schema.contains_key("enum") => {
                return refuse(keyword, "only plain strings can be secret");
            }
            IDENTITY if *value != true => return refuse(keyword, "must be true"),
            OPEN_ENUM | SECRET | IDENTITY => {}
            extension if extension.starts_with("x-") => {
                return refuse(keyword, "an extension that means nothing here");
            }
            "nullable" if is_component || schema.contains_key("$ref") => {
                let reason = "overlooked here: where the component is referred to, write \
                              `nullable: true` and `allOf` with the reference";
                return refuse(keyword, reason);
            }
            "properties" | "oneOf" | "anyOf" if !is_component => {
                return refuse(keyword, "needs a name: move it to `#/components/schemas`");
            }
            "enum" if !is_component && value.as_array().is_none_or(|it| it.len() != 1) => {
                return refuse(keyword, "needs a name: move it to `#/components/schemas`");
            }
            _ => {}
        }
    }
    Ok(())
}

/// A parameter is one plain value or, in the query, a list of such.
fn check_parameter(contract: &Value, parameter: &Parameter<'_>) -> Result<()> {
    let refuse =
        |keyword: &str, reason: &str| Err(Error::new(join(&parameter.pointer, keyword), reason));
    let place = parameter.place();
    let usual_style = match place {
        "query" => "form",
        "path" | "header" => "simple",
        _ => return refuse("in", "only `query`, `path` and `header` are supported"),
    };
    if parameter
        .value
        .get("style")
        .is_some_and(|style| style != usual_style)
    {
        return refuse(
            "style",
            "overlooked: only the usual style of the place is supported",
        );
    }
    let (at, schema) = parameter.schema(contract)?;
    let value = match schema.get("type") {
        Some(kind) if kind == "array" && place == "query" => {
            document::resolve(contract, &join(&at, "items"))?.1
        }
        _ => schema,
    };
    let kind = value.get("type").and_then(Value::as_str);
    if !matches!(kind, Some("string" | "integer" | "number" | "boolean")) {
        return refuse(
            "schema",
            "must be a plain value or, in the query, a list of such",
        );
    }
    // Paths and headers are made with `Display`.
    if place != "query" && schema.get(SECRET).is_some() {
        return refuse("schema", "a secret would go out masked here");
    }
    Ok(())
}

/// The names in a path, and the parameters of its operation, are the same: the generator drops what
/// has no place in the path.
fn check_path(operation: &Operation<'_>, parameters: &[Parameter<'_>]) -> Result<()> {
    let in_path = |name: &str| operation.path.contains(&format!("{{{name}}}"));
    let own = parameters.iter().filter(|it| it.place() == "path");
    for parameter in own.filter(|it| it.operation == operation.id) {
        if !in_path(parameter.name()) {
            let reason = "the path has no place for it";
            return Err(Error::new(join(&parameter.pointer, "name"), reason));
        }
        if parameter.value.get("required") != Some(&Value::Bool(true)) {
            let reason = "must be true: a path without it is another path";
            return Err(Error::new(join(&parameter.pointer, "required"), reason));
        }
    }
    Ok(())
}

/// A success is JSON, or bytes as they come: the generator takes one media type, and whatever is
/// not JSON for bytes, without a look at its schema.
fn check_bodies(contract: &Value, operation: &Operation<'_>) -> Result<()> {
    let responses = join(&operation.pointer, "responses");
    let statuses = document::members(contract, &responses).map(|(status, _)| status);
    for status in statuses.filter(|status| status.starts_with('2')) {
        let (response, _) = document::resolve(contract, &join(&responses, status))?;
        let content = join(&response, "content");
        let media_types: Vec<_> = document::members(contract, &content).collect();
        match media_types[..] {
            [] | [("application/json", _)] => {}
            [(name, body)] => {
                let schema = &body["schema"];
                if schema["type"] != "string" || schema["format"] != "binary" {
                    let reason = "would come as bytes: only `application/json` is read, and bytes \
                                  are `type: string, format: binary`";
                    return Err(Error::new(join(&content, name), reason));
                }
            }
            _ => return Err(Error::new(content, "only one media type would be read")),
        }
    }
    Ok(())
}

/// The generator takes one of two components of one name in Rust for the other.
fn names(contract: &Value) -> Result<()> {
    let mut known = BTreeMap::new();
    for (name, _) in document::schemas(contract) {
        if let Some(first) = known.insert(pascal(name), name) {
            let reason = format!("would be the type `{}`, as `{first}` is", pascal(name));
            return Err(Error::new(schema_pointer(name), reason));
        }
    }
    Ok(())
}
