//! Batches that move on: at each instant they look as one can, and no step leads where none does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use qwen_batches_sandbox::{
    BatchLifecycle, Clock, Fault, Lifecycle, Sandbox, SandboxBuilder, Script, generate_lifecycles,
    row, simulate_list,
};
use serde_json::{Value, json};

use crate::data::check;
use crate::support::{NOW, get, ids};

async fn start(builder: SandboxBuilder) -> Sandbox {
    builder.now(NOW).start().await.expect("it starts")
}

/// A batch with three steps of a minute each.
fn minutes(id: &str, created_at: i64, life: Lifecycle) -> BatchLifecycle {
    let life = life.validating(60).running(60).finalizing(60);
    row(id).created_at(created_at).lifecycle(life)
}

fn statuses(life: &BatchLifecycle, seconds: impl Iterator<Item = i64>) -> Vec<String> {
    let status = |at| life.at(NOW + at)["status"].as_str().map(str::to_owned);
    seconds.map(|at| status(at).expect("a string")).collect()
}

#[test]
fn each_life_takes_its_documented_course() {
    for (life, expected) in [
        (
            Lifecycle::completes(9),
            ["validating", "in_progress", "finalizing", "completed"],
        ),
        (
            Lifecycle::is_rejected(),
            ["validating", "failed", "failed", "failed"],
        ),
        (
            Lifecycle::expires(9, 5),
            ["validating", "in_progress", "expired", "expired"],
        ),
        (
            Lifecycle::is_cancelled(9, 5),
            ["validating", "in_progress", "cancelling", "cancelled"],
        ),
    ] {
        let batch = minutes("batch_x", NOW, life);
        for second in [0, 1, 59] {
            let steps = (0..4).map(|step| step * 60 + second);
            assert_eq!(statuses(&batch, steps), expected, "{batch:?}");
        }
        // A state depends on nothing but the time: long after, and before it all.
        assert_eq!(statuses(&batch, [1_000_000].into_iter()), expected[3..]);
        assert_eq!(statuses(&batch, [-1].into_iter()), expected[..1]);
    }
}

#[test]
fn counts_times_and_files_are_those_of_the_status() {
    let counts = |total: u64, completed: u64, failed: u64| json!({ "total": total, "completed": completed, "failed": failed });
    let completes = minutes("batch_c", NOW, Lifecycle::completes(100).failing(10));
    let cancelled = minutes("batch_k", NOW, Lifecycle::is_cancelled(100, 40).failing(4));
    let expires = minutes("batch_e", NOW, Lifecycle::expires(100, 40));
    let all_failed = minutes("batch_a", NOW, Lifecycle::completes(7).failing(99));
    for (batch, at, expected) in [
        (&completes, 59, counts(0, 0, 0)),
        (&completes, 60, counts(100, 0, 0)),
        (&completes, 90, counts(100, 45, 5)),
        (&completes, 120, counts(100, 90, 10)),
        (&completes, 180, counts(100, 90, 10)),
        (&cancelled, 120, counts(100, 36, 4)),
        // Requests that never ran count as failed.
        (&cancelled, 180, counts(100, 36, 64)),
        (&expires, 120, counts(100, 40, 60)),
        (&all_failed, 180, counts(7, 0, 7)),
    ] {
        assert_eq!(batch.at(NOW + at)["request_counts"], expected, "{at}");
    }
    let over = |batch: &BatchLifecycle| batch.at(NOW + 180);
    assert_eq!(over(&completes)["finalizing_at"], NOW + 120);
    assert_eq!(over(&completes)["completed_at"], NOW + 180);
    assert_eq!(over(&all_failed)["output_file_id"], Value::Null);
    assert!(over(&all_failed)["error_file_id"].is_string());
    assert_eq!(
        cancelled.at(NOW + 179)["cancelling_at"],
        Value::Null,
        "as recorded, it is null until the job is cancelled"
    );
    assert_eq!(over(&cancelled)["cancelling_at"], NOW + 180);
}

#[test]
fn numbers_that_nobody_plans_for_are_no_trouble() {
    let most = u64::MAX;
    for life in [
        Lifecycle::completes(most).failing(most),
        Lifecycle::expires(most, most),
        Lifecycle::is_cancelled(3, most).failing(most),
        Lifecycle::completes(0),
    ] {
        let life = life.validating(u32::MAX).running(u32::MAX).finalizing(0);
        for created_at in [i64::MIN, 0, i64::MAX] {
            let batch = row("batch_x")
                .created_at(created_at)
                .lifecycle(life.clone());
            for at in [i64::MIN, -1, 0, NOW, 5_000_000_000, i64::MAX] {
                let row = batch.at(at);
                let count = |name: &str| row["request_counts"][name].as_u64().map(u128::from);
                let done = count("completed").zip(count("failed")).map(|(a, b)| a + b);
                assert!(done <= count("total"), "{row:#}");
            }
        }
    }
    let at_once = Lifecycle::completes(5)
        .validating(0)
        .running(0)
        .finalizing(0);
    let batch = row("batch_x").created_at(NOW).lifecycle(at_once);
    assert_eq!(batch.at(NOW)["status"], "completed");
}

