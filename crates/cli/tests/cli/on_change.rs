//! `watch --on-change`: a command for each event.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use qwen_batches_sandbox::{Lifecycle, Sandbox, generate_lifecycles};
use serde_json::Value;

use crate::pty::Terminal;
use crate::support::{KEY, Outcome, Served, bare, hours_old};
use crate::watch::{batch, command, lives, serve};

/// The watch of a sandbox with a command, run to its end.
fn watch(lives: Vec<qwen_batches_sandbox::BatchLifecycle>, args: &[&str]) -> Outcome {
    let sandbox = serve(Sandbox::builder().lifecycles(lives));
    Outcome::of(command(sandbox.base_url(), args))
}

fn one() -> Vec<qwen_batches_sandbox::BatchLifecycle> {
    vec![batch(1, "nightly eval", Lifecycle::completes(10))]
}

#[test]
fn each_event_comes_on_stdin_in_order_as_the_object_that_is_printed() {
    let outcome = watch(lives(), &["-q", "--output", "jsonl", "--on-change", "cat"]);
    let (events, rest) = outcome.stderr.split_at(outcome.stdout.len());
    assert!(outcome.stdout.lines().count() > 15, "{outcome}");
    assert_eq!(events, outcome.stdout);
    assert!(
        rest.starts_with("error: 4 of 5 batches did not succeed"),
        "{rest}"
    );
    assert_eq!(outcome.code, 6);
}

/// As somebody tries it.
#[test]
fn a_batch_of_the_sandbox_runs_through_its_life_and_the_watch_ends() {
    let now = jiff::Timestamp::now().as_second();
    let lives = generate_lifecycles(12, 0, now);
    let there = lives
        .iter()
        .filter(|life| life.at(now)["created_at"].as_i64() <= Some(now));
    let first = there.min_by_key(|life| life.ends_at()).expect("a batch");
    let id = first.at(now)["id"].as_str().expect("an id").to_owned();
    let args = ["--sandbox", "watch", "--on-change", "cat", &id];
    let outcome = Outcome::of(bare(&args));
    let last = outcome.stderr.lines().rfind(|line| line.starts_with('{'));
    let last: Value = serde_json::from_str(last.expect("events")).expect("JSON");
    assert_eq!(
        (last["change"].as_str(), last["batch"]["id"].as_str()),
        (Some("finished"), Some(&*id))
    );
    assert!(outcome.code == 0 || outcome.code == 6, "{outcome}");
}

#[test]
fn a_command_has_a_few_variables_and_no_key() {
    let sandbox = serve(Sandbox::builder().lifecycles(one()));
    let mut command = command(sandbox.base_url(), &["--on-change", "env"]);
    for name in ["OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"] {
        command.env(name, KEY);
    }
    // `Outcome` looks for the key.
    let outcome = Outcome::of(command);
    assert_eq!(outcome.code, 0, "{outcome}");
    let ours: Vec<&str> = outcome
        .stderr
        .lines()
        .filter(|line| line.starts_with("QWEN_BATCHES_") && !line.contains("_NOW="))
        .collect();
    let expected = [
        "QWEN_BATCHES_BATCH_ID=batch_1",
        "QWEN_BATCHES_EVENT=finished",
        "QWEN_BATCHES_EVENT_ID=batch_1/completed",
        "QWEN_BATCHES_STATUS=completed",
    ];
    let mut last = ours[ours.len() - 4..].to_vec();
    last.sort_unstable();
    assert_eq!(last, expected, "{outcome}");
}

#[test]
fn the_command_is_split_into_words_and_no_shell_sees_it() {
    let text = r#"sh -c 'printf "%s|" "$@"; echo' x '$HOME; a'\ b *"#;
    let outcome = watch(one(), &["--on-change", text]);
    assert!(outcome.stderr.starts_with("$HOME; a b|*|\n"), "{outcome}");
    assert_eq!(outcome.code, 0, "{outcome}");
}

/// A table would be drawn over what the command prints.
#[test]
fn on_a_terminal_events_are_lines() {
    let sandbox = serve(Sandbox::builder().lifecycles(one()));
    let watch = command(sandbox.base_url(), &["--on-change", "echo heard"]);
    let left = Terminal::start(watch, 40, 160).finish();
    assert!(!left.raw.contains('\u{1b}'), "{left}");
    let heard = left.lines.iter().filter(|line| *line == "heard");
    assert_eq!(heard.count(), 5, "{left}");
}

