//! The generated batches: that they are consistent, varied, and always the same.

use std::collections::{HashMap, HashSet};

use qwen_batches_sandbox::{STATUSES, generate, row};
use serde_json::Value;

use crate::support::{NOW, ids};

const KEYS: [&str; 20] = [
    "id",
    "object",
    "endpoint",
    "errors",
    "input_file_id",
    "completion_window",
    "status",
    "output_file_id",
    "error_file_id",
    "created_at",
    "in_progress_at",
    "expires_at",
    "finalizing_at",
    "completed_at",
    "failed_at",
    "expired_at",
    "cancelled_at",
    "cancelling_at",
    "request_counts",
    "metadata",
];

const SEEDS: [u64; 5] = [0, 1, 7, 42, u64::MAX];

/// A row's times, keyed without their `_at`; those that are null are left out.
fn times(row: &Value) -> HashMap<&str, i64> {
    let fields = row.as_object().expect("an object");
    fields
        .iter()
        .filter_map(|(key, value)| Some((key.strip_suffix("_at")?, value.as_i64()?)))
        .collect()
}

fn window_seconds(row: &Value) -> i64 {
    let window = row["completion_window"].as_str().expect("a string");
    let (number, hours) = match window.strip_suffix('h') {
        Some(number) => (number, 1),
        None => (window.strip_suffix('d').expect("h or d"), 24),
    };
    let hours: i64 = number.parse::<i64>().expect("a whole number") * hours;
    assert!((24..=336).contains(&hours), "{window}");
    hours * 3600
}

/// Whether a batch looks at this instant as one can.
pub(crate) fn check(row: &Value, now: i64) {
    let keys: Vec<_> = row.as_object().expect("an object").keys().collect();
    assert_eq!(keys, KEYS);
    assert_eq!(row["object"], "batch");
    let status = row["status"].as_str().expect("a string");

    let times = times(row);
    let created = times["created"];
    let at = |name: &str| times.get(name).copied();
    assert!(times.values().all(|at| (created..=now).contains(at)));
    assert!(created > now - 30 * 86_400);
    let mut set: Vec<_> = times.keys().copied().collect();
    set.sort_unstable();
    let expected: &[&str] = match status {
        "validating" => &["created"],
        "in_progress" | "cancelling" => &["created", "in_progress"],
        "finalizing" => &["created", "finalizing", "in_progress"],
        "completed" => &["completed", "created", "finalizing", "in_progress"],
        "failed" => &["created", "failed"],
        "expired" => &["created", "expired", "in_progress"],
        "cancelled" => &["cancelled", "cancelling", "created", "in_progress"],
        _ => panic!("unknown status"),
    };
    assert_eq!(set, expected);
    assert!(at("in_progress").is_none_or(|at| at == created));
    assert_eq!(at("cancelling"), at("cancelled"));
    assert!(at("completed").is_none_or(|at| at >= times["finalizing"]));

    let window = window_seconds(row);
    let due = created + window;
    match status {
        "expired" => assert!(at("expired").is_some_and(|at| at >= due)),
        "completed" => assert!(at("completed").is_some_and(|at| at <= due)),
        "cancelled" => assert!(at("cancelled").is_some_and(|at| at <= due)),
        "failed" => {}
        _ => assert!(now <= due),
    }

    let count = |name: &str| row["request_counts"][name].as_u64().expect("a count");
    let (total, completed, failed) = (count("total"), count("completed"), count("failed"));
    match status {
        "validating" | "failed" => assert_eq!((total, completed, failed), (0, 0, 0)),
        // All may have run some time before the end.
        "in_progress" | "cancelling" => assert!(completed + failed <= total),
        _ => assert_eq!(completed + failed, total),
    }
    assert!(total > 0 || matches!(status, "validating" | "failed"));

    let over = matches!(status, "completed" | "expired" | "cancelled");
    let file = |name: &str| {
        let file = row[name].as_str();
        assert!(file.is_none_or(|id| id.starts_with("file-batch_output-")));
        file.is_some()
    };
    assert_eq!(file("output_file_id"), over && completed > 0);
    assert_eq!(file("error_file_id"), over && failed > 0);

    assert_eq!(row["errors"].is_null(), status != "failed");
    if let Some(errors) = row["errors"]["data"].as_array() {
        let lines: Vec<_> = errors.iter().map(|e| e["line"].as_u64()).collect();
        assert!(!lines.is_empty() && lines[0] >= Some(1));
        assert!(lines.is_sorted_by(|earlier, later| earlier < later));
    }
    let name = row["metadata"]["ds_name"].as_str().unwrap_or_default();
    assert!(name.chars().count() <= 100);
}

#[test]
fn every_batch_is_consistent() {
    for seed in SEEDS {
        for row in generate(2000, seed, NOW) {
            let checked = std::panic::catch_unwind(|| check(&row, NOW));
            assert!(checked.is_ok(), "seed {seed}: {row:#}");
        }
    }
}

#[test]
fn ids_are_unique_and_depend_on_the_seed() {
    let mut all = HashSet::new();
    for seed in SEEDS {
        for id in ids(&generate(2000, seed, NOW)) {
            assert!(id.starts_with("batch_") && id.len() == 42, "{id}");
            assert!(all.insert(id.to_owned()), "{id} twice");
        }
    }
}

#[test]
fn every_full_fifty_holds_all_statuses() {
    for seed in SEEDS {
        for count in [50, 250] {
            let rows = generate(count, seed, NOW);
            for status in STATUSES {
                let found = rows.iter().filter(|row| row["status"] == status).count();
                assert!(found >= count / 50, "{status}, seed {seed}");
            }
        }
    }
}

