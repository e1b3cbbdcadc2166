//! A watch that is killed again and again: no end of a batch is lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use qwen_batches_sandbox::{BatchLifecycle, Clock, Lifecycle, Sandbox, row};
use serde_json::Value;

use crate::support::{NOW, Served};
use crate::watch::command;

const KILLS: usize = 50;

/// What has an end while a watch follows, in some fifty requests of half a minute each. Each of them
/// brings a change, so that polls do not become rarer.
fn lives() -> Vec<BatchLifecycle> {
    let life = |n: i64, minutes: u32, life: Lifecycle| {
        let life = life.validating(60).running(60 * minutes).finalizing(60);
        row(format!("batch_{n}"))
            .created_at(NOW - n)
            .lifecycle(life)
    };
    vec![
        life(1, 5, Lifecycle::completes(9_000)),
        life(2, 9, Lifecycle::is_cancelled(9_000, 5_000)),
        life(3, 12, Lifecycle::completes(9_000).failing(9_000)),
        life(-120, 4, Lifecycle::expires(9_000, 4_000)),
        life(-300, 9, Lifecycle::completes(9_000)),
        // The last.
        life(4, 20, Lifecycle::completes(9_000)),
    ]
}

const ENDS: [&str; 6] = [
    "batch_-120/expired",
    "batch_-300/completed",
    "batch_1/completed",
    "batch_2/cancelled",
    "batch_3/completed",
    "batch_4/completed",
];

/// Follows the batches of a sandbox to their ends, in processes that are killed after some time.
/// What the command had: how often each event, by its id.
fn follow(folder: &Path, random: &mut fastrand::Rng, kills: &mut usize) -> BTreeMap<String, usize> {
    let sandbox = Served::new(
        Sandbox::builder()
            .lifecycles(lives())
            .clock(Clock::PerRequest { seconds: 30 }),
    );
    let place = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    // Time for a kill between what it does and its end.
    let on_change = format!("sh -c 'cat >> {}; sleep 0.01'", place("delivered"));
    let state = place("state");
    let args = [
        "--until",
        "done",
        "--state",
        &state,
        "--on-change",
        &on_change,
    ];
    loop {
        let mut watch = command(sandbox.base_url(), &args);
        let watch = watch.stdout(Stdio::null()).stderr(Stdio::null());
        let mut watch = watch.spawn().expect("the binary runs");
        if *kills < KILLS {
            std::thread::sleep(Duration::from_micros(random.u64(0..200_000)));
            *kills += 1;
            watch.kill().expect("it is ours");
        }
        // One that ends by itself has seen all ends; one of the batches has failed.
        if watch.wait().expect("it ends").code().is_some() {
            break;
        }
    }
    let delivered = fs::read_to_string(place("delivered")).expect("a file");
    let mut had = BTreeMap::new();
    for line in delivered.lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let id = event["id"].as_str().expect("an id");
        *had.entry(id.to_owned()).or_default() += 1;
    }
    had
}

#[test]
fn no_end_is_lost_by_fifty_kills() {
    let mut random = fastrand::Rng::with_seed(14);
    let (mut kills, mut twice) = (0, 0);
    while kills < KILLS {
        let folder = tempfile::tempdir().expect("a folder");
        let before = kills;
        let had = follow(folder.path(), &mut random, &mut kills);
        let is_end = |id: &&String| {
            let statuses = ["completed", "failed", "expired", "cancelled"];
            statuses
                .iter()
                .any(|status| id.ends_with(&format!("/{status}")))
        };
        // Each end has one id, however often it came.
        let ends: Vec<&String> = had.keys().filter(is_end).collect();
        assert_eq!(ends, ENDS, "{had:#?}");
        let again: usize = had.values().map(|times| times - 1).sum();
        assert!(again <= kills - before, "{again} again: {had:#?}");
        twice += again;
    }
    assert!(twice > 0, "no kill came between a delivery and its storing");
}
