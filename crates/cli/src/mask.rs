//! Secrets, masked before anything that prints sees them.

use qwen_batches_ext::{Batch, InputFileId, SecretString, UnreadableRow};

/// Replaces what the contract marks as secret by what may be shown of it.
///
/// The types of these fields mask themselves when they are displayed, but not when they are
/// serialised. After this there is nothing left to leak, whatever a format does.
pub(crate) fn secrets(batch: &mut Batch) {
    batch.input_file_id = InputFileId::from(batch.input_file_id.to_string());
    if let Some(callback) = batch
        .metadata
        .as_mut()
        .and_then(|metadata| metadata.ds_batch_finish_callback.as_mut())
    {
        *callback = SecretString::from(callback.to_string());
    }
}

/// Leaves of the reason why a row cannot be read what is no value of the row.
///
/// A decoder quotes the value that it did not expect, and where types are wrong, no type says
/// whether it is a secret.
pub(crate) fn reason(row: &mut UnreadableRow) {
    let Some(start) = row.reason.find('"') else {
        return;
    };
    // A long value may have lost its end.
    let end = row.reason.rfind("\", expected ");
    let rest = end.map_or("", |end| &row.reason[end + 1..]);
    row.reason = format!("{}\"***\"{rest}", &row.reason[..start]);
}
