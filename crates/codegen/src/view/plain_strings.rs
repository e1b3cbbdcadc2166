//! Formats of strings.
//!
//! The generator makes a type of another crate of each format that it knows (`date-time`, `uuid`),
//! and in a path that type goes out in its own notation. In the view a string is a string; only
//! `binary`, which tells bytes from text, stays.

use super::View;
use crate::document::{self, Role};
use crate::error::Result;

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    document::rewrite_schemas(Role::Node, &mut view.document, &mut |schema| {
        let is = |keyword: &str, value: &str| schema.get(keyword).is_some_and(|it| it == value);
        if is("type", "string") && !is("format", "binary") {
            schema.shift_remove("format");
        }
    });
    Ok(())
}
