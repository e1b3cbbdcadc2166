//! A summary as one JSON object.

use jiff::Timestamp;
use qwen_batches::{Batch, BatchExt as _};
use serde_json::{Map, Value, json};

use super::totals::Summary;
use super::triage::Need;
use super::validation_errors::what_to_do;
use crate::batch::{OUTCOMES, name};

/// What needs somebody, first, then the totals.
pub(super) fn object(summary: &Summary) -> Value {
    let mut object = Map::new();
    object.insert("at".to_owned(), summary.now.to_string().into());
    for need in Need::ALL {
        let value = match need {
            Need::Refused => validation_errors(summary),
            _ => summary.triage.of(need).iter().map(brief).collect(),
        };
        object.insert(need.name().to_owned(), value);
    }
    let statuses = summary.statuses.iter();
    let statuses = statuses.map(|(status, count)| (status.to_string(), json!(count)));
    let outcomes = OUTCOMES.iter().zip(summary.outcomes);
    let outcomes = outcomes.map(|(name, count)| ((*name).to_owned(), json!(count)));
    let requests = &summary.requests;
    let totals = json!({
        "batches": summary.batches,
        "unreadable": summary.unreadable,
        "outcomes": outcomes.collect::<Map<_, _>>(),
        "statuses": statuses.collect::<Map<_, _>>(),
        "requests": {
            "total": requests.is_known().then_some(requests.total),
            "completed": requests.is_known().then_some(requests.completed),
            "failed": requests.is_known().then_some(requests.failed),
            "batches_without_counts": requests.unknown,
            "success_rate": requests.success_rate(),
        },
    });
    if let Value::Object(totals) = totals {
        object.extend(totals);
    }
    object.into()
}

/// What batches were refused for, by code.
fn validation_errors(summary: &Summary) -> Value {
    let codes = summary.triage.validation_errors.by_code().into_iter();
    codes
        .map(|(code, it)| {
            let (batch, error) = &it.example;
            let error = error.as_ref();
            json!({
                "code": code,
                "errors": it.errors,
                "batches": it.batches,
                "example": {
                    "batch": brief(batch),
                    "line": error.and_then(|error| error.line),
                    "param": error.and_then(|error| error.param.as_deref()),
                    "message": error.and_then(|error| error.message.as_deref()),
                },
                "what_to_do": what_to_do(code),
            })
        })
        .collect()
}

/// What identifies a batch, and where its results are.
fn brief(batch: &Batch) -> Value {
    let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
    let mut brief = json!({
        "id": batch.id,
        "name": Some(name(batch)).filter(|name| !name.is_empty()),
        "status": Some(batch.status.as_str()).filter(|status| !status.is_empty()),
        "created_at": text(batch.created()),
        "due_at": text(batch.due()),
    });
    if batch.has_results() {
        brief["output_file_id"] = json!(batch.output_file_id);
    }
    if let Some(counts) = &batch.request_counts {
        brief["request_counts"] = json!(counts);
    }
    brief
}
