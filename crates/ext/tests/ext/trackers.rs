//! Watches that are stopped and go on in another process: the reader misses no end of a batch.
//!
//! A process that is killed is a stream that is dropped, with all that was not stored. Time is that
//! of the sandbox: a minute for each request.

use std::collections::BTreeMap;
use std::time::Duration;

use qwen_batches::{
    BatchFilter, BatchStatus, Client, Runtime as _, Tracker, WatchBatches, WatchEvent,
};
use qwen_batches_sandbox::{
    BatchLifecycle, Clock, Fault, Lifecycle, Sandbox, SandboxBuilder, Script, row as sandbox_row,
};
use serde_json::json;

use crate::support::{FakeClock, builder, client};

const NOW: i64 = 1_772_323_200;

fn life(n: i64, minutes: u32, life: Lifecycle) -> BatchLifecycle {
    let (part, rest) = (minutes * 60 / 3, minutes * 60 % 3);
    let life = life.validating(part).running(part).finalizing(part + rest);
    sandbox_row(format!("batch_{n}"))
        .created_at(NOW - n)
        .name(format!("night {n}"))
        .lifecycle(life)
}

/// Under way at the start, done before it, and created while others are under way.
fn lives() -> Vec<BatchLifecycle> {
    let old = sandbox_row("batch_old").created_at(NOW - 86_400);
    vec![
        old.lifecycle(Lifecycle::completes(9)),
        life(1, 9, Lifecycle::completes(100).failing(10)),
        life(2, 30, Lifecycle::is_rejected()),
        life(3, 12, Lifecycle::is_cancelled(8, 4)),
        life(-150, 6, Lifecycle::completes(7)),
        life(-400, 3, Lifecycle::expires(7, 3)),
        life(-410, 1, Lifecycle::is_rejected()),
    ]
}

async fn start(builder: SandboxBuilder) -> Sandbox {
    let builder = builder.now(NOW).clock(Clock::PerRequest { seconds: 60 });
    builder.start().await.expect("a sandbox")
}

fn watch(client: &Client, skip_finished: bool) -> WatchBatches {
    let watch = client.watch(BatchFilter::new()).forever(true);
    watch.skip_finished(skip_finished)
}

/// As it is stored and read again.
fn stored(tracker: &Tracker) -> Tracker {
    let text = serde_json::to_string(tracker).expect("JSON");
    serde_json::from_str(&text).expect("a tracker")
}

/// When a process is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// Before an event reaches its reader.
    Before,
    /// After the reader had it, and before that was stored.
    Unstored,
    /// After that was stored.
    Stored,
}

/// Follows batches until a number of calls was made, in processes that are killed at these events.
/// What the reader had: how many times each event, by its id.
async fn had(
    skip_finished: bool,
    mut kills: impl FnMut() -> Option<Kill>,
) -> BTreeMap<String, u32> {
    let sandbox = start(Sandbox::builder().lifecycles(lives())).await;
    let client = client(sandbox.base_url());
    let mut tracker = watch(&client, skip_finished).tracker();
    let mut had = BTreeMap::new();
    'processes: loop {
        let mut events = watch(&client, skip_finished)
            .resume(stored(&tracker))
            .events();
        loop {
            let event = events.next().await.expect("it goes on").expect("an event");
            let is_over = sandbox.request_count() > 40;
            if is_over && matches!(event, WatchEvent::Polled(_)) {
                return had;
            }
            let kill = kills().filter(|_| !is_over);
            if let Some(Kill::Before) = kill {
                continue 'processes;
            }
            if let Some(id) = event.id() {
                *had.entry(id.to_owned()).or_default() += 1;
            }
            if let Some(Kill::Unstored) = kill {
                continue 'processes;
            }
            tracker.record(&event);
            if let Some(Kill::Stored) = kill {
                continue 'processes;
            }
        }
    }
}

/// The ends among these events.
fn ends(had: &BTreeMap<String, u32>) -> Vec<&str> {
    let ids = had.keys().map(String::as_str);
    ids.filter(|id| {
        let status = id.split_once('/').map_or("", |(_, what)| what);
        ["completed", "failed", "expired", "cancelled"].contains(&status)
    })
    .collect()
}

