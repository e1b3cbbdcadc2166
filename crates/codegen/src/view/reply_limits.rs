//! Limits stripped from replies.
//!
//! The generated types check lengths, patterns, bounds and single-value enums while they decode,
//! so that one name a letter too long would cost the whole page. A reply is news, not a request to
//! be refused: whether it keeps within its limits is for a contract check to say, not for the
//! decoder. Formats of strings go as well, since each would pull in a crate and a way to fail.

use serde_json::Value;

use super::View;
use crate::error::Result;

const LIMITS: [&str; 12] = [
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maximum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "minimum",
    "minItems",
    "minLength",
    "minProperties",
    "pattern",
];

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    view.rewrite_reply_schemas(|schema| {
        for limit in LIMITS {
            schema.shift_remove(limit);
        }
        schema.shift_remove("multipleOf");
        schema.shift_remove("uniqueItems");
        if schema
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| values.len() == 1)
        {
            schema.shift_remove("enum");
        }
        let binary = schema
            .get("format")
            .is_some_and(|format| format == "binary");
        if schema.get("type").is_some_and(|kind| kind == "string") && !binary {
            schema.shift_remove("format");
        }
    });
    Ok(())
}
