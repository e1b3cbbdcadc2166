//! Lists that were stopped, and go on.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use insta::assert_snapshot;
use qwen_batches::Checkpoint;
use qwen_batches_sandbox::Sandbox;
use serde_json::Value;

use crate::support::{KEY, Outcome, Served, bare, clean, hours_old, list, with_key};
use crate::wire::{Response, Wire, error_body};

/// What can be continued.
const PARTS: [&str; 4] = ["table", "jsonl", "csv", "ids"];

fn pages(numbers: &[[i64; 2]]) -> Vec<Response> {
    let last = numbers.len() - 1;
    let page = |(n, rows): (usize, &[i64; 2])| Response::page(rows.map(hours_old), n < last);
    numbers.iter().enumerate().map(page).collect()
}

fn undisturbed(format: &str) -> String {
    let wire = Wire::serve(pages(&[[1, 2], [3, 4], [5, 6]]));
    let outcome = list(wire.base_url(), &["--output", format]);
    assert_eq!(outcome.code, 0, "{outcome}");
    outcome.stdout
}

fn start(args: &[&str]) -> Child {
    with_key(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs")
}

fn interrupt(child: &Child) {
    send("-INT", child);
}

fn send(signal: &str, child: &Child) {
    let id = child.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status();
    assert!(sent.expect("kill runs").success());
}

/// The command that the last line of stderr offers.
fn offered(outcome: &Outcome) -> &str {
    let last = outcome.stderr.lines().last().unwrap_or_default();
    let start = last.find("qwen-batches list").expect("a command");
    &last[start..]
}

/// Runs a command as somebody does who copies it into a shell.
fn shell(command: &str) -> Outcome {
    let binary = Path::new(env!("CARGO_BIN_EXE_qwen-batches"));
    let folder = binary.parent().expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [folder.to_owned()]
        .into_iter()
        .chain(std::env::split_paths(&path));
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .env("PATH", std::env::join_paths(folders).expect("folders"))
        .env("DASHSCOPE_API_KEY", KEY);
    Outcome::of(shell)
}

#[test]
fn stopped_by_a_signal_and_continued_by_the_command_printed() {
    for (format, signal, code) in [
        ("table", "-INT", 130),
        ("jsonl", "-TERM", 143),
        ("csv", "-HUP", 129),
        ("ids", "-INT", 130),
    ] {
        let mut script = pages(&[[1, 2], [3, 4], [5, 6]]);
        let (held, gate) = Response::page([3, 4].map(hours_old), true).gated();
        script.insert(1, held);
        let wire = Wire::serve(script);
        let url = wire.base_url();
        let age = ["--created-before", "0d", "--output", format];
        let child = start(&[&["list", "--base-url", url][..], &age].concat());
        for _ in 0..2 {
            wire.next_request().expect("two pages are asked for");
        }
        send(signal, &child);
        let first = Outcome::new(&child.wait_with_output().expect("it ends"));
        assert_eq!(first.code, code, "{first}");
        assert!(first.stderr.starts_with("error: interrupted\n"), "{first}");
        drop(gate);

        let second = shell(offered(&first));
        assert_eq!((second.code, second.stderr.as_str()), (0, ""), "{second}");
        let whole = format!("{}{}", first.stdout, second.stdout);
        assert_eq!(whole, undisturbed(format));
        if format == "ids" {
            assert_snapshot!(
                "interrupted",
                first.to_string().replace(instant(&first), "T")
            );
        }
    }
}

/// As nohup starts it.
#[test]
fn a_hangup_that_is_ignored_stays_ignored() {
    let (held, gate) = Response::page([3, 4].map(hours_old), false).gated();
    let wire = Wire::serve(vec![Response::page([1, 2].map(hours_old), true), held]);
    let args = ["list", "--base-url", wire.base_url(), "--output", "ids"];
    let mut command = Command::new("sh");
    command
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_qwen-batches"))
        .args(args);
    clean(&mut command);
    let child = command
        .env("DASHSCOPE_API_KEY", KEY)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    for _ in 0..2 {
        wire.next_request().expect("two pages are asked for");
    }
    send("-HUP", &child);
    gate.send(()).expect("the server waits");
    let outcome = Outcome::new(&child.wait_with_output().expect("it ends"));
    assert_eq!(outcome.lines().len(), 4, "{outcome}");
}

/// The time that an age became.
fn instant(outcome: &Outcome) -> &str {
    let mut words = offered(outcome).split(' ');
    words.find(|word| *word == "--created-before");
    words.next().expect("a time")
}

#[test]
fn stopped_before_the_first_page() {
    let (held, gate) = Response::page([1, 2].map(hours_old), true).gated();
    let mut script = pages(&[[1, 2], [3, 4], [5, 6]]);
    script.insert(0, held);
    let wire = Wire::serve(script);
    let child = start(&["list", "--base-url", wire.base_url(), "--output", "csv"]);
    wire.next_request().expect("a page is asked for");
    interrupt(&child);
    let first = Outcome::new(&child.wait_with_output().expect("it ends"));
    assert_eq!((first.code, first.stdout.as_str()), (130, ""), "{first}");
    drop(gate);
    assert_eq!(shell(offered(&first)).stdout, undisturbed("csv"));
}

#[test]
fn an_array_cannot_be_continued_and_that_is_said() {
    let (held, _gate) = Response::page([3, 4].map(hours_old), true).gated();
    let wire = Wire::serve(vec![Response::page([1, 2].map(hours_old), true), held]);
    let child = start(&["list", "--base-url", wire.base_url(), "--output", "json"]);
    for _ in 0..2 {
        wire.next_request().expect("two pages are asked for");
    }
    interrupt(&child);
    let outcome = Outcome::new(&child.wait_with_output().expect("it ends"));
    assert!(!outcome.stdout.ends_with("]\n"), "{outcome}");
    assert_snapshot!(
        "interrupted_json",
        outcome
            .to_string()
            .split("--- stderr")
            .last()
            .unwrap_or_default()
    );
}

/// A reader of stdout that does not read holds the list up in the middle of a page.
#[test]
fn ctrl_c_twice_ends_it_at_once() {
    let wire = Wire::serve(vec![Response::page((1..600).map(hours_old), true)]);
    let args = ["list", "--base-url", wire.base_url(), "--output", "jsonl"];
    let mut child = start(&args);
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 1]).expect("a row");
    let status = loop {
        interrupt(&child);
        std::thread::sleep(Duration::from_millis(20));
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
    };
    assert_eq!(status.code(), Some(130));
}

