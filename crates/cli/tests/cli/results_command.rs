//! The command that `summary` and `watch` print where there are results: it works as it stands.

use std::path::Path;
use std::process::Command;

use qwen_batches_sandbox::{Lifecycle, Sandbox};

use crate::results::ended;
use crate::support::{KEY, Outcome, Served, clean, hours_old, with_key};
use crate::watch::{batch, serve};

/// The command behind a note of `outcome`, if there is one.
fn offered(outcome: &Outcome) -> Option<&str> {
    let notes = outcome.stderr.lines();
    let found = notes.filter_map(|line| line.split_once("note: to fetch the results, run: "));
    found.map(|(_, command)| command).next()
}

/// Runs a command as somebody does who copies it into a shell.
fn paste(command: &str, folder: &Path) -> Outcome {
    let binary = Path::new(env!("CARGO_BIN_EXE_qwen-batches"));
    let path = std::env::var("PATH").unwrap_or_default();
    let programs = binary.parent().expect("a folder").display();
    let mut shell = Command::new("sh");
    clean(&mut shell);
    shell
        .args(["-c", command])
        .env("PATH", format!("{programs}:{path}"))
        .env("DASHSCOPE_API_KEY", KEY)
        .env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z")
        .current_dir(folder);
    Outcome::of(shell)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join("results")).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("a file").file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_summary_names_the_command_that_fetches_what_it_counts() {
    let served = Served::rows([
        ended(1, "completed", 2, 2).name("it's a"),
        ended(2, "expired", 4, 2).name("it's a"),
        hours_old(3).name("it's a").status("in_progress"),
        ended(4, "completed", 2, 2).name("b"),
        ended(50, "completed", 2, 2).name("it's a"),
    ]);
    let url = served.base_url();
    let run = |args: &[&str]| {
        let mut command = with_key(&[&["summary", "--base-url", url], args].concat());
        command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
        Outcome::of(command)
    };
    let outcome = run(&["--name", "it's a", "--created-after", "1d"]);
    let expected = format!(
        "qwen-batches results --base-url {url} --status completed,expired,cancelled --name \
         'it'\\''s a' --created-after 2025-03-06T00:00:00Z --dir results"
    );
    assert_eq!(offered(&outcome), Some(expected.as_str()), "{outcome}");
    let folder = tempfile::tempdir().expect("a folder");
    let fetched = paste(&expected, folder.path());
    assert_eq!(fetched.code, 8, "{fetched}");
    assert_eq!(names(folder.path()), ["batch_1.jsonl", "batch_2.jsonl"]);

    let json = run(&["--status", "expired", "--output", "json"]);
    let expected = format!("qwen-batches results --base-url {url} --status expired --dir results");
    assert_eq!(offered(&json), Some(expected.as_str()), "{json}");
    for args in [&["--status", "in_progress"][..], &["-q"]] {
        assert_eq!(offered(&run(args)), None);
    }
    let secret = run(&["--header", "X-Tenant: hush"]);
    let note = "note: to fetch the results, run this, with the secrets in the place of ***: ";
    assert!(
        secret.stderr.contains(note) && !secret.stderr.contains("hush"),
        "{secret}"
    );
}

#[test]
fn a_watch_names_the_command_that_fetches_what_has_ended() {
    let ends = |n: i64| batch(n, "a", Lifecycle::completes(3));
    let refused = batch(5, "b", Lifecycle::is_rejected());
    for (builder, code, expected) in [
        (
            Sandbox::builder().lifecycles([ends(1), refused.clone(), ends(2)]),
            6,
            Some("--dir results batch_1 batch_2"),
        ),
        (Sandbox::builder().lifecycles([refused]), 6, None),
        // Of many batches the command has a filter.
        (
            Sandbox::builder().lifecycles((1..=11).map(ends)),
            0,
            Some("--status completed,expired,cancelled --created-after "),
        ),
    ] {
        let sandbox = serve(builder);
        let outcome = Outcome::of(crate::watch::command(sandbox.base_url(), &[]));
        assert_eq!(outcome.code, code, "{outcome}");
        let command = offered(&outcome);
        assert_eq!(command.is_some(), expected.is_some(), "{outcome}");
        if let (Some(command), Some(expected)) = (command, expected) {
            assert!(command.contains(expected), "{command}");
        }
    }
}
