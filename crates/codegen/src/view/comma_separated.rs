//! Comma-separated lists.
//!
//! The generator ignores `explode: false`: an array in the query goes out as `a=1&a=2`. In the
//! view such a parameter is a reference to a component that `CommaSeparated<Item>` replaces, which
//! goes out as one value, `a=1,2`.

use serde_json::{Value, json};

use super::{Replacement, View, types_path};
use crate::document::{self, join, schema_ref, schema_ref_to};
use crate::error::{Error, Result};
use crate::names::pascal;

/// Whether `parameter` is a list that goes out as one value.
pub(crate) fn applies(parameter: &Value, schema: &Value) -> bool {
    parameter.get("in").is_some_and(|place| place == "query")
        && parameter.get("explode") == Some(&Value::Bool(false))
        && schema.get("type").is_some_and(|kind| kind == "array")
}

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    let mut lists = Vec::new();
    for (pointer, parameter) in document::parameters(&view.document)? {
        let Some(schema) = parameter.get("schema") else {
            continue;
        };
        let at = join(&pointer, "schema");
        let (at, schema) = document::resolve(&view.document, at, schema)?;
        if applies(parameter, schema) {
            let name = list_name(&view.document, &pointer, parameter);
            let description = parameter.get("description").cloned().unwrap_or_default();
            lists.push((
                pointer,
                name,
                description,
                item_type(&view.document, &at, schema)?,
            ));
        }
    }
    for (pointer, name, description, item) in lists {
        view.add_schema(
            &pointer,
            &name,
            json!({ "type": "string", "description": description }),
        )?;
        let rust_type = format!("{}<{item}>", types_path("CommaSeparated"));
        view.replace(
            &pointer,
            &name,
            Replacement {
                rust_type,
                definition: None,
            },
        )?;
        if let Some(Value::Object(parameter)) = view.document.pointer_mut(&pointer) {
            parameter.insert("schema".to_owned(), schema_ref_to(&name));
            parameter.shift_remove("explode");
            parameter.shift_remove("example");
            parameter.shift_remove("examples");
        }
    }
    Ok(())
}

/// The name of the component that the view adds for a list: operation and parameter, or the name
/// of the shared parameter.
fn list_name(document: &Value, pointer: &str, parameter: &Value) -> String {
    let name = parameter
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let operation = document::operations(document)
        .into_iter()
        .find(|operation| pointer.starts_with(&format!("{}/", operation.pointer)))
        .and_then(|operation| operation.value.get("operationId")?.as_str());
    let owner = operation.or_else(|| pointer.strip_prefix("/components/parameters/"));
    let owner = owner.map_or_else(|| pascal(pointer), pascal);
    format!("{owner}{}List", pascal(name))
}

/// The Rust type of the items.
fn item_type(document: &Value, pointer: &str, array: &Value) -> Result<String> {
    let at = join(pointer, "items");
    let Some(items) = array.get("items") else {
        return Err(Error::new(pointer, "a list must say what its items are"));
    };
    let (_, resolved) = document::resolve(document, at.clone(), items)?;
    let kind = resolved
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !matches!(kind, "string" | "integer" | "number" | "boolean") {
        return Err(Error::new(
            at,
            "items of a comma-separated list must be plain values",
        ));
    }
    if let Some(name) = schema_ref(items) {
        return Ok(types_path(&pascal(name)));
    }
    if items.get("enum").is_some() {
        let reason = "an enum in a comma-separated list needs a name: move it to \
                      `#/components/schemas` and refer to it";
        return Err(Error::new(at, reason));
    }
    Ok(match kind {
        "integer" => "i64",
        "number" => "f64",
        "boolean" => "bool",
        _ => "::std::string::String",
    }
    .to_owned())
}
