//! A result as one JSON object on a line.

use std::io::{self, Write};

use qwen_batches::{Client, ResultLine};
use serde_json::{Value, json};

use crate::mask;
use crate::terminal::escape_json;

/// Writes `{"batch", "custom_id", "ok", "status", "error", "body"}`; the batch if it is given.
pub(super) fn write(
    line: &ResultLine,
    batch: Option<&str>,
    client: &Client,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (status, error, body) = match &line.result {
        Ok(body) => (json!(body.status()), Value::Null, body.as_str()),
        Err(failed) => {
            let error = json!({ "code": failed.code, "message": failed.message });
            (json!(failed.status), error, "null")
        }
    };
    let batch = batch.map(|id| format!("\"batch\":{},", json!(id)));
    let (batch, id, ok) = (
        batch.unwrap_or_default(),
        json!(line.custom_id),
        line.result.is_ok(),
    );
    // The body is passed on as it came: its numbers and the order of its members are kept.
    let text = format!(
        "{{{batch}\"custom_id\":{id},\"ok\":{ok},\"status\":{status},\"error\":{error},\"body\":{body}}}"
    );
    let text = escape_json(mask::json_line(text, client));
    writeln!(out, "{text}")
}