#[test]
fn an_error_offers_the_command_too() {
    let body = error_body("Arrearage", "Access denied, your account is overdue.");
    let named = |rows: [i64; 2]| rows.map(|n| hours_old(n).name("it's 夜间"));
    let mut script = vec![
        Response::page(named([1, 2]), true),
        Response::page(named([3, 4]), false),
    ];
    let refused = || Response::json("400 Bad Request", &body);
    script.insert(1, refused());
    script.insert(2, refused());
    let wire = Wire::serve(script);
    let options = ["--max-items", "3", "--output", "ids", "--name", "it's 夜间"];
    let first = list(wire.base_url(), &options);
    // Not even one page more: the place to go on from is the same.
    let second = shell(offered(&first));
    assert_eq!((second.code, second.stdout.as_str()), (1, ""), "{second}");
    assert_snapshot!("refused_again", second);
    assert_eq!(offered(&second), offered(&first));
    let third = shell(offered(&second));
    assert_eq!(
        (third.code, third.stdout.as_str()),
        (0, "batch_3\n"),
        "{third}"
    );
    for request in wire.requests() {
        assert!(request.contains("ds_name=it%27s"), "{request}");
    }
}

#[test]
fn secrets_are_not_in_the_command() {
    let body = error_body("Arrearage", "Access denied, your account is overdue.");
    let input = "https://h.example/in?Signature=hush";
    let bad = hours_old(2)
        .set("metadata", "https://h.example/?t=hush")
        .input_file_id(input);
    for show in [false, true] {
        let page = Response::page([hours_old(1).input_file_id(input), bad.clone()], true);
        let wire = Wire::serve(vec![page, Response::json("400 Bad Request", &body)]);
        let mut options = vec!["--input-file", input];
        options.extend(show.then_some("--show-secrets"));
        let outcome = list(wire.base_url(), &options);
        assert_eq!(outcome.stderr.contains("hush"), show, "{outcome}");
        assert_eq!(outcome.stderr.contains("***"), !show, "{outcome}");
    }
}