#[tokio::test]
async fn no_end_is_missed_whenever_a_process_is_killed() {
    let expected = [
        "batch_-150/completed",
        "batch_-400/expired",
        "batch_-410/failed",
        "batch_1/completed",
        "batch_2/failed",
        "batch_3/cancelled",
        "batch_old/completed",
    ];
    let mut random = fastrand::Rng::with_seed(14);
    let (mut kills, mut twice) = (0, 0);
    let mut rounds = 0;
    while kills < 200 {
        rounds += 1;
        let skips = rounds % 2 == 0;
        let mut unstored = 0;
        let had = had(skips, || {
            if random.u32(0..4) > 0 {
                return None;
            }
            kills += 1;
            let kill = [Kill::Before, Kill::Unstored, Kill::Stored][random.usize(0..3)];
            unstored += u32::from(matches!(kill, Kill::Unstored));
            Some(kill)
        })
        .await;
        // What was done before is left out on request.
        let expected = &expected[..if skips { 6 } else { 7 }];
        assert_eq!(ends(&had), expected, "round {rounds}: {had:#?}");
        // Once, but for what was not stored.
        let again: u32 = had.values().map(|times| times - 1).sum();
        assert!(
            again <= unstored,
            "round {rounds}: {again} of {unstored}: {had:#?}"
        );
        twice += again;
    }
    assert!(twice > 0, "no kill came between a delivery and its storing");
}

/// The events up to a number of polls, and the tracker that had them.
async fn run(watch: WatchBatches, mut tracker: Tracker, polls: usize) -> (Vec<String>, Tracker) {
    let mut events = watch.resume(tracker.clone()).events();
    let (mut lines, mut polled) = (Vec::new(), 0);
    while polled < polls {
        let event = events.next().await.expect("it goes on").expect("an event");
        polled += usize::from(matches!(event, WatchEvent::Polled(_)));
        lines.push(event.id().unwrap_or(event.name()).to_owned());
        tracker.record(&event);
    }
    (lines, stored(&tracker))
}

#[tokio::test]
async fn what_happened_meanwhile_is_one_change_of_each_batch() {
    let lives = [
        life(1, 30, Lifecycle::completes(100)),
        life(2, 9, Lifecycle::is_rejected()),
        life(-400, 3, Lifecycle::is_rejected()),
    ];
    let old = sandbox_row("batch_9")
        .created_at(NOW - 99)
        .status("expired");
    let sandbox = start(Sandbox::builder().lifecycles(lives).rows([old])).await;
    let client = client(sandbox.base_url());
    let tracker = watch(&client, true).tracker();
    let (lines, tracker) = run(watch(&client, true), tracker, 1).await;
    let first = ["began", "batch_1/appeared", "batch_2/appeared", "polled"];
    assert_eq!(lines, first);
    let under_way: Vec<&str> = tracker.under_way().iter().map(|it| &*it.id).collect();
    assert_eq!(under_way, ["batch_1", "batch_2"]);
    for _ in 0..15 {
        client.raw([("limit", "1")]).await.expect("a minute passes");
    }
    let (lines, tracker) = run(watch(&client, true), tracker, 1).await;
    assert_eq!(
        lines,
        [
            "batch_-400/appeared",
            "batch_-400/failed",
            "batch_1/in_progress",
            "batch_2/failed",
            "polled"
        ]
    );
    assert!(tracker.is_done("batch_2") && !tracker.is_done("batch_1"));
    // Nothing has happened since, but for a new status.
    let (lines, _) = run(watch(&client, true), tracker, 1).await;
    assert_eq!(lines, ["batch_1/finalizing", "polled"]);
}

#[tokio::test]
async fn what_is_stored_holds_no_secret_and_does_not_grow() {
    let secret = sandbox_row("batch_1")
        .created_at(NOW)
        .metadata_entry(
            "ds_batch_finish_callback",
            "https://h.example/?token=secret",
        )
        .input_file_id("https://b.example/in.jsonl?Signature=secret");
    let lives = [secret.lifecycle(Lifecycle::completes(100).running(86_400))];
    let done = (0..50).map(|n| {
        let row = sandbox_row(format!("batch_done_{n}")).created_at(NOW - 400 - n);
        row.status("completed")
    });
    let sandbox = start(Sandbox::builder().lifecycles(lives).rows(done)).await;
    let client = client(sandbox.base_url());
    let tracker = watch(&client, false).tracker();
    let (_, tracker) = run(watch(&client, false), tracker, 1).await;
    assert!(tracker.is_done("batch_done_7"));
    let text = serde_json::to_string(&tracker).expect("JSON");
    assert!(
        text.contains("batch_1") && !text.contains("secret"),
        "{text}"
    );
    // What is done is not listed from then on, and forgotten after two polls.
    let (_, tracker) = run(watch(&client, false), tracker, 3).await;
    assert!(!tracker.is_done("batch_done_7"));
    let text = serde_json::to_string(&tracker).expect("JSON");
    assert!(text.len() < 3000, "{text}");
}