#[test]
fn a_command_that_does_not_read_its_input_is_no_failure() {
    let outcome = watch(lives(), &["--on-change", "true", "-q"]);
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome}");
}

#[test]
fn a_command_that_cannot_be_run_is_said_before_anything_is_sent() {
    let sandbox = serve(Sandbox::builder().lifecycles(one()));
    for (text, reason) in [
        (
            "no-such-program x",
            "`no-such-program`: no such program in PATH",
        ),
        ("./no/such", "`./no/such`: no such program"),
        ("/etc/passwd", "`/etc/passwd`: no such program"),
        ("cat 'x", "`cat 'x`: missing closing quote"),
        ("", "``: names no program"),
    ] {
        let outcome = Outcome::of(command(sandbox.base_url(), &["--on-change", text]));
        assert_eq!(outcome.stderr, format!("error: --on-change: {reason}\n"));
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn a_command_that_fails_is_run_again_while_the_watch_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let runs = folder.path().join("runs");
    // It succeeds the second time.
    let script = format!("echo x >> {0}; [ $(wc -l < {0}) -gt 1 ]", runs.display());
    let command = format!("sh -c '{script}'");
    let outcome = watch(one(), &["-q", "--on-change", &command]);
    assert_eq!(outcome.code, 0, "{outcome}");
    let warning = "warning: --on-change: batch_1/appeared: exit status: 1; again in 1s\n";
    assert_eq!(outcome.stderr, warning);
    let events = outcome.stdout.lines().count();
    let runs = fs::read_to_string(runs).expect("a file").lines().count();
    assert_eq!(runs, events + 1, "{outcome}");
}

#[test]
fn what_was_not_delivered_is_an_error_with_an_exit_code_of_its_own() {
    let stuck = hours_old(1).status("in_progress");
    let sandbox = Served::rows([stuck]);
    let args = ["--on-change", "false", "--timeout", "3s"];
    let outcome = Outcome::of(command(sandbox.base_url(), &args));
    let last: Vec<&str> = outcome.stderr.lines().rev().take(2).collect();
    assert_eq!(
        last,
        [
            "error: 1 event not delivered: batch_1/appeared",
            "error: timed out after 3s, with 1 of 1 batch not done"
        ]
    );
    assert_eq!(outcome.code, 10, "{outcome}");
}

/// A watch whose stderr is read meanwhile.
fn start(mut command: Command) -> Child {
    let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("the binary runs")
}

#[test]
fn a_thousand_events_wait_and_polling_waits_with_them() {
    let rows = (0..1_100).map(|n| hours_old(n % 400).set("id", format!("batch_{n}")));
    let sandbox = Served::rows(rows);
    let args = ["--on-change", "sleep 2"];
    let mut child = start(command(sandbox.base_url(), &args));
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let first = lines.next().expect("a line").expect("UTF-8");
    let expected = "warning: 1000 events wait for --on-change; no poll until fewer do";
    assert_eq!(first, expected);
    assert!(sandbox.request_count() <= 11, "{}", sandbox.request_count());
    child.kill().expect("it runs");
    child.wait().expect("it ends");
}

#[test]
fn stopped_by_a_signal_it_lets_the_command_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let script = format!("echo started >&2; sleep 2; cat >> {}", log.display());
    let sandbox = Served::rows([1, 2].map(|n| hours_old(n).status("in_progress")));
    let args = ["--on-change", &format!("sh -c '{script}'")];
    let mut child = start(command(sandbox.base_url(), &args));
    let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut line = || lines.next().map(|line| line.expect("UTF-8"));
    assert_eq!(line().as_deref(), Some("started"));
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.expect("kill runs").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let delivered = fs::read_to_string(log).expect("a file");
    assert_eq!(delivered.lines().count(), 1, "{delivered}");
    let rest: Vec<String> = std::iter::from_fn(line).collect();
    assert_eq!(
        rest,
        [
            "error: interrupted, with 2 of 2 batches not done",
            "error: 1 event not delivered: batch_2/appeared"
        ]
    );
}
