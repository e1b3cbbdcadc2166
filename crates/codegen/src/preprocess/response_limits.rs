//! Responses without limits.
//!
//! The generated types check lengths, patterns, bounds and single-value enums while they decode,
//! so that one name a letter too long would cost the whole page. Whether a response keeps within
//! its limits is for a contract check to say, not for the decoder.

use serde_json::Value;

use super::View;
use crate::document;
use crate::error::Result;
use crate::lint::OPEN_ENUM;

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

pub(super) fn apply(view: &mut View) -> Result<()> {
    document::rewrite_schemas(&mut view.document, document::is_in_response, |schema| {
        for limit in LIMITS {
            schema.shift_remove(limit);
        }
        let values = schema.get("enum").and_then(Value::as_array);
        if values.is_some_and(|it| it.len() == 1) && !schema.contains_key(OPEN_ENUM) {
            schema.shift_remove("enum");
        }
    });
    Ok(())
}
