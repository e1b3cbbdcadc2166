//! Comma-separated lists.
//!
//! The generator ignores `explode: false`: an array in the query goes out as `a=1&a=2`. In the
//! view such a parameter is a reference to a component that `CommaSeparated<Item>` replaces, which
//! goes out as one value, `a=1,2`.

use serde_json::{Value, json};

use super::{Replacement, View, types_path};
use crate::document::{self, Parameter, join, schema_ref, schema_ref_to};
use crate::error::{Error, Result};
use crate::names::pascal;

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    let mut lists = Vec::new();
    for parameter in document::parameters(&view.document)? {
        let is_joined = parameter.value.get("explode") == Some(&Value::Bool(false));
        let Some(schema) = parameter.value.get("schema") else {
            continue;
        };
        let at = join(&parameter.pointer, "schema");
        let (at, array) = document::resolve_schema(&view.document, at, schema)?;
        if is_joined && array.get("type").is_some_and(|kind| kind == "array") {
            let item = item_type(&view.document, &at, array)?;
            let description = parameter.value.get("description").cloned();
            let name = list_name(&parameter);
            lists.push((parameter.pointer, name, description, item));
        }
    }
    for (pointer, name, description, item) in lists {
        let description =
            description.unwrap_or_else(|| "A list that goes out as one value.".into());
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

/// The name of the component that the view adds for a list: the name of the shared parameter, or
/// of who lists it and of the parameter.
fn list_name(parameter: &Parameter<'_>) -> String {
    let shared = parameter.pointer.strip_prefix("/components/parameters/");
    let name = shared.map_or_else(
        || pascal(&format!("{}-{}", parameter.owner, parameter.name())),
        pascal,
    );
    format!("{name}List")
}

/// The Rust type of the items.
fn item_type(document: &Value, pointer: &str, array: &Value) -> Result<String> {
    let at = join(pointer, "items");
    let items = &array["items"];
    // A secret that was marked in place has become a reference, perhaps wrapped.
    let wrapped = items.get("allOf").and_then(|parts| parts.get(0));
    if let Some(name) = schema_ref(wrapped.unwrap_or(items)) {
        return Ok(types_path(&pascal(name)));
    }
    let (_, plain) = document::resolve_schema(document, at.clone(), items)?;
    if plain.get("enum").is_some() {
        let reason = "an enum in a comma-separated list needs a name: move it to \
                      `#/components/schemas` and refer to it";
        return Err(Error::new(at, reason));
    }
    Ok(match plain.get("type").and_then(Value::as_str) {
        Some("integer") => "i64",
        Some("number") => "f64",
        Some("boolean") => "bool",
        _ => "::std::string::String",
    }
    .to_owned())
}
