//! Names: what the contract calls things gives distinct names in Rust.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::names::{pascal, snake};

/// Types that stand beside the generated ones in any case.
const OUR_TYPES: [&str; 2] = ["CommaSeparated", "UnknownValue"];

/// Methods of the generated client, and of the traits through which it calls itself.
const CLIENT_METHODS: [&str; 9] = [
    "api_version",
    "baseurl",
    "client",
    "exec",
    "inner",
    "new",
    "new_with_client",
    "post",
    "pre",
];

/// What the generated code of an operation calls its own things.
const OPERATION_NAMES: [&str; 6] = ["body", "body_map", "client", "header_map", "new", "send"];

pub(super) fn check(contract: &Value) -> Result<()> {
    let mut types = types(contract)?;
    types_in_place(contract, &mut types)?;
    methods(contract)
}

/// Names of types, with the place of each.
type Types = BTreeMap<String, String>;

fn take(types: &mut Types, name: String, pointer: String) -> Result<()> {
    if let Some(first) = types.get(&name).filter(|first| **first != pointer) {
        let reason = format!("would be the type `{name}`, as `#{first}` is");
        return Err(Error::new(pointer, reason));
    }
    types.insert(name, pointer);
    Ok(())
}

fn types(contract: &Value) -> Result<Types> {
    let mut types = Types::new();
    for (name, _) in document::schemas(contract) {
        let at = join("/components/schemas", name);
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !name.chars().all(plain) || !name.contains(|c: char| c.is_ascii_alphanumeric()) {
            let reason = "the name of a component is made of letters, digits, `.`, `-` and `_`";
            return Err(Error::new(at, reason));
        }
        let rust = pascal(name);
        if OUR_TYPES.contains(&rust.as_str()) {
            let reason = format!("`{rust}` is a type that every client has; rename the schema");
            return Err(Error::new(at, reason));
        }
        take(&mut types, rust, at)?;
    }
    Ok(types)
}

/// A schema that is written in place is named after its place. Where another type has that name,
/// the generator would take the one for the other.
fn types_in_place(contract: &Value, types: &mut Types) -> Result<()> {
    for (name, schema) in document::schemas(contract) {
        let at = join("/components/schemas", name);
        below(name, &at, schema, types)?;
    }
    for operation in document::operations(contract) {
        for parameter in operation.parameters(contract)? {
            let name = format!("{}-{}", operation.id(), parameter.name());
            in_place(&name, &parameter.pointer, &parameter.value["schema"], types)?;
        }
        let body = operation.value.get("requestBody").into_iter();
        let body = body.map(|body| ("requestBody".to_owned(), "body", body));
        let answers = operation.value.get("responses").and_then(Value::as_object);
        let answers = answers.into_iter().flatten();
        let answers = answers
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, answer)| (join("responses", status), "response", answer));
        for (step, suffix, holder) in body.chain(answers) {
            let at = format!("{}/{step}", operation.pointer);
            let (at, holder) = document::resolve(contract, at, holder)?;
            let name = format!("{}-{suffix}", operation.id());
            let content = holder.get("content").and_then(Value::as_object);
            for (media_type, content) in content.into_iter().flatten() {
                let at = join(&join(&join(&at, "content"), media_type), "schema");
                in_place(&name, &at, &content["schema"], types)?;
            }
        }
    }
    Ok(())
}

fn in_place(name: &str, pointer: &str, schema: &Value, types: &mut Types) -> Result<()> {
    let makes_type = ["properties", "enum", "anyOf", "oneOf"]
        .iter()
        .any(|keyword| schema.get(keyword).is_some());
    if makes_type {
        take(types, pascal(name), pointer.to_owned())?;
    }
    below(name, pointer, schema, types)
}

fn below(name: &str, pointer: &str, schema: &Value, types: &mut Types) -> Result<()> {
    let properties = schema.get("properties").and_then(Value::as_object);
    for (property, schema) in properties.into_iter().flatten() {
        let at = join(&join(pointer, "properties"), property);
        in_place(&format!("{name}-{property}"), &at, schema, types)?;
    }
    for (keyword, suffix) in [("items", "item"), ("additionalProperties", "value")] {
        if let Some(schema) = schema.get(keyword) {
            let name = format!("{name}-{suffix}");
            in_place(&name, &join(pointer, keyword), schema, types)?;
        }
    }
    Ok(())
}

fn methods(contract: &Value) -> Result<()> {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for operation in document::operations(contract) {
        let at = join(&operation.pointer, "operationId");
        let rust = snake(operation.id());
        if CLIENT_METHODS.contains(&rust.as_str()) {
            let reason = format!("`{rust}` is a method that every client has");
            return Err(Error::new(at, reason));
        }
        if let Some(first) = taken.insert(rust.clone(), operation.pointer.clone()) {
            let reason = format!("would be the method `{rust}`, as `#{first}` is");
            return Err(Error::new(at, reason));
        }

        let mut setters: BTreeMap<String, String> = BTreeMap::new();
        for parameter in operation.parameters(contract)? {
            let at = join(&parameter.pointer, "name");
            let rust = snake(parameter.name());
            if OPERATION_NAMES.contains(&rust.as_str()) {
                let reason = format!("`{rust}` is a name that every operation uses for itself");
                return Err(Error::new(at, reason));
            }
            if let Some(first) = setters.insert(rust.clone(), parameter.pointer) {
                let reason = format!("would be the setter `{rust}`, as `#{first}` is");
                return Err(Error::new(at, reason));
            }
        }
    }
    Ok(())
}
