//! Only success is described.
//!
//! A described error whose body is not as the schema says (an HTML page, nothing) would reach the
//! caller without status and headers. What is not described does so whole, as the generated
//! client's `UnexpectedResponse`.

use serde_json::Value;

use super::View;
use crate::document::{self, join};
use crate::error::Result;

pub(super) fn apply(view: &mut View) -> Result<()> {
    let lists: Vec<String> = document::operations(&view.document)
        .iter()
        .map(|operation| join(&operation.pointer, "responses"))
        .collect();
    for list in lists {
        if let Some(Value::Object(responses)) = view.document.pointer_mut(&list) {
            responses.retain(|status, _| status.starts_with('2'));
        }
    }
    Ok(())
}
