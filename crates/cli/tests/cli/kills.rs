//! A watch that is killed again and again: no end of a batch is lost.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use fastrand::Rng;
use qwen_batches_sandbox::{BatchLifecycle, Clock, Lifecycle, Sandbox, row};
use serde_json::Value;

use crate::support::{NOW, Served};
use crate::watch::command;

/// Of each kind of reader.
const KILLS: usize = 25;

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

/// Who has the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Command,
    Stdout,
}

/// Starts a watch that goes on where the last one was killed.
fn start(reader: Reader, base_url: &str, folder: &Path) -> Child {
    let place = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let (state, delivered) = (place("state"), place("delivered"));
    // Time for a kill between what it does and its end.
    let on_change = format!("sh -c 'cat >> {delivered}; sleep 0.01'");
    let mut watch = command(base_url, &["--output", "jsonl", "--state", &state]);
    let stdout = match reader {
        Reader::Command => {
            watch.args(["--on-change", &on_change]);
            Stdio::null()
        }
        Reader::Stdout => {
            let file = File::options().create(true).append(true).open(delivered);
            file.expect("a file").into()
        }
    };
    let watch = watch.stdout(stdout).stderr(Stdio::null());
    watch.spawn().expect("the binary runs")
}

/// Follows the batches of a sandbox to their ends, in processes that are killed after some time, up
/// to so many. What the reader had: how often each event, by its id; and how many were killed.
fn follow(reader: Reader, random: &mut Rng, kills: usize) -> (BTreeMap<String, usize>, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = Clock::PerRequest { seconds: 30 };
    let sandbox = Served::new(Sandbox::builder().lifecycles(lives()).clock(clock));
    let mut killed = 0;
    loop {
        let mut watch = start(reader, sandbox.base_url(), folder.path());
        if killed < kills {
            std::thread::sleep(Duration::from_micros(random.u64(0..200_000)));
            watch.kill().expect("it is ours");
        }
        // One that ends by itself has seen all ends.
        match watch.wait().expect("it ends").code() {
            Some(_) => break,
            None => killed += 1,
        }
    }
    let delivered = fs::read_to_string(folder.path().join("delivered")).expect("a file");
    let mut had = BTreeMap::new();
    for line in delivered.lines() {
        let event: Value = serde_json::from_str(line).expect("JSON");
        if let Some(id) = event["id"].as_str() {
            *had.entry(id.to_owned()).or_default() += 1;
        }
    }
    (had, killed)
}

#[test]
fn no_end_is_lost_by_fifty_kills() {
    let mut random = Rng::with_seed(14);
    for reader in [Reader::Command, Reader::Stdout] {
        let (mut kills, mut twice) = (0, 0);
        while kills < KILLS {
            let (had, killed) = follow(reader, &mut random, KILLS - kills);
            let is_end = |id: &&String| {
                let status = id.rsplit('/').next();
                ["completed", "failed", "expired", "cancelled"]
                    .contains(&status.unwrap_or_default())
            };
            // Each end has one id, however often it came.
            let ends: Vec<&String> = had.keys().filter(is_end).collect();
            assert_eq!(ends, ENDS, "{reader:?}: {had:#?}");
            let again: usize = had.values().map(|times| times - 1).sum();
            // What is printed at once is stored at once.
            if reader == Reader::Command {
                assert!(again <= killed, "{again} again: {had:#?}");
            }
            kills += killed;
            twice += again;
        }
        assert!(
            twice > 0 || reader == Reader::Stdout,
            "no kill came before the storing"
        );
    }
}
