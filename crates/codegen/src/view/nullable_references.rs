//! Nullable references.
//!
//! The generator ignores that a component is nullable where another schema refers to it. In the
//! view no component is nullable: each reference to one that was is, wrapped in `allOf`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::View;
use crate::document::{self, COMPOSITIONS, Object, Role, named_by};
use crate::error::Result;

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    let nullable = nullable_components(&view.document);
    document::rewrite_schemas(Role::Node, &mut view.document, &mut |schema| {
        let takes_null = takes_null(schema, &nullable);
        if schema.contains_key("$ref") && takes_null {
            let reference = Value::Object(std::mem::take(schema));
            schema.insert("allOf".to_owned(), json!([reference]));
        }
        for keyword in COMPOSITIONS {
            let parts = schema.get_mut(keyword).and_then(Value::as_array_mut);
            parts.into_iter().flatten().for_each(forbid_null);
        }
        if takes_null {
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
    });
    for (name, schema) in document::schemas_mut(&mut view.document)
        .into_iter()
        .flatten()
    {
        if nullable.contains(name) {
            forbid_null(schema);
        }
    }
    Ok(())
}

/// The names of the components for which null is a value.
fn nullable_components(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    loop {
        let more: Vec<String> = document::schemas(document)
            .filter(|(name, _)| !found.contains(*name))
            .filter(|(_, schema)| schema.as_object().is_some_and(|it| takes_null(it, &found)))
            .map(|(name, _)| name.to_owned())
            .collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

/// Whether null is a value of `schema`. Of parts that are wrapped already, the wrapper tells.
fn takes_null(schema: &Object, nullable: &BTreeSet<String>) -> bool {
    let parts = |keyword: &str| {
        let parts = schema.get(keyword).and_then(Value::as_array);
        parts.into_iter().flatten()
    };
    let null = |part: &Value| {
        part.as_object()
            .is_some_and(|part| takes_null(part, nullable))
    };
    schema.get("nullable") == Some(&Value::Bool(true))
        || named_by(schema).is_some_and(|name| nullable.contains(name))
        || (parts("allOf").next().is_some() && parts("allOf").all(null))
        || parts("anyOf").chain(parts("oneOf")).any(null)
}

/// Takes null out of a schema; what was wrapped for its sake alone is a plain reference again.
fn forbid_null(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    object.shift_remove("nullable");
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let wrapper = (object.len() == 1)
        .then(|| object.get_mut("allOf"))
        .flatten();
    if let Some([only]) = wrapper.and_then(Value::as_array_mut).map(Vec::as_mut_slice) {
        *schema = only.take();
    }
}
