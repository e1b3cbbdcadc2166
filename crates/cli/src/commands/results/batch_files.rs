//! The files of a batch.

use qwen_batches::Batch;

/// What the names of its files end in, and their ids: those that it has, each once.
pub(super) fn of(batch: &Batch) -> Vec<(&'static str, &str)> {
    let ids = [&batch.output_file_id, &batch.error_file_id];
    let mut files: Vec<(&'static str, &str)> = Vec::new();
    for (ending, id) in ["output.jsonl", "error.jsonl"].into_iter().zip(ids) {
        let id = id.as_deref().unwrap_or_default();
        if !id.is_empty() && !files.iter().any(|(_, known)| *known == id) {
            files.push((ending, id));
        }
    }
    files
}
