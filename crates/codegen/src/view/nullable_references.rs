//! Nullable references.
//!
//! The generator ignores that a component is nullable where another schema refers to it. In the
//! view the component is not nullable, and every reference to it is, wrapped in `allOf`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::View;
use crate::document::{self, Role, schema_ref};
use crate::error::Result;

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    let nullable: BTreeSet<String> = document::schemas(&view.document)
        .filter(|(_, schema)| schema.get("nullable") == Some(&Value::Bool(true)))
        .map(|(name, _)| name.to_owned())
        .collect();
    for (name, schema) in document::schemas_mut(&mut view.document)
        .into_iter()
        .flatten()
    {
        if let (true, Some(schema)) = (nullable.contains(name), schema.as_object_mut()) {
            schema.shift_remove("nullable");
        }
    }
    document::rewrite_schemas(Role::Node, &mut view.document, &mut |schema| {
        for keyword in ["properties", "items"] {
            let Some(below) = schema.get_mut(keyword) else {
                continue;
            };
            let places: Vec<&mut Value> = match (keyword, below) {
                ("properties", Value::Object(properties)) => properties.values_mut().collect(),
                (_, items) => vec![items],
            };
            for place in places {
                if schema_ref(place).is_some_and(|name| nullable.contains(name)) {
                    *place = json!({ "allOf": [place.take()], "nullable": true });
                }
            }
        }
    });
    Ok(())
}
