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
    let bytes = json!({
        "description": "An error; its body as it was received.",
        "content": {
            "application/octet-stream": { "schema": { "type": "string", "format": "binary" } }
        }
    });
    let lists: Vec<String> = document::operations(&view.document)
        .iter()
        .map(|operation| join(&operation.pointer, "responses"))
        .collect();
    for list in lists {
        let Some(Value::Object(responses)) = view.document.pointer_mut(&list) else {
            continue;
        };
        if responses.shift_remove("default").is_some() {
            for range in ["4XX", "5XX"] {
                responses.insert(range.to_owned(), bytes.clone());
            }
        }
        // The generator tries a range first, and would never come to a status of it.
        let ranges: Vec<String> = responses
            .keys()
            .filter(|it| it.ends_with("XX"))
            .cloned()
            .collect();
        responses.retain(|status, _| {
            ranges.contains(status) || !ranges.iter().any(|range| range[..1] == status[..1])
        });
        for (status, response) in responses {
            if status.starts_with(['4', '5']) {
                *response = bytes.clone();
            }
        }
    }
    Ok(())
}
