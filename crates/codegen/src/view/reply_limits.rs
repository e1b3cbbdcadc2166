//! Limits stripped from replies.
//!
//! The generated types check lengths, patterns, bounds and single-value enums while they decode,
//! so that one name a letter too long would cost the whole page. A reply is news, not a request to
//! be refused: whether it keeps within its limits is for a contract check to say, not for the
//! decoder.

use serde_json::Value;

use super::View;
use crate::error::Result;

const LIMITS: [&str; 13] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    view.rewrite_reply_schemas(|schema| {
        for limit in LIMITS {
            schema.shift_remove(limit);
        }
        let is_open = schema.get(super::OPEN_ENUM_MARK) == Some(&Value::Bool(true));
        let values = schema.get("enum").and_then(Value::as_array);
        let is_single = values
            .is_some_and(|values| values.iter().filter(|value| !value.is_null()).count() == 1);
        if is_single && !is_open {
            schema.shift_remove("enum");
        }
    });
    Ok(())
}