/// What the parameters of `simulate_list` say, as anybody sees it who looks every ten seconds.
#[test]
fn simulated_lives_have_the_recorded_traits() {
    let (mut queued, mut standstills, mut slow_ends) = (Vec::new(), Vec::new(), Vec::new());
    let mut ends = BTreeSet::new();
    for seed in 0..100 {
        let list = simulate_list(seed, NOW);
        assert_eq!(list.batch, simulate_list(seed, NOW).batch);
        for batch in &list.finished {
            let row = batch.at(NOW);
            check(&row, NOW);
            ends.insert(row["status"].to_string());
            let created_at = row["created_at"].as_i64().expect("a number");
            assert!(created_at > NOW - 30 * 24 * 3600, "{row:#}");
            assert!(batch.ends_at() <= NOW, "{row:#}");
        }
        let end = list.batch.ends_at();
        let done = |second| {
            let row = list.batch.at(second);
            check(&row, second);
            let counts = &row["request_counts"];
            counts["completed"].as_u64().zip(counts["failed"].as_u64())
        };
        let seconds: Vec<i64> = (NOW..end).step_by(10).collect();
        let done: Vec<_> = seconds.iter().map(|second| done(*second)).collect();
        let still: Vec<usize> = done.chunk_by(|a, b| a == b).map(<[_]>::len).collect();
        let [first, between @ .., last] = &still[..] else {
            continue;
        };
        queued.push(*first);
        standstills.extend(between.iter().filter(|still| **still >= 60));
        slow_ends.push(*last);
        // The twin that gets stuck goes the same way, and then never moves again.
        let stuck = |second: i64| list.stuck.at(second)["request_counts"].clone();
        assert_eq!(stuck(NOW + 12 * 3600), stuck(NOW + 24 * 3600 - 1));
        assert_eq!(list.stuck.at(NOW + 24 * 3600)["status"], "expired");
    }
    // The 10th, 50th and 90th percentile, in minutes.
    for (mut tens, facts) in [
        // One was done in 10 minutes, and one stood at 0 for 55.
        (queued, [0..=5, 5..=20, 55..=150]),
        (standstills, [8..=12, 15..=20, 28..=35]),
        // 471 seconds were seen.
        (slow_ends, [1..=4, 4..=8, 10..=20]),
    ] {
        tens.sort_unstable();
        let minutes = [1, 5, 9].map(|tenth| tens[tens.len() * tenth / 10] / 6);
        let fits = minutes
            .iter()
            .zip(&facts)
            .all(|(minutes, fact)| fact.contains(minutes));
        assert!(fits, "{minutes:?}, not {facts:?}");
    }
    let expected = ["\"cancelled\"", "\"completed\"", "\"failed\""];
    assert!(ends.iter().eq(&expected), "{ends:?}");
}

#[test]
fn generated_lives_are_consistent_at_every_minute_and_come_to_every_end() {
    let legal: BTreeSet<(&str, &str)> = [
        ("validating", "in_progress"),
        ("validating", "failed"),
        ("in_progress", "finalizing"),
        ("in_progress", "expired"),
        ("in_progress", "cancelling"),
        ("finalizing", "completed"),
        ("cancelling", "cancelled"),
    ]
    .into();
    for seed in [0, 1, 42] {
        let lives = generate_lifecycles(24, seed, NOW);
        assert_eq!(lives, generate_lifecycles(24, seed, NOW));
        let mut taken = BTreeSet::new();
        for life in &lives {
            let mut before: Option<Value> = None;
            let created_at = life.at(NOW)["created_at"].as_i64().expect("a number");
            for now in (NOW..=NOW + 3600)
                .step_by(30)
                .filter(|now| *now >= created_at)
            {
                let row = life.at(now);
                let checked = std::panic::catch_unwind(|| check(&row, now));
                assert!(checked.is_ok(), "seed {seed}, at {now}: {row:#}");
                if let Some(before) = &before {
                    let status = |row: &Value| row["status"].as_str().expect("a string").to_owned();
                    let step = (status(before), status(&row));
                    if step.0 != step.1 {
                        assert!(legal.contains(&(&*step.0, &*step.1)), "{step:?}");
                        taken.insert(step);
                    }
                }
                before = Some(row);
            }
            let end = life.at(NOW + 3600);
            let over = ["completed", "failed", "expired", "cancelled"];
            assert!(
                over.contains(&end["status"].as_str().expect("a string")),
                "{end:#}"
            );
        }
        assert_eq!(taken.len(), legal.len(), "seed {seed}: {taken:?}");
        let unborn = lives
            .iter()
            .filter(|life| life.at(0)["created_at"].as_i64() > Some(NOW));
        assert!(unborn.count() >= 3, "seed {seed}");
    }
}

