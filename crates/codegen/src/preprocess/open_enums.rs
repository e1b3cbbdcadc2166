//! Open enums.
//!
//! A generated enum is closed: one value that it does not know costs the whole page. A schema with
//! `x-open-enum: true` is replaced by an enum with a variant for the values that it does not list.

use super::View;
use crate::document;
use crate::error::Result;
use crate::lint::OPEN_ENUM;
use crate::names::pascal;

pub(super) fn apply(view: &mut View) -> Result<()> {
    for (name, schema) in document::schemas(&view.document) {
        if schema.get(OPEN_ENUM).is_some() {
            let path = format!("crate::types::{}", pascal(name));
            view.replacements.insert(name.to_owned(), path);
        }
    }
    Ok(())
}
