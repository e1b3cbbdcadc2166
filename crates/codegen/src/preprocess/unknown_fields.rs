//! Unknown fields kept.
//!
//! A field that the contract does not name is dropped by the generated types, whatever
//! `additionalProperties` says, unless it says `{}`. Every object of a response says so in the view.

use serde_json::{Value, json};

use super::View;
use crate::document;
use crate::error::Result;

pub(super) fn apply(view: &mut View) -> Result<()> {
    document::rewrite_schemas(&mut view.document, document::is_in_response, |schema| {
        if schema.get("properties").is_some_and(Value::is_object) {
            schema.insert("additionalProperties".to_owned(), json!({}));
        }
    });
    Ok(())
}
