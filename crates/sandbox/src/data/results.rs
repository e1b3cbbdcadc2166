//! What came out of a batch: the lines of its two files, and what its row says of them.

use fastrand::Rng;
use serde_json::{Value, json};

use super::random::uuid;

/// Where the vendor's documentation and reports leave open how results are filed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Filing {
    /// Failed requests stand in the output file, and count as completed.
    pub(crate) failed_in_output: bool,
    /// Requests that never ran stand in no file.
    pub(crate) omits_unrun: bool,
    /// An error has `error_code` and `error_message`, not `code` and `message`.
    pub(crate) prefixed_errors: bool,
}

/// One of the two files of a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultFile {
    Output,
    Error,
}

impl ResultFile {
    /// The file of a row that has this id.
    pub(crate) fn of(row: &Value, id: &str) -> Option<Self> {
        let has = |key: &str| row[key] == id;
        match (has("output_file_id"), has("error_file_id")) {
            (true, _) => Some(Self::Output),
            (_, true) => Some(Self::Error),
            _ => None,
        }
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Succeeds,
    Fails,
    NeverRuns,
}

impl Filing {
    /// The row as it is when its results are filed this way.
    pub(crate) fn row(self, mut row: Value) -> Value {
        let (_, completed, failed) = counts(&row);
        if row["error_file_id"].is_null() || failed == 0 {
            return row;
        }
        let unrun = unrun_code(&row).is_some();
        if self.omits_unrun && unrun {
            row["error_file_id"] = Value::Null;
        } else if self.failed_in_output && !unrun {
            let file = row["error_file_id"].take();
            if row["output_file_id"].is_null() {
                row["output_file_id"] = file;
            }
            row["request_counts"]["completed"] = (completed + failed).into();
            row["request_counts"]["failed"] = 0.into();
        }
        row
    }

    /// The lines of a file of `row`, which is as it would be without any of these; in the order of
    /// the input. They are a function of the row alone.
    pub(crate) fn lines(self, row: &Value, file: ResultFile) -> Vec<Value> {
        let (total, completed, failed) = counts(row);
        let unrun = unrun_code(row);
        let in_file = |fate: Fate| match file {
            ResultFile::Output => match fate {
                Fate::Succeeds => true,
                Fate::Fails => self.failed_in_output,
                Fate::NeverRuns => false,
            },
            ResultFile::Error => fate != Fate::Succeeds,
        };
        let requests = (1..=total.max(completed + failed)).filter_map(|n| {
            // Those that fail are spread evenly.
            let before = |n: u64| (u128::from(n) * u128::from(failed)) / u128::from(total.max(1));
            let fate = match (before(n) != before(n - 1), unrun) {
                (false, _) => Fate::Succeeds,
                (true, None) => Fate::Fails,
                (true, Some(_)) => Fate::NeverRuns,
            };
            in_file(fate).then_some((n, fate))
        });
        requests
            .map(|(n, fate)| self.line(row, file, n, fate))
            .collect()
    }

    fn line(self, row: &Value, file: ResultFile, n: u64, fate: Fate) -> Value {
        let rng = &mut rng(row, n);
        let request_id = uuid(rng);
        let error = |code: &str, message: &str| match self.prefixed_errors {
            true => json!({ "error_code": code, "error_message": message }),
            false => json!({ "code": code, "message": message }),
        };
        let (code, message) = match n % 2 {
            0 => ("invalid_parameter_error", "The input is too long."),
            _ => ("data_inspection_failed", "The input was rejected."),
        };
        let response = |status: u16, body: Value| json!({ "status_code": status, "request_id": &request_id, "body": body });
        let error_response = || response(400, json!({ "error": error(code, message) }));
        let (response, error) = match fate {
            Fate::Succeeds => (response(200, body(row, n, rng)), Value::Null),
            Fate::Fails if file == ResultFile::Output => (error_response(), Value::Null),
            // No error line was recorded; the vendor documents both.
            Fate::Fails if n.is_multiple_of(3) => (Value::Null, error(code, message)),
            Fate::Fails => (error_response(), error(code, message)),
            Fate::NeverRuns => {
                let code = unrun_code(row).unwrap_or_default();
                (Value::Null, error(code, "This request was not run."))
            }
        };
        json!({ "id": &request_id, "custom_id": format!("request-{n}"), "response": response, "error": error })
    }
}

/// The code of the requests that never ran, where all that failed are such.
fn unrun_code(row: &Value) -> Option<&'static str> {
    match row["status"].as_str() {
        Some("expired") => Some("batch_expired"),
        Some("cancelled") => Some("batch_cancelled"),
        _ => None,
    }
}

fn counts(row: &Value) -> (u64, u64, u64) {
    let count = |key: &str| row["request_counts"][key].as_u64().unwrap_or_default();
    (count("total"), count("completed"), count("failed"))
}

fn rng(row: &Value, n: u64) -> Rng {
    let id = row["id"].as_str().unwrap_or_default().bytes();
    let seed = id.fold(n, |seed, byte| {
        Rng::with_seed(seed ^ u64::from(byte)).u64(..)
    });
    Rng::with_seed(seed)
}

/// What the endpoint of a batch responds.
fn body(row: &Value, n: u64, rng: &mut Rng) -> Value {
    let tokens = rng.u32(5..500);
    let created = row["created_at"].as_i64().unwrap_or_default();
    if row["endpoint"] == "/v1/embeddings" {
        let embedding: Vec<f64> = (0..4).map(|_| f64::from(rng.i16(..)) / 65_536.0).collect();
        return json!({
            "data": [{ "embedding": embedding, "index": 0, "object": "embedding" }],
            "model": "text-embedding-v4",
            "object": "list",
            "usage": { "prompt_tokens": tokens, "total_tokens": tokens },
            "id": uuid(rng),
        });
    }
    let texts = [
        "Positive.",
        "Negative.",
        "它很好。",
        "Line one.\nLine \"two\".",
    ];
    let text = format!("{} ({n})", texts[rng.usize(..texts.len())]);
    json!({
        "choices": [{
            "finish_reason": "stop",
            "index": 0,
            "message": { "content": text, "role": "assistant" },
        }],
        "created": created,
        "id": format!("chatcmpl-{}", uuid(rng)),
        "model": "qwen-plus",
        "object": "chat.completion",
        "usage": { "completion_tokens": 6, "prompt_tokens": tokens, "total_tokens": tokens + 6 },
    })
}
