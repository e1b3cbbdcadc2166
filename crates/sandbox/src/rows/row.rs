//! A row by hand: all 20 keys, with what a test sets.

use serde_json::{Map, Value, json};

/// Starts a row with this id. See [`BatchRow`].
pub fn row(id: impl Into<String>) -> BatchRow {
    BatchRow::new(id.into())
}

/// A batch object with all 20 keys, for
/// [`SandboxBuilder::rows`](crate::SandboxBuilder::rows).
///
/// It starts as a `validating` job of `/v1/chat/completions` on `file-batch-row` with a window of 24
/// hours, created at 0, with counts of 0 and everything else null. A setter changes
/// what it names and nothing else: a status brings no times with it, so that a
/// contradictory row can be written too.
///
/// ```
/// use qwen_batches_sandbox::row;
///
/// let batch = row("batch_x")
///     .created_at(1_767_000_000)
///     .status("completed")
///     .name("夜间评测")
///     .set("completed_at", 1_767_003_600)
///     .build();
/// assert_eq!(batch["metadata"]["ds_name"], "夜间评测");
/// assert_eq!(batch.as_object().unwrap().len(), 20);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRow {
    fields: Map<String, Value>,
}

impl BatchRow {
    /// When the job was created, in Unix seconds.
    pub fn created_at(self, unix_seconds: i64) -> Self {
        self.set("created_at", unix_seconds)
    }

    /// The status, one of [`STATUSES`](crate::STATUSES) or any other.
    pub fn status(self, status: impl Into<String>) -> Self {
        self.set("status", status.into())
    }

    /// `metadata.ds_name`; creates the metadata where they are null.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.metadata_entry("ds_name", name)
    }

    /// `metadata.ds_description`; creates the metadata where they are null.
    pub fn description(self, description: impl Into<String>) -> Self {
        self.metadata_entry("ds_description", description)
    }

    /// An entry of the metadata; creates them where they are null.
    pub fn metadata_entry(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), Value::from(value.into()));
        match self.fields.get_mut("metadata") {
            Some(Value::Object(entries)) => {
                entries.insert(key, value);
                self
            }
            _ => self.set("metadata", Map::from_iter([(key, value)])),
        }
    }

    /// The path that the job's requests go to, such as `/v1/embeddings`.
    pub fn endpoint(self, path: impl Into<String>) -> Self {
        self.set("endpoint", path.into())
    }

    /// The file with the requests: a file id, a presigned URL or `oss:...`.
    pub fn input_file_id(self, id: impl Into<String>) -> Self {
        self.set("input_file_id", id.into())
    }

    /// The window, a whole number with unit `h` or `d`, such as `24h` or `14d`.
    pub fn completion_window(self, window: impl Into<String>) -> Self {
        self.set("completion_window", window.into())
    }

    /// `request_counts`: how many requests there are, succeeded and failed.
    pub fn request_counts(self, total: u64, completed: u64, failed: u64) -> Self {
        self.set(
            "request_counts",
            json!({ "total": total, "completed": completed, "failed": failed }),
        )
    }

    /// Any key with any value; a key that is none of the 20 is added at the end.
    pub fn set(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(key.into(), value.into());
        self
    }

    /// The finished row.
    pub fn build(self) -> Value {
        self.fields.into()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.fields.get(key)
    }

    fn new(id: String) -> Self {
        // Keys in the order of the vendor's sample.
        let fields = [
            ("id", id.into()),
            ("object", "batch".into()),
            ("endpoint", "/v1/chat/completions".into()),
            ("errors", Value::Null),
            ("input_file_id", "file-batch-row".into()),
            ("completion_window", "24h".into()),
            ("status", "validating".into()),
            ("output_file_id", Value::Null),
            ("error_file_id", Value::Null),
            ("created_at", 0.into()),
            ("in_progress_at", Value::Null),
            ("expires_at", Value::Null),
            ("finalizing_at", Value::Null),
            ("completed_at", Value::Null),
            ("failed_at", Value::Null),
            ("expired_at", Value::Null),
            ("cancelled_at", Value::Null),
            ("cancelling_at", Value::Null),
            ("request_counts", Value::Null),
            ("metadata", Value::Null),
        ];
        Self {
            fields: Map::from_iter(fields.map(|(key, value)| (key.to_owned(), value))),
        }
        .request_counts(0, 0, 0)
    }
}

impl From<BatchRow> for Value {
    fn from(row: BatchRow) -> Self {
        row.build()
    }
}
