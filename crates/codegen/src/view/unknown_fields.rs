//! Unknown fields kept.
//!
//! A field that the contract does not name is dropped by the generated types, whatever
//! `additionalProperties` says, unless it says `{}`. Every object of a reply says so in the view.
//!
//! Such fields are kept in a field called `extra`. A property of that name gets another one in the
//! view; the polish gives it back the name that it has on the wire.

use serde_json::{Value, json};

use super::View;
use crate::document::{self, Object, Role};
use crate::error::Result;

/// The name in Rust of the field that keeps unknown fields.
pub(crate) const EXTRA: &str = "extra";

/// What a property called `extra` is called in the view: `extra_property` in Rust.
pub(crate) const EXTRA_PROPERTY: &str = "extra property";

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    view.rewrite_reply_schemas(|schema| {
        let is_struct = schema.get("properties").is_some_and(Value::is_object);
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        if is_struct || is_closed {
            schema.insert("additionalProperties".to_owned(), json!({}));
        }
    });
    document::rewrite_schemas(Role::Node, &mut view.document, &mut |schema| {
        if schema
            .get("additionalProperties")
            .is_some_and(Value::is_object)
        {
            rename_extra(schema);
        }
    });
    Ok(())
}

fn rename_extra(schema: &mut Object) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let renamed = std::mem::take(properties).into_iter().map(|(name, value)| {
            let is_extra = name == EXTRA;
            (
                if is_extra {
                    EXTRA_PROPERTY.to_owned()
                } else {
                    name
                },
                value,
            )
        });
        *properties = renamed.collect();
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        for name in required {
            if name == EXTRA {
                *name = EXTRA_PROPERTY.into();
            }
        }
    }
}
