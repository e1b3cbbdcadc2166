//! Believable batches out of a seed.
//!
//! What a batch is called, what becomes of it and how old it is depend on the seed
//! and its index alone; its times are then counted back from `now`. So the first
//! ten batches of a seed are the same ten among 250.

use std::cmp::Reverse;
use std::ops::RangeInclusive;

use fastrand::Rng;
use serde_json::{Value, json};

use super::names;
use super::random::{Purpose, uuid};
use super::timeline::{Ending, Timeline};
use crate::rows::{BatchRow, row};

/// The instants that a sandbox may stand at, in Unix seconds: the years 1971 to
/// 9998, so that no time near it leaves the range of a four-digit year.
pub(crate) const NOW: RangeInclusive<i64> = 31_536_000..=253_370_764_799;

/// Generates `count` batch objects, newest first, as they look at `now` (Unix
/// seconds; values outside the years 1971 to 9998 are taken as the nearest of
/// these).
///
/// The same arguments give the same rows in every process that runs the same
/// version of this crate. All rows are less than 30 days old at `now`. Every full
/// fifty of them, in the order of generation, holds all eight statuses.
///
/// ```
/// let rows = qwen_batches_sandbox::generate(50, 7, 1_767_000_000);
/// assert_eq!(rows.len(), 50);
/// assert!(rows.iter().any(|row| row["status"] == "cancelling"));
/// ```
pub fn generate(count: usize, seed: u64, now: i64) -> Vec<Value> {
    let now = now.clamp(*NOW.start(), *NOW.end());
    let mut rows: Vec<(i64, Value)> = (0..count as u64)
        .map(|index| {
            let timeline = Timeline::draw(seed, index);
            let created_at = now - timeline.age;
            (
                created_at,
                batch(seed, index, created_at, &timeline).build(),
            )
        })
        .collect();
    rows.sort_by_key(|(created_at, _)| Reverse(*created_at));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The `n`-th batch, from 0, that appears while a sandbox runs; it has just been created.
pub(crate) fn newcomer(seed: u64, n: usize, created_at: i64) -> Value {
    // Counted from the other end, so that it is none of those generated at the start.
    let index = u64::MAX - n as u64;
    batch(seed, index, created_at, &Timeline::pending()).build()
}

/// The id of the `n`-th request, shaped like a UUID.
pub(crate) fn request_id(seed: u64, n: usize) -> String {
    uuid(&mut Purpose::Request.rng(seed, n as u64))
}

fn batch(seed: u64, index: u64, created_at: i64, timeline: &Timeline) -> BatchRow {
    let rng = &mut Purpose::Text.rng(seed, index);
    let batch = identity(seed, index, created_at, rng)
        .status(timeline.ending.status())
        .completion_window(timeline.window)
        .request_counts(timeline.total, timeline.completed, timeline.failed);
    let batch = files(batch, timeline, rng);
    times(batch, created_at, timeline, rng)
}

/// What a batch is, whatever becomes of it.
pub(super) fn identity(seed: u64, index: u64, created_at: i64, rng: &mut Rng) -> BatchRow {
    row(format!("batch_{}", uuid(rng)))
        .created_at(created_at)
        .endpoint(endpoint(rng))
        .input_file_id(input_file(seed, index, created_at))
        .set("metadata", names::metadata(rng))
}

/// An output file where a request succeeded, an error file where one failed, once
/// the job is over.
fn files(batch: BatchRow, timeline: &Timeline, rng: &mut Rng) -> BatchRow {
    let mut file =
        |wanted: bool| wanted.then(|| Value::from(format!("file-batch_output-{}", uuid(rng))));
    let over = timeline.ending.is_over();
    batch
        .set("output_file_id", file(over && timeline.completed > 0))
        .set("error_file_id", file(over && timeline.failed > 0))
}

fn times(batch: BatchRow, created_at: i64, timeline: &Timeline, rng: &mut Rng) -> BatchRow {
    let worked = created_at + timeline.work;
    let started = |batch: BatchRow| batch.set("in_progress_at", created_at);
    match timeline.ending {
        Ending::Validating => batch,
        Ending::Rejected => batch.set("failed_at", worked).set("errors", errors(rng)),
        // `cancelling_at` stays null until the job is cancelled.
        Ending::Running | Ending::Cancelling => started(batch),
        Ending::Finalizing => started(batch).set("finalizing_at", worked),
        Ending::Clean | Ending::Mixed | Ending::AllFailed => started(batch)
            .set("finalizing_at", worked)
            .set("completed_at", worked + timeline.wrap),
        Ending::Expired => started(batch).set("expired_at", worked),
        Ending::Cancelled => started(batch)
            .set("cancelling_at", worked)
            .set("cancelled_at", worked),
    }
}

fn endpoint(rng: &mut Rng) -> &'static str {
    match rng.u32(0..20) {
        0 => "/v1/chat/ds-test",
        1..=4 => "/v1/embeddings",
        _ => "/v1/chat/completions",
    }
}

/// Every tenth batch takes the file of the one before it: the same work, handed in
/// once more. (A presigned URL is signed anew.)
fn input_file(seed: u64, index: u64, created_at: i64) -> String {
    let source = if index % 10 == 9 { index - 1 } else { index };
    let rng = &mut Purpose::File.rng(seed, source);
    let name = uuid(rng);
    match rng.u32(0..20) {
        0 => {
            let expires = created_at + 7 * 24 * 60 * 60;
            let signature: String = (0..27).map(|_| rng.alphanumeric()).collect();
            format!(
                "https://sandbox-batches.oss-cn-beijing.aliyuncs.com/in/{name}.jsonl\
                 ?Expires={expires}&OSSAccessKeyId=SANDBOX&Signature={signature}%3D"
            )
        }
        1 => format!("oss:cn-beijing:sandbox-batches/in/{name}.jsonl"),
        _ => format!("file-batch-{name}"),
    }
}

/// Why the input file was rejected: an entry for each bad line, counted from 1.
fn errors(rng: &mut Rng) -> Value {
    let mut line = 0;
    let entries: Vec<_> = (0..rng.u32(1..=5))
        .map(|_| {
            line += rng.u32(1..=40);
            let (code, message, param) = if rng.bool() {
                (
                    "url_not_found",
                    "The URL of this request is not one that a batch can call.",
                    rng.bool().then_some("url"),
                )
            } else {
                (
                    "mismatched_test_url",
                    "The URL of this request does not match the endpoint of the batch.",
                    None,
                )
            };
            json!({ "code": code, "message": message, "param": param, "line": line })
        })
        .collect();
    json!({ "object": "list", "data": entries })
}
