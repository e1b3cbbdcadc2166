//! `watch --state`: a watch goes on where another process has left it.

use std::fs;
use std::process::Stdio;

use qwen_batches_sandbox::{BatchLifecycle, Lifecycle, Sandbox, row};
use serde_json::Value;

use crate::pty::Terminal;
use crate::support::{NOW, Outcome, Served, hours_old, list};
use crate::watch::{batch, command, serve};

/// The ids of the events that stdout has.
fn ids(outcome: &Outcome) -> Vec<String> {
    let objects = outcome.stdout.lines().map(|line| {
        let object: Value = serde_json::from_str(line).expect("JSON");
        object["id"].as_str().expect("an id").to_owned()
    });
    objects.collect()
}

/// A minute passes with each.
fn pass_minutes(sandbox: &Served, minutes: usize) {
    for _ in 0..minutes {
        assert_eq!(list(sandbox.base_url(), &["-n", "1"]).code, 0);
    }
}

fn long(n: i64) -> BatchLifecycle {
    let life = Lifecycle::completes(10).validating(60).running(36_000);
    row(format!("batch_{n}"))
        .created_at(NOW - n)
        .lifecycle(life)
}

/// As cron starts it: one poll each.
#[test]
fn each_run_reports_what_has_happened_since_the_last_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("watch.json");
    let lives = [
        long(1),
        batch(2, "short", Lifecycle::completes(10)),
        batch(-300, "new", Lifecycle::is_rejected()),
    ];
    let sandbox = serve(Sandbox::builder().lifecycles(lives));
    let state = file.to_str().expect("UTF-8");
    let args = ["-o", "jsonl", "--until", "polled", "--state", state];
    let run = || Outcome::of(command(sandbox.base_url(), &args));
    let first = run();
    assert_eq!(
        ids(&first),
        ["batch_1/appeared", "batch_2/appeared"],
        "{first}"
    );
    assert_eq!(
        (first.code, first.stderr.as_str()),
        (0, "note: 2 of 2 batches not done\n")
    );
    pass_minutes(&sandbox, 10);
    let second = run();
    let expected = [
        "batch_-300/appeared",
        "batch_-300/failed",
        "batch_1/in_progress",
        "batch_2/completed",
    ];
    assert_eq!(ids(&second), expected, "{second}");
    assert_eq!(second.code, 6, "{second}");
    let third = run();
    assert_eq!((ids(&third), third.code), (Vec::new(), 0), "{third}");
}

/// The second run needs no list to find them.
#[test]
fn named_batches_are_found_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("watch.json");
    let lives = [long(1), batch(2, "short", Lifecycle::completes(10))];
    let sandbox = serve(Sandbox::builder().lifecycles(lives));
    let state = file.to_str().expect("UTF-8");
    let run = |name: &str| {
        let args = ["-o", "jsonl", "--state", state, name];
        Outcome::of(command(sandbox.base_url(), &args))
    };
    let first = run("2");
    let last = ids(&first).pop();
    assert_eq!(
        (last.as_deref(), first.code),
        (Some("batch_2/completed"), 0),
        "{first}"
    );
    let requests = sandbox.request_count();
    let second = run("2");
    assert_eq!((ids(&second), second.code), (Vec::new(), 0), "{second}");
    assert_eq!(second.stderr, "note: nothing to report\n");
    assert!(sandbox.request_count() - requests <= 2, "{requests}");
    let other = run("1");
    assert!(
        other.stderr.contains("that of a watch of other ids"),
        "{other}"
    );
    assert_eq!(other.code, 2);
}

#[test]
fn an_event_that_was_not_delivered_comes_again_in_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("watch.json");
    let sandbox = Served::rows([1, 400].map(|n| hours_old(n).status("completed")));
    let state = file.to_str().expect("UTF-8");
    let run = |timeout: &str, on_change: &str| {
        let args = [
            "--state",
            state,
            "--timeout",
            timeout,
            "--on-change",
            on_change,
        ];
        Outcome::of(command(sandbox.base_url(), &args))
    };
    // The first two are delivered.
    let seen = folder.path().join("seen");
    let script = format!("cat >> {0}; [ $(wc -l < {0}) -lt 3 ]", seen.display());
    let first = run("3s", &format!("sh -c '{script}'"));
    let last = first.stderr.lines().last();
    assert_eq!(
        last,
        Some(
            "error: 2 events not delivered: batch_400/appeared, batch_400/completed; the next run \
             with the same --state delivers them"
        ),
        "{first}"
    );
    assert_eq!(first.code, 10, "{first}");
    let second = run("1m", "sh -c 'echo $QWEN_BATCHES_EVENT_ID'");
    let expected = "batch_400/appeared\nbatch_400/completed\nnote: 1 batch done\n";
    assert_eq!(
        (second.stderr.as_str(), second.code),
        (expected, 0),
        "{second}"
    );
}

