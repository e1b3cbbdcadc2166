//! Objects that a response may leave out.
//!
//! A server sends null where the contract promises an object, or one of its numbers is missing. No
//! value of the type means "unknown", and a made-up 0 would be shown as a fact. In the view, every
//! required object of a successful response is nullable, unless it identifies its owner
//! (`x-identity: true`).

use serde_json::{Value, json};

use super::View;
use crate::document::{self, join, schema_pointer};
use crate::error::Result;
use crate::lint::IDENTITY;

pub(super) fn apply(view: &mut View) -> Result<()> {
    let owners = document::success_schemas(&view.document);
    let mut required = Vec::new();
    for (name, owner) in document::schemas(&view.document).filter(|(it, _)| owners.contains(*it)) {
        let properties = join(&schema_pointer(name), "properties");
        for (name, property) in document::members(&view.document, &properties) {
            let target = document::schema_ref(property).map(schema_pointer);
            let target = target.and_then(|target| view.document.pointer(&target));
            if is_required(owner, name)
                && target.is_some_and(is_object)
                && property.get(IDENTITY).is_none()
            {
                required.push(join(&properties, name));
            }
        }
    }
    for pointer in required {
        if let Some(property) = view.document.pointer_mut(&pointer) {
            *property = json!({ "nullable": true, "allOf": [property.take()] });
        }
    }
    Ok(())
}

/// Whether a type with a field for each property is generated for `schema`.
pub(crate) fn is_object(schema: &Value) -> bool {
    schema.get("properties").is_some_and(Value::is_object)
}

/// Whether `owner` requires its property `name`.
pub(crate) fn is_required(owner: &Value, name: &str) -> bool {
    let required = owner.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|it| it == name))
}