#[tokio::test]
async fn time_passes_with_each_request_whatever_becomes_of_it() {
    let sandbox = start(
        Sandbox::builder()
            .lifecycles([
                minutes("batch_1", NOW, Lifecycle::completes(10)),
                minutes("batch_2", NOW + 61, Lifecycle::is_rejected()),
            ])
            .rows([row("batch_0").created_at(NOW - 5).status("cancelled")])
            .clock(Clock::PerRequest { seconds: 60 })
            .script(Script::new().on(3, Fault::Html { status: 502 })),
    )
    .await;
    let mut seen = Vec::new();
    for n in 1..=5 {
        let response = get(&sandbox, "").await;
        assert_eq!(sandbox.now(), NOW + 60 * (n - 1));
        let rows = response.body["data"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let rows: BTreeMap<String, String> = rows
            .iter()
            .map(|row| (row["id"].to_string(), row["status"].to_string()))
            .collect();
        seen.push(rows.into_values().collect::<Vec<_>>().join(" "));
    }
    assert_eq!(
        seen,
        [
            r#""cancelled" "validating""#,
            r#""cancelled" "in_progress""#,
            "",
            r#""cancelled" "completed" "failed""#,
            r#""cancelled" "completed" "failed""#,
        ]
    );
    assert_eq!(ids(&sandbox.rows()), ["batch_2", "batch_1", "batch_0"]);
    let at_start = sandbox.initial_rows();
    assert_eq!(ids(&at_start), ["batch_1", "batch_0"]);
    assert_eq!(at_start[0]["status"], "validating");
}

#[tokio::test]
async fn filters_see_the_state_of_the_moment() {
    let lives = [minutes("batch_1", NOW, Lifecycle::completes(10))];
    let clock = Clock::PerRequest { seconds: 60 };
    let sandbox = start(Sandbox::builder().lifecycles(lives).clock(clock)).await;
    for (query, expected) in [
        ("status=validating", &["batch_1"][..]),
        ("status=validating", &[]),
        ("status=finalizing", &["batch_1"]),
        ("status=completed&limit=1", &["batch_1"]),
    ] {
        assert_eq!(get(&sandbox, query).await.ids(), expected, "{query}");
    }
}

#[tokio::test]
async fn cursors_hold_while_batches_come_and_go() {
    let day = 24 * 3600;
    let old = (1..=4).map(|n| row(format!("old_{n}")).created_at(NOW - 29 * day - n * 3600));
    let new = (1..=3).map(|n| {
        minutes(
            &format!("new_{n}"),
            NOW + n * day / 2,
            Lifecycle::completes(1),
        )
    });
    let clock = Clock::PerRequest { seconds: 12 * 3600 };
    let sandbox = start(Sandbox::builder().rows(old).lifecycles(new).clock(clock)).await;
    assert_eq!(get(&sandbox, "limit=2").await.ids(), ["old_1", "old_2"]);
    assert_eq!(
        get(&sandbox, "limit=2&after=old_2").await.ids(),
        ["old_3", "old_4"]
    );
    // A day later, those of the first page are past the horizon of 30 days, and two have come.
    assert_eq!(get(&sandbox, "limit=1").await.ids(), ["new_2"]);
    let rest = get(&sandbox, "limit=9&after=new_2").await;
    assert_eq!(rest.ids(), ["new_1"]);
    assert_eq!(ids(&sandbox.rows()), ["new_3", "new_2", "new_1"]);
    assert_eq!(
        ids(&sandbox.initial_rows()),
        ["old_1", "old_2", "old_3", "old_4"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_fast_clock_follows_the_runtime() {
    let lives = generate_lifecycles(12, 0, NOW);
    let sandbox = start(
        Sandbox::builder()
            .lifecycles(lives)
            .clock(Clock::Fast { factor: 60 }),
    )
    .await;
    let running = |rows: &[Value]| {
        let running = |row: &&Value| row["status"] == "in_progress";
        rows.iter().filter(running).count()
    };
    assert!(running(&sandbox.rows()) > 0);
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(sandbox.now(), NOW + 3600);
    let rows = sandbox.rows();
    assert_eq!((rows.len(), running(&rows)), (12, 0));
}

#[tokio::test]
async fn a_clock_does_not_run_out_of_the_calendar() {
    for clock in [
        Clock::PerRequest { seconds: u32::MAX },
        Clock::Fast { factor: u32::MAX },
    ] {
        let last = 253_370_764_799;
        let builder = Sandbox::builder().now(last).batches(3).clock(clock);
        let sandbox = builder.start().await.expect("it starts");
        for _ in 0..3 {
            assert_eq!(get(&sandbox, "").await.ids().len(), 3);
        }
        assert_eq!(sandbox.now(), last);
    }
}

#[tokio::test]
async fn a_life_needs_an_id_of_its_own_and_a_creation() {
    let twin = || minutes("batch_1", NOW, Lifecycle::completes(1));
    let untimed = row("batch_1").set("created_at", "today");
    for builder in [
        Sandbox::builder().lifecycles([twin(), twin()]),
        Sandbox::builder()
            .rows([row("batch_1")])
            .lifecycles([twin()]),
        Sandbox::builder().lifecycles([untimed.lifecycle(Lifecycle::is_rejected())]),
    ] {
        let error = builder
            .now(NOW)
            .start()
            .await
            .expect_err("it must not start");
        assert!(error.is_row(), "{error}");
    }
}