#[test]
fn tokens_that_are_not_taken() {
    let wire = Wire::serve(vec![
        Response::page([hours_old(1)], true),
        Response::json("400 Bad Request", &error_body("Arrearage", "Overdue.")),
    ]);
    let first = list(wire.base_url(), &["--output", "ids"]);
    let (_, token) = offered(&first).split_once("--resume ").expect("a token");
    let outcome = list(wire.base_url(), &["--resume", token, "--status", "failed"]);
    assert_snapshot!("token_of_another_list", outcome);
    let outcome = list(
        wire.base_url(),
        &["--resume", token, "--created-after", "7d"],
    );
    assert_snapshot!("token_of_another_time", outcome);
    let outcome = list(wire.base_url(), &["--resume", &token[..token.len() / 2]]);
    let first = outcome.stderr.lines().next().unwrap_or_default();
    assert!(
        first.ends_with("not a checkpoint: was it copied whole?"),
        "{outcome}"
    );
    assert_eq!(outcome.code, 2);
    let outcome = list(wire.base_url(), &["--resume", token, "--after", "batch_1"]);
    assert_eq!(outcome.code, 2, "{outcome}");
}

#[test]
fn killed_and_continued_from_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in PARTS {
        let file = folder.path().join(format);
        let file = file.to_str().expect("UTF-8");
        let mut script = pages(&[[1, 2], [3, 4], [5, 6]]);
        let (held, gate) = Response::page([3, 4].map(hours_old), true).gated();
        script.insert(1, held);
        let wire = Wire::serve(script);
        let args = [
            "list",
            "--base-url",
            wire.base_url(),
            "--output",
            format,
            "--checkpoint",
            file,
            // The same instant in both runs.
            "--created-before",
            "0d",
        ];
        let mut child = start(&args);
        for _ in 0..2 {
            wire.next_request().expect("two pages are asked for");
        }
        child.kill().expect("it is killed");
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), None);
        let first = String::from_utf8(output.stdout).expect("UTF-8");
        drop(gate);

        let second = Outcome::of(with_key(&args));
        assert_eq!((second.code, second.stderr.as_str()), (0, ""), "{second}");
        // No row is lost, and since the file is as young as the last row, none comes twice.
        assert_eq!(format!("{first}{}", second.stdout), undisturbed(format));

        // The list is complete; nobody is there to be asked.
        let third = Outcome::of(with_key(&args));
        assert_eq!((third.code, third.stdout.as_str()), (0, ""), "{third}");
        let note = format!(
            "note: the list has ended: earlier runs printed its 6 rows; to list anew, remove \
             {file}\n"
        );
        assert_eq!(third.stderr, note);
        assert!(!fs::exists(format!("{file}.tmp")).expect("a folder"));
    }
}

/// What the reader of stdout has not taken is not counted as printed.
/// Each run has a sandbox of its own, at a port of its own.
#[test]
fn a_list_of_the_sandbox_in_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("place");
    let file = file.to_str().expect("UTF-8");
    let run = |options: &[&str]| {
        let mut command = bare(&["--sandbox", "list", "--output", "ids"]);
        command
            .args(options)
            .env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
        Outcome::of(command)
    };
    let first = run(&["--checkpoint", file, "--max-items", "2"]);
    let second = run(&["--checkpoint", file, "--max-items", "5"]);
    let whole = run(&["--max-items", "5"]);
    assert_eq!(
        format!("{}{}", first.stdout, second.stdout),
        whole.stdout,
        "{second}"
    );
    // It has ended there, and nowhere else; nor has another server's list ended in the sandbox.
    let sandbox = Served::rows([hours_old(1)]);
    run(&["--checkpoint", file]);
    let elsewhere = list(sandbox.base_url(), &["--checkpoint", file]);
    let other = folder.path().join("other");
    let other = other.to_str().expect("UTF-8");
    let url = "https://h.example/compatible-mode/v1";
    let stored = fs::read_to_string(file).expect("a file");
    fs::write(other, of_server(&stored, url)).expect("a file");
    for outcome in [elsewhere, run(&["--checkpoint", other])] {
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
        assert!(
            outcome.stderr.contains("the checkpoint belongs to http"),
            "{outcome}"
        );
    }
    assert_eq!(sandbox.request_count(), 0);
}

/// A checkpoint file as if its list were another server's.
fn of_server(file: &str, url: &str) -> String {
    let mut file: Value = serde_json::from_str(file).expect("JSON");
    let word = file["checkpoint"].as_str().expect("a word");
    let checkpoint: Checkpoint = word.parse().expect("a checkpoint");
    let mut checkpoint = serde_json::to_value(&checkpoint).expect("JSON");
    checkpoint["server"] = url.into();
    let checkpoint: Checkpoint = serde_json::from_value(checkpoint).expect("a checkpoint");
    file["checkpoint"] = checkpoint.to_string().into();
    file.to_string()
}

