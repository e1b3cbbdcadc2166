//! The batch as somebody writes it down who has read its documentation, and nothing more.
// The fields are called what the service calls them.
#![allow(missing_docs)]

use std::collections::HashMap;

use serde::Deserialize;

/// A page.
#[derive(Deserialize)]
pub struct Page {
    pub data: Vec<Batch>,
    pub has_more: bool,
    pub last_id: Option<String>,
}

/// A batch with all documented fields.
#[derive(Deserialize)]
pub struct Batch {
    pub id: String,
    pub object: String,
    pub endpoint: String,
    pub errors: Option<Errors>,
    pub input_file_id: String,
    pub completion_window: String,
    pub status: Status,
    pub output_file_id: Option<String>,
    pub error_file_id: Option<String>,
    pub created_at: i64,
    pub in_progress_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub finalizing_at: Option<i64>,
    pub completed_at: Option<i64>,
    pub failed_at: Option<i64>,
    pub expired_at: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub cancelling_at: Option<i64>,
    pub request_counts: Option<RequestCounts>,
    pub metadata: Option<HashMap<String, String>>,
}

/// The documented statuses, and no other.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Validating,
    InProgress,
    Finalizing,
    Completed,
    Failed,
    Expired,
    Cancelling,
    Cancelled,
}

/// What was wrong with the input.
#[derive(Deserialize)]
pub struct Errors {
    pub object: String,
    pub data: Vec<LineError>,
}

/// What was wrong with a line of it.
#[derive(Deserialize)]
pub struct LineError {
    pub code: Option<String>,
    pub message: Option<String>,
    pub param: Option<String>,
    pub line: Option<i64>,
}

/// How many requests there are.
#[derive(Deserialize)]
pub struct RequestCounts {
    pub total: u64,
    pub completed: u64,
    pub failed: u64,
}