/// As cron starts it.
#[tokio::test]
async fn processes_of_one_poll_each_notice_what_is_listed_no_more() {
    let old = ["in_progress", "completed"].map(|status| {
        let row = sandbox_row(format!("batch_{status}")).created_at(NOW - 999);
        row.status(status)
    });
    let new = sandbox_row("batch_new").created_at(NOW);
    let script = Script::new().on(2, Fault::ExpireAtTail { rows: 2 });
    let builder = Sandbox::builder().rows([new].into_iter().chain(old));
    let sandbox = start(builder.script(script)).await;
    let client = client(sandbox.base_url());
    let mut tracker = watch(&client, false).tracker();
    let mut lines = Vec::new();
    for _ in 0..4 {
        let (more, now) = run(watch(&client, false), tracker, 1).await;
        lines.extend(more.into_iter().filter(|line| line.contains("/gone")));
        tracker = now;
    }
    assert_eq!(lines, ["batch_in_progress/gone"]);
    assert!(!tracker.is_done("batch_completed"), "{tracker:#?}");
}

#[tokio::test]
async fn a_batch_that_goes_on_after_its_end_has_another_one() {
    let mut tracker = {
        let sandbox = start(Sandbox::builder().batches(0)).await;
        watch(&client(sandbox.base_url()), false).tracker()
    };
    let mut lines = Vec::new();
    // The same server at another time.
    for status in [
        "in_progress",
        "completed",
        "in_progress",
        "completed",
        "expired",
    ] {
        let rows = [sandbox_row("batch_1").created_at(NOW).status(status)];
        let sandbox = start(Sandbox::builder().rows(rows)).await;
        let mut json = serde_json::to_value(&tracker).expect("JSON");
        json["server"] = json!(sandbox.base_url());
        tracker = serde_json::from_value(json).expect("a tracker");
        let client = client(sandbox.base_url());
        let (more, now) = run(watch(&client, false), tracker, 1).await;
        lines.extend(more.into_iter().filter(|line| line.contains('/')));
        tracker = now;
    }
    assert_eq!(
        lines,
        [
            "batch_1/appeared",
            "batch_1/completed",
            "batch_1/in_progress/reopened/1",
            "batch_1/completed/reopened/1",
            "batch_1/expired/reopened/1",
        ]
    );
}

#[tokio::test]
async fn a_tracker_of_another_watch_is_refused() {
    let sandbox = start(Sandbox::builder().batches(0)).await;
    let client = client(sandbox.base_url());
    let tracker = watch(&client, false).tracker();
    let failed = BatchFilter::new().statuses([BatchStatus::Failed]);
    let elsewhere = builder("http://127.0.0.1:1/v1", &FakeClock::default());
    let elsewhere = elsewhere.build().expect("a client");
    for (watch, expected) in [
        (
            client.watch(failed),
            "tracker: the tracker is that of a watch with another filter",
        ),
        (
            elsewhere.watch(BatchFilter::new()),
            "tracker: the tracker belongs to http://127.0.0.1:",
        ),
    ] {
        let mut events = watch.resume(tracker.clone()).events();
        let error = events
            .next()
            .await
            .expect("an error")
            .expect_err("it is refused");
        let invalid = error.problems()[0].to_string();
        assert!(invalid.starts_with(expected), "{invalid}");
    }
    assert_eq!(sandbox.request_count(), 0);
    let mut json = serde_json::to_value(&tracker).expect("JSON");
    json["version"] = json!(2);
    let error = serde_json::from_value::<Tracker>(json).expect_err("it is newer");
    assert!(error.to_string().contains("version 2"), "{error}");
}

/// A watch of 10 requests that stand still: it is reported as stuck once.
#[tokio::test]
async fn a_batch_that_is_stuck_is_reported_once() {
    let life = Lifecycle::completes(10).validating(0).running(86_400);
    let life = life.progress([(120, 0), (180, 4), (86_000, 4)]);
    let lives = [sandbox_row("batch_1").created_at(NOW).lifecycle(life)];
    let clock = FakeClock::default();
    let time = clock.clone();
    let start = Sandbox::builder().lifecycles(lives).now(NOW);
    let start = start.time(move || NOW + i64::try_from(time.elapsed().as_secs()).expect("seconds"));
    let sandbox = start.start().await.expect("a sandbox");
    let client = builder(sandbox.base_url(), &clock)
        .build()
        .expect("a client");
    let follow = || watch(&client, false).interval(Duration::from_secs(60));
    let (lines, tracker) = run(follow(), follow().tracker(), 30).await;
    let stuck = |lines: &[String]| lines.iter().filter(|it| *it == "batch_1/stuck/4").count();
    assert_eq!(stuck(&lines), 1, "{lines:#?}");
    let (lines, _) = run(follow(), tracker, 10).await;
    assert_eq!(stuck(&lines), 0, "{lines:#?}");
}
