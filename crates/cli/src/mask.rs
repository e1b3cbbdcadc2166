//! Secrets, masked before anything that prints sees them.

use qwen_batches::{Batch, InputFileId, SecretString};

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
