//! Secrets masked.
//!
//! Every generated type derives a plain `Debug`. A string with `x-secret: true` (all of it is
//! secret) or `x-secret: url-query` (the query of a URL is) gets a type that shows itself masked
//! and travels unmasked.

use serde_json::{Value, json};

use super::View;
use crate::document::{self, Object, component_at, schema_ref_to};
use crate::error::Result;
use crate::lint::SECRET;

/// The type that a value of `x-secret` asks for.
pub(crate) fn type_of(extension: &Value) -> &'static str {
    if *extension == true {
        "SecretString"
    } else {
        "SecretUrl"
    }
}

pub(super) fn apply(view: &mut View) -> Result<()> {
    for (name, schema) in document::schemas(&view.document) {
        if let Some(extension) = schema.get(SECRET) {
            let path = format!("crate::wire::{}", type_of(extension));
            view.replacements.insert(name.to_owned(), path);
        }
    }
    let mut used: Vec<&'static str> = Vec::new();
    let in_place = |pointer: &str| component_at(pointer).is_none();
    document::rewrite_schemas(&mut view.document, in_place, |schema| {
        let Some(name) = schema.get(SECRET).map(type_of) else {
            return;
        };
        if !used.contains(&name) {
            used.push(name);
        }
        let kept = ["description", "nullable"].map(|keyword| schema.shift_remove_entry(keyword));
        *schema = Object::from_iter(kept.into_iter().flatten());
        schema.insert("allOf".to_owned(), json!([schema_ref_to(name)]));
    });
    for name in used {
        document::add_schema(&mut view.document, name, json!({ "type": "string" }))?;
        let path = format!("crate::wire::{name}");
        view.replacements.insert(name.to_owned(), path);
    }
    Ok(())
}
