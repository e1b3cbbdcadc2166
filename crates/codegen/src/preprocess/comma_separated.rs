//! Comma-separated lists.
//!
//! The generator ignores `explode: false`: an array in the query goes out as `a=1&a=2`. In the
//! view such a parameter is a reference to a component that `CommaSeparated<Item>` replaces, which
//! goes out as one value, `a=1,2`.

use serde_json::{Value, json};

use super::View;
use crate::document::{self, join, schema_ref, schema_ref_to};
use crate::error::{Error, Result};
use crate::names::pascal;

pub(super) fn apply(view: &mut View) -> Result<()> {
    let mut lists = Vec::new();
    for parameter in document::parameters(&view.document)? {
        let (at, array) = parameter.schema(&view.document)?;
        if parameter.value.get("explode") == Some(&Value::Bool(false)) && array["type"] == "array" {
            let Some(item) = schema_ref(&array["items"]) else {
                let reason = "the items of a comma-separated list need a name: move them to \
                              `#/components/schemas` and refer to them";
                return Err(Error::new(join(&at, "items"), reason));
            };
            let name = pascal(&format!("{}-{}", parameter.operation, parameter.name()));
            let description = parameter.value["description"].clone();
            lists.push((
                parameter.pointer,
                format!("{name}List"),
                description,
                pascal(item),
            ));
        }
    }
    for (pointer, name, description, item) in lists {
        let schema = json!({ "type": "string", "description": description });
        document::add_schema(&mut view.document, &name, schema)?;
        if let Some(Value::Object(parameter)) = view.document.pointer_mut(&pointer) {
            parameter.insert("schema".to_owned(), schema_ref_to(&name));
            parameter.retain(|key, _| !matches!(key.as_str(), "explode" | "example" | "examples"));
        }
        let path = format!("crate::wire::CommaSeparated<crate::types::{item}>");
        view.replacements.insert(name, path);
    }
    Ok(())
}
