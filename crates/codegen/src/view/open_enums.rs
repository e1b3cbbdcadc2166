//! Open enums.
//!
//! A generated enum is closed: one value that it does not know costs the whole page. A schema with
//! `x-extensible-enum: true` is replaced by an enum with a variant for the values that it does not
//! list.

use serde_json::Value;

use super::{Replacement, View, types_path};
use crate::document::{self, join};
use crate::emit;
use crate::error::Result;
use crate::names::pascal;

/// The mark in the contract.
pub(crate) const MARK: &str = "x-extensible-enum";

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    let marked: Vec<(String, Value)> = document::schemas(&view.document)
        .filter(|(_, schema)| schema.get(MARK) == Some(&Value::Bool(true)))
        .map(|(name, schema)| (name.to_owned(), schema.clone()))
        .collect();
    for (name, schema) in marked {
        let pointer = join("/components/schemas", &name);
        let definition = emit::open_enum(&pointer, &pascal(&name), &schema)?;
        let rust_type = types_path(&pascal(&name));
        view.replace(
            &pointer,
            &name,
            Replacement {
                rust_type,
                definition: Some(definition),
            },
        )?;
    }
    Ok(())
}
