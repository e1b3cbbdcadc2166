//! Errors that keep status and body.
//!
//! A declared error whose body is not what the schema says (an HTML page, an empty body) would
//! reach the caller without status and headers. In the view, the answers of 4XX and 5XX are bytes:
//! the generated error then holds all that was received. An answer `default`, which the generator
//! takes for success and failure at once, is what it means beside a described success: 4XX and 5XX.

use serde_json::{Value, json};

use super::View;
use crate::document::{self, join};
use crate::error::Result;

pub(super) fn rewrite(view: &mut View) -> Result<()> {
    let lists: Vec<String> = document::operations(&view.document)
        .iter()
        .map(|operation| join(&operation.pointer, "responses"))
        .collect();
    for list in &lists {
        if let Some(Value::Object(responses)) = view.document.pointer_mut(list)
            && let Some(response) = responses.shift_remove("default")
        {
            for range in ["4XX", "5XX"] {
                responses.entry(range).or_insert_with(|| response.clone());
            }
        }
    }

    let mut places = Vec::new();
    for list in &lists {
        let responses = view.document.pointer(list).and_then(Value::as_object);
        for (status, response) in responses.into_iter().flatten() {
            if status.starts_with(['4', '5']) {
                places.push(document::resolve(&view.document, join(list, status), response)?.0);
            }
        }
    }
    for place in places {
        if let Some(Value::Object(response)) = view.document.pointer_mut(&place) {
            let bytes = json!({
                "application/octet-stream": { "schema": { "type": "string", "format": "binary" } }
            });
            response.insert("content".to_owned(), bytes);
        }
    }
    Ok(())
}
