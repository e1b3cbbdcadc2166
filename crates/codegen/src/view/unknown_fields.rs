//! Unknown fields kept.
//!
//! A field that the contract does not name is dropped by the generated types, whatever
//! `additionalProperties` says, unless it says `{}`. Every object of a reply says so in the view.

use serde_json::{Value, json};

use super::View;
use crate::error::Result;

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    view.rewrite_reply_schemas(|schema| {
        if schema.get("properties").is_some_and(Value::is_object) {
            schema.insert("additionalProperties".to_owned(), json!({}));
        }
    });
    Ok(())
}