#[test]
fn killed_in_the_middle_of_a_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("checkpoint");
    let file = file.to_str().expect("UTF-8");
    let page = || Response::page((1..600).map(hours_old), false);
    let wire = Wire::serve(vec![page(), page()]);
    let url = wire.base_url();
    let args = [
        "list",
        "--base-url",
        url,
        "--output",
        "jsonl",
        "--checkpoint",
        file,
    ];
    let mut child = start(&args);
    let mut stdout = child.stdout.take().expect("a pipe");
    // The page is longer than a pipe.
    stdout.read_exact(&mut [0; 1]).expect("a row");
    std::thread::sleep(Duration::from_millis(50));
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let second = Outcome::of(with_key(&args));
    assert_eq!(second.lines().len(), 599);
}

/// Wherever it is killed.
#[test]
fn killed_again_and_again() {
    let sandbox = Served::new(Sandbox::builder().batches(120));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("checkpoint");
    let file = file.to_str().expect("UTF-8");
    let url = sandbox.base_url();
    let options = ["--page-size", "3", "--output", "ids", "--checkpoint", file];
    let args = [&["list", "--base-url", url], &options[..]].concat();
    let mut ids = Vec::new();
    for lines in [1, 2, 8, 14, 20, 21] {
        let mut child = start(&args);
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut text = String::new();
        for _ in 0..lines {
            stdout.read_line(&mut text).expect("a line");
        }
        child.kill().expect("it is killed");
        // What is in the pipe was printed, too.
        stdout.read_to_string(&mut text).expect("the rest");
        assert!(text.ends_with('\n'), "{text}");
        ids.extend(text.lines().map(str::to_owned));
        child.wait().expect("it ends");
    }
    let last = Outcome::of(with_key(&args));
    ids.extend(last.lines().into_iter().map(str::to_owned));
    // A page may come twice, if it was killed between the page and the file.
    let mut seen = std::collections::HashSet::new();
    let printed = ids.len();
    ids.retain(|id| seen.insert(id.clone()));
    assert!(printed - ids.len() <= 6 * 3, "{printed}");
    let expected: Vec<String> = sandbox
        .rows()
        .iter()
        .filter_map(|row| row["id"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(ids, expected);
}

#[test]
fn a_list_that_is_to_be_longer() {
    let sandbox = Served::rows((1..=5).map(hours_old));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("checkpoint");
    let file = file.to_str().expect("UTF-8");
    let run = |most: &str| {
        let options = ["--checkpoint", file, "--output", "ids", "--max-items", most];
        list(sandbox.base_url(), &options)
    };
    let assert_note = |outcome: &Outcome, most: &str| {
        let text = outcome.stderr.replace(file, "FILE");
        let rest = "ended the list, there may be more: a greater one resumes it from FILE";
        assert_eq!(text, format!("note: --max-items {most} {rest}\n"));
    };
    let first = run("2");
    assert_eq!(first.stdout, "batch_1\nbatch_2\n");
    assert_note(&first, "2");
    let again = run("2");
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{again}");
    let note = "note: earlier runs printed 2 rows, as many as --max-items is; ";
    assert!(again.stderr.starts_with(note), "{again}");
    let longer = run("4");
    assert_eq!(longer.stdout, "batch_3\nbatch_4\n");
    assert_note(&longer, "4");
    assert_eq!(run("9").lines(), ["batch_5"]);
}

/// The note of a cap is the command for all that it left.
/// A short option, and no token, unless one was used.
#[test]
fn what_a_cap_left() {
    let sandbox = Served::rows((1..=5).map(hours_old));
    let url = sandbox.base_url();
    for (format, most) in [("ids", "2"), ("json", "4")] {
        let options = ["--max-items", most, "--output", format];
        let first = list(url, &options);
        assert_eq!(first.code, 0, "{first}");
        let (_, after) = first.stderr.split_once("with --after ").expect("a note");
        assert_eq!(first.stderr.lines().count(), 1, "{first}");
        assert!(!first.stderr.contains("--resume"), "{first}");
        let rest = [&["--after", after.trim_end()], &options[2..]].concat();
        let second = list(url, &rest);
        assert_eq!((second.code, second.stderr.as_str()), (0, ""), "{second}");
        let ids = format!("{}{}", first.stdout, second.stdout);
        let ids: Vec<_> = (1..=5)
            .map(|n| ids.contains(&format!("batch_{n}")))
            .collect();
        assert_eq!(ids, [true; 5], "{first} {second}");
    }
    let nothing = list(url, &["--max-items", "0", "--output", "ids"]);
    assert_snapshot!("capped_ids_0", nothing);
    // Nothing is left, and so nothing is said.
    for most in ["5", "6"] {
        let options = ["--max-items", most, "--output", "ids"];
        assert_eq!(list(url, &options).lines().len(), 5);
    }

    let body = error_body("Arrearage", "Access denied, your account is overdue.");
    let mut script = pages(&[[1, 2], [3, 4], [5, 6]]);
    script.insert(1, Response::json("400 Bad Request", &body));
    let wire = Wire::serve(script);
    let cut = list(wire.base_url(), &["--output", "ids", "--max-items", "3"]);
    let capped = shell(offered(&cut));
    assert_eq!(capped.stdout, "batch_3\n", "{capped}");
    assert_eq!(shell(offered(&capped)).stdout, "batch_5\nbatch_6\n");
}

#[test]
fn stopped_by_ctrl_c_with_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("my checkpoint");
    let mut script = pages(&[[1, 2], [3, 4], [5, 6]]);
    let (held, gate) = Response::page([3, 4].map(hours_old), true).gated();
    script.insert(1, held);
    let wire = Wire::serve(script);
    let file = file.to_str().expect("UTF-8");
    let options = ["--output", "ids", "--checkpoint", file];
    let child = start(&[&["list", "--base-url", wire.base_url()], &options[..]].concat());
    for _ in 0..2 {
        wire.next_request().expect("two pages are asked for");
    }
    interrupt(&child);
    let first = Outcome::new(&child.wait_with_output().expect("it ends"));
    assert!(
        offered(&first).ends_with(&format!("--checkpoint '{file}'")),
        "{first}"
    );
    drop(gate);
    let second = shell(offered(&first));
    assert_eq!(
        format!("{}{}", first.stdout, second.stdout),
        undisturbed("ids")
    );
}

#[test]
fn files_that_are_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let sandbox = Served::rows([hours_old(1)]);
    let run = |options: &[&str]| {
        let outcome = list(sandbox.base_url(), options);
        let text = outcome.stderr.replace(&place(""), "FOLDER/");
        (outcome.code, text)
    };

    let mine = place("mine");
    let unchanged = |text: &str| assert_eq!(fs::read_to_string(&mine).expect("a file"), text);
    fs::write(&mine, "dear diary").expect("a folder");
    assert_eq!(
        run(&["--checkpoint", &mine]),
        (
            2,
            "error: FOLDER/mine: not a checkpoint of `list --checkpoint`; name another file, or \
             remove it\n"
                .to_owned()
        )
    );
    unchanged("dear diary");

    fs::remove_file(&mine).expect("a file");
    assert_eq!(run(&["--checkpoint", &mine]).0, 0);
    let text = fs::read_to_string(&mine).expect("a file");
    let (code, stderr) = run(&["--checkpoint", &mine, "--name", "nightly"]);
    assert_eq!(code, 2);
    assert_snapshot!("file_of_another_list", stderr);
    unchanged(&text);

    let large = place("large");
    fs::write(&large, vec![b' '; (1 << 20) + 1]).expect("a folder");
    let (code, stderr) = run(&["--checkpoint", &large]);
    assert!(
        stderr.starts_with("error: FOLDER/large: not a checkpoint"),
        "{stderr}"
    );
    assert_eq!(code, 2);
    // Devices, and what can block: neither is opened.
    let pipe = place("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("every Unix has it").success());
    for path in ["/dev/zero", &pipe, &place("")] {
        let (code, stderr) = run(&["--checkpoint", path]);
        assert!(
            stderr.ends_with(": not a regular file; name another one\n"),
            "{stderr}"
        );
        assert_eq!(code, 2);
    }

    // Nothing is asked for what could not be kept.
    let requests = sandbox.request_count();
    let (code, stderr) = run(&["--checkpoint", &place("no/such/folder")]);
    assert!(
        stderr.contains("the checkpoint cannot be written: "),
        "{stderr}"
    );
    assert_eq!((code, sandbox.request_count()), (1, requests));
    // Nor is a file made for a list that is none.
    let unborn = place("unborn");
    assert_eq!(run(&["--checkpoint", &unborn, "--name", ""]).0, 2);
    assert!(!fs::exists(&unborn).expect("a folder"));

    for options in [
        ["--output", "json"],
        ["--after", "batch_1"],
        ["--resume", "x"],
    ] {
        let args = [&["list", "--checkpoint", "x"], &options[..]].concat();
        let outcome = Outcome::of(bare(&args));
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
    }
}
