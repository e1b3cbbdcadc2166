//! Defaults and titles.
//!
//! The generator sends a default where the caller gives no value, and takes a title for the name
//! of a type, whether or not another type has it. Both are notes for the reader of the contract:
//! the service applies its defaults itself, and types are named after their place.

use super::View;
use crate::document::{self, Role};
use crate::error::Result;

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    document::rewrite_schemas(Role::Node, &mut view.document, &mut |schema| {
        schema.shift_remove("default");
        schema.shift_remove("title");
    });
    Ok(())
}