/// Each of these must occur among the 250 batches that a sandbox has by default.
#[test]
fn the_usual_batches_hold_every_peculiarity() {
    type Trait = (&'static str, fn(&Value) -> bool);
    fn text<'a>(row: &'a Value, pointer: &str) -> &'a str {
        let value = row.pointer(pointer);
        value.and_then(Value::as_str).unwrap_or_default()
    }
    let traits: [Trait; 19] = [
        ("completed, all failed", |row| {
            row["status"] == "completed" && row["request_counts"]["completed"] == 0
        }),
        ("completed, some failed", |row| {
            row["status"] == "completed"
                && !row["error_file_id"].is_null()
                && !row["output_file_id"].is_null()
        }),
        ("completed, none failed", |row| {
            row["status"] == "completed" && row["error_file_id"].is_null()
        }),
        ("url_not_found", |row| {
            row["errors"].to_string().contains("url_not_found")
        }),
        ("mismatched_test_url", |row| {
            row["errors"].to_string().contains("mismatched_test_url")
        }),
        ("several bad lines", |row| {
            !row["errors"]["data"][1].is_null()
        }),
        ("null metadata", |row| row["metadata"].is_null()),
        ("empty metadata", |row| {
            row["metadata"] == serde_json::json!({})
        }),
        ("metadata without a name", |row| {
            !text(row, "/metadata/team").is_empty()
        }),
        ("description", |row| {
            !text(row, "/metadata/ds_description").is_empty()
        }),
        ("callback", |row| {
            text(row, "/metadata/ds_batch_finish_callback").starts_with("https://")
        }),
        ("English name", |row| {
            text(row, "/metadata/ds_name").contains("nightly")
        }),
        ("Chinese name", |row| {
            text(row, "/metadata/ds_name").contains("夜间")
        }),
        ("presigned URL", |row| {
            text(row, "/input_file_id").contains("&Signature=")
        }),
        ("oss identifier", |row| {
            text(row, "/input_file_id").starts_with("oss:")
        }),
        ("usual window", |row| row["completion_window"] == "24h"),
        ("window in days", |row| {
            text(row, "/completion_window").ends_with('d')
        }),
        ("longest window", |row| row["completion_window"] == "336h"),
        ("embeddings", |row| row["endpoint"] == "/v1/embeddings"),
    ];
    for seed in SEEDS {
        let rows = generate(250, seed, NOW);
        for (name, holds) in traits {
            assert!(rows.iter().any(holds), "{name}, seed {seed}");
        }
        let mut files = HashSet::new();
        let all_new = rows.iter().all(|row| files.insert(&row["input_file_id"]));
        assert!(!all_new, "no file handed in twice, seed {seed}");
        let mut instants = HashSet::new();
        let no_tie = rows.iter().all(|row| instants.insert(&row["created_at"]));
        assert!(!no_tie, "no two of one second, seed {seed}");
    }
}

#[test]
fn the_same_arguments_give_the_same_batches() {
    assert_eq!(generate(250, 7, NOW), generate(250, 7, NOW));
    assert_ne!(generate(250, 7, NOW), generate(250, 8, NOW));
    assert_eq!(generate(0, 7, NOW), Vec::<Value>::new());
}

#[test]
fn a_batch_depends_on_its_index_and_not_on_the_count() {
    let many = generate(250, 7, NOW);
    for row in generate(33, 7, NOW) {
        assert!(many.contains(&row), "{row:#}");
    }
}

#[test]
fn only_times_depend_on_now() {
    const LATER: i64 = 1_000_000;
    let early = generate(250, 7, NOW);
    let late = generate(250, 7, NOW + LATER);
    for (early, late) in early.iter().zip(&late) {
        assert_eq!(early["id"], late["id"]);
        assert_eq!(early["metadata"], late["metadata"]);
        assert_eq!(early["status"], late["status"]);
        assert_eq!(early["request_counts"], late["request_counts"]);
        let moved = times(early).into_iter().map(|(key, at)| (key, at + LATER));
        assert_eq!(moved.collect::<HashMap<_, _>>(), times(late));
    }
}

#[test]
fn any_instant_will_do() {
    for now in [i64::MIN, -1, 0, NOW * 1000, i64::MAX] {
        assert_eq!(generate(50, 7, now).len(), 50);
    }
}

#[test]
fn a_row_by_hand_has_all_keys() {
    let built = row("batch_x")
        .created_at(NOW)
        .status("failed")
        .name("nightly")
        .description("by hand")
        .metadata_entry("team", "search")
        .endpoint("/v1/embeddings")
        .input_file_id("file-batch-1")
        .completion_window("14d")
        .request_counts(3, 2, 1)
        .set("failed_at", NOW + 5)
        .build();
    let keys: Vec<_> = built.as_object().expect("an object").keys().collect();
    assert_eq!(keys, KEYS);
    let expected = serde_json::json!({
        "id": "batch_x",
        "object": "batch",
        "endpoint": "/v1/embeddings",
        "errors": null,
        "input_file_id": "file-batch-1",
        "completion_window": "14d",
        "status": "failed",
        "output_file_id": null,
        "error_file_id": null,
        "created_at": NOW,
        "in_progress_at": null,
        "expires_at": null,
        "finalizing_at": null,
        "completed_at": null,
        "failed_at": NOW + 5,
        "expired_at": null,
        "cancelled_at": null,
        "cancelling_at": null,
        "request_counts": { "total": 3, "completed": 2, "failed": 1 },
        "metadata": { "ds_name": "nightly", "ds_description": "by hand", "team": "search" },
    });
    assert_eq!(built, expected);
}
