//! What the batches themselves show. Nothing is asked for it.

use std::collections::{BTreeSet, HashMap};

use qwen_batches::BatchStatus;
use serde_json::Value;

use crate::doctor::examination::Examination;
use crate::doctor::finding::Verdict;
use crate::doctor::finding::{Findings, Found, Inconclusive};
use crate::doctor::question::Question;
use crate::doctor::response::{Response, cut};
use crate::words::count;

const TIMES: [&str; 8] = [
    "in_progress_at",
    "expires_at",
    "finalizing_at",
    "completed_at",
    "failed_at",
    "expired_at",
    "cancelling_at",
    "cancelled_at",
];

pub(super) fn statuses(examination: &mut Examination) -> Findings {
    let rows = rows(examination)?;
    let unknown: BTreeSet<&str> = rows
        .iter()
        .filter_map(|row| row["status"].as_str())
        .filter(|status| !BatchStatus::from(*status).is_known())
        .collect();
    if unknown.is_empty() {
        return Ok(Found::ok(format!(
            "known ones only, in {} batches",
            rows.len()
        )));
    }
    let unknown: Vec<String> = unknown.into_iter().map(cut).collect();
    let text = unknown.join(", ");
    examination.settle(Question::Statuses, text.as_str());
    Ok(Found::new(Verdict::Undocumented, text))
}

pub(super) fn due_time(examination: &mut Examination) -> Findings {
    let rows = rows(examination)?;
    let set = |row: &&Value| row["expires_at"].as_i64().is_some_and(|time| time != 0);
    let text = match rows.iter().filter(set).count() {
        0 => return Ok(Found::ok(format!("never set, in {} batches", rows.len()))),
        some => format!("set in {some} of {} batches", rows.len()),
    };
    examination.settle(Question::DueTime, text.as_str());
    Ok(Found::new(Verdict::Undocumented, text))
}

pub(super) fn unset_times(examination: &mut Examination) -> Findings {
    let rows = rows(examination)?;
    let is_zero = |name: &&str| rows.iter().any(|row| row[*name] == 0);
    let zeros: Vec<&str> = TIMES.into_iter().filter(is_zero).collect();
    if zeros.is_empty() {
        return Ok(Found::ok(format!("no 0, in {} batches", rows.len())));
    }
    let text = format!("0 in {}", zeros.join(", "));
    examination.settle(Question::Zeros, text.as_str());
    Ok(Found::new(Verdict::Undocumented, text))
}

/// Whether a time is in milliseconds: in seconds, it would be in the year 5138 or later.
pub(super) fn milliseconds(examination: &mut Examination) -> Findings {
    let rows = rows(examination)?;
    let is_large = |name: &&str| {
        let mut times = rows.iter().filter_map(|row| row[*name].as_i64());
        times.any(|time| time >= 100_000_000_000)
    };
    let large: Vec<&str> = ["created_at"]
        .into_iter()
        .chain(TIMES)
        .filter(is_large)
        .collect();
    Ok(if large.is_empty() {
        Found::ok("seconds")
    } else {
        Found::violation(format!("milliseconds in {}", large.join(", ")))
    })
}

pub(super) fn no_results(examination: &mut Examination) -> Findings {
    let rows = rows(examination)?;
    let failed = rows.iter().filter(|row| {
        let counts = &row["request_counts"];
        row["status"] == "completed"
            && counts["completed"] == 0
            && counts["failed"].as_i64().is_some_and(|failed| failed > 0)
    });
    let (without, with): (Vec<&Value>, Vec<_>) =
        failed.partition(|row| row["output_file_id"].is_null());
    let (verdict, text) = match (without.len(), with.len()) {
        (0, 0) => {
            return Err(Inconclusive::new(
                "no batch completed with nothing but failures",
            ));
        }
        (without, 0) => (Verdict::Ok, format!("null, in {}", count(without, "batch"))),
        (without, with) => {
            let all = without + with;
            (
                Verdict::Undocumented,
                format!("set in {with} of {}", count(all, "batch")),
            )
        }
    };
    examination.settle(Question::NoResults, text.as_str());
    Ok(Found::new(verdict, text))
}

/// All batches seen so far, each once.
fn rows(examination: &Examination) -> Result<Vec<Value>, Inconclusive> {
    let rows = examination.pages().filter_map(Response::rows).flatten();
    let rows: HashMap<&str, &Value> = rows
        .filter_map(|row| Some((row["id"].as_str()?, row)))
        .collect();
    if rows.is_empty() {
        return Err(Inconclusive::new("there are no batches"));
    }
    Ok(rows.into_values().cloned().collect())
}