/// What a table shows counts as reported once it is drawn.
#[test]
fn a_table_reports_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("watch.json");
    let state = file.to_str().expect("UTF-8");
    // Two events of each: more than may wait for a command.
    let rows = (0..600).map(|n| {
        let row = hours_old(n % 400).set("id", format!("batch_{n}"));
        row.status("completed")
    });
    let sandbox = Served::rows(rows);
    let table = Terminal::start(command(sandbox.base_url(), &["--state", state]), 20, 110);
    assert_eq!(table.finish().code, 0);
    let second = Outcome::of(command(sandbox.base_url(), &["--state", state]));
    assert_eq!((second.stdout.as_str(), second.code), ("", 0), "{second}");
}

#[test]
fn a_file_that_is_no_state_of_this_watch_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let sandbox = Served::rows([hours_old(1).status("in_progress")]);
    let run = |path: &str, args: &[&str]| {
        let args = [&["--until", "polled", "--state", path], args].concat();
        Outcome::of(command(sandbox.base_url(), &args))
    };
    let own = place("own");
    assert_eq!(run(&own, &[]).code, 0);
    let text = fs::read_to_string(&own).expect("a file");
    fs::write(place("garbage"), "dear diary").expect("a file");
    fs::write(place("large"), vec![b' '; (32 << 20) + 1]).expect("a file");
    let elsewhere = text.replace(sandbox.base_url(), "https://elsewhere.example/v1");
    fs::write(place("elsewhere"), elsewhere).expect("a file");
    fs::write(
        place("newer"),
        text.replace("\"version\":1", "\"version\":2"),
    )
    .expect("a file");
    let requests = sandbox.request_count();
    let no_state = "not a state of `watch --state`; name another file, or remove it";
    for (path, args, reason) in [
        (place("garbage"), &[][..], no_state),
        (place("large"), &[], no_state),
        (place("newer"), &[], no_state),
        (place(""), &[], "not a regular file"),
        ("/dev/zero".to_owned(), &[], "not a regular file"),
        (
            place("elsewhere"),
            &[],
            "--state: the tracker belongs to https://elsewhere",
        ),
        (
            own.clone(),
            &["--name", "x"],
            "--state: the tracker is that of a watch with another filter",
        ),
        (own.clone(), &["batch_1"], "that of a watch of other ids"),
    ] {
        let outcome = run(&path, args);
        assert!(outcome.stderr.contains(reason), "{path}: {outcome}");
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{path}");
    }
    let outcome = run(&place("no/such/folder"), &[]);
    assert_eq!(outcome.code, 1, "{outcome}");
    assert_eq!(sandbox.request_count(), requests);
    assert_eq!(fs::read_to_string(&own).expect("a file"), text);
    assert!(!fs::exists("/dev/zero.lock").expect("a folder"));
}

#[test]
fn two_watches_do_not_share_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("watch.json");
    let state = file.to_str().expect("UTF-8");
    let sandbox = Served::rows([hours_old(1).status("in_progress")]);
    let mut first = command(sandbox.base_url(), &["--state", state]);
    let mut first = first
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut printed = [0];
    let stdout = first.stdout.as_mut().expect("a pipe");
    std::io::Read::read_exact(stdout, &mut printed).expect("an event");
    let second = Outcome::of(command(sandbox.base_url(), &["--state", state]));
    assert!(
        second.stderr.contains("another watch has this file"),
        "{second}"
    );
    assert_eq!(second.code, 2);
    first.kill().expect("it runs");
    first.wait().expect("it ends");
    // Killed, it has left no lock.
    let third = command(sandbox.base_url(), &["--state", state, "--until", "polled"]);
    assert_eq!(Outcome::of(third).code, 0);
}

#[test]
fn no_state_holds_a_secret_or_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("watch.json");
    let state = file.to_str().expect("UTF-8");
    let row = hours_old(1)
        .status("in_progress")
        .name(crate::support::KEY)
        .input_file_id("https://b.example/in.jsonl?Signature=hush")
        .metadata_entry("ds_batch_finish_callback", "https://h.example/?t=hush");
    let sandbox = Served::rows([row]);
    // What the beginning of a watch holds is not replaced by an event then.
    let args = ["--state", state, "--timeout", "3s", "--on-change", "false"];
    assert_eq!(Outcome::of(command(sandbox.base_url(), &args)).code, 10);
    let text = fs::read_to_string(&file).expect("a file");
    assert!(text.contains("batch_1"), "{text}");
    assert!(
        !text.contains("hush") && !text.contains(crate::support::KEY),
        "{text}"
    );
}

#[test]
fn a_sandbox_of_ones_own_has_no_state() {
    let outcome = Outcome::of(crate::support::bare(&[
        "--sandbox",
        "watch",
        "--state",
        "x",
    ]));
    assert!(
        outcome.stderr.contains("each run has a sandbox of its own"),
        "{outcome}"
    );
    assert_eq!(outcome.code, 2);
}
