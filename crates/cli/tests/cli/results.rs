//! `results` on stdout: what is printed of which batch, and the exit code.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use insta::assert_snapshot;
use qwen_batches_sandbox::{BatchRow, Fault, Quirk, Sandbox, SandboxBuilder, Script};
use serde_json::{Value, json};

use crate::support::{Cases, KEY, NOW, Outcome, Served, hours_old, with_key};

pub(crate) fn results(base_url: &str, args: &[&str]) -> Outcome {
    let all = [&["results", "--base-url", base_url], args].concat();
    let mut command = with_key(&all);
    command.env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    Outcome::of(command)
}

/// A batch that has ended, `n` hours old, with files as its counts have it.
pub(crate) fn ended(n: i64, status: &str, total: u64, completed: u64) -> BatchRow {
    let failed = total - completed;
    let file =
        |count: u64, which: &str| (count > 0).then(|| format!("file-batch_output-{n}{which}"));
    hours_old(n)
        .status(status)
        .set(format!("{status}_at"), NOW - n * 3600 + 600)
        .request_counts(total, completed, failed)
        .set("output_file_id", json!(file(completed, "a")))
        .set("error_file_id", json!(file(failed, "b")))
}

fn sandbox(rows: impl IntoIterator<Item = BatchRow>) -> SandboxBuilder {
    Sandbox::builder().rows(rows)
}

fn lines(outcome: &Outcome) -> Vec<Value> {
    let lines = outcome.stdout.lines();
    let parse = |line| serde_json::from_str(line).expect("JSON");
    lines.map(parse).collect()
}

#[test]
fn one_line_a_request() {
    let served = Served::rows([ended(1, "completed", 4, 2)]);
    let outcome = results(served.base_url(), &["batch_1"]);
    let mut cases = Cases::default();
    cases.add("results", outcome);
    // One for the batch, and one for each file.
    assert_eq!(served.request_count(), 3);
    let outcome = results(served.base_url(), &["1", "--failed"]);
    cases.add("results --failed", outcome);
    assert_snapshot!("results", cases);
}

/// And they come as they arrive: a reader may leave when it has enough.
#[test]
fn the_sandbox_has_results() {
    let mut child = with_key(&["--sandbox", "results", "--status", "completed", "-n", "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    for _ in 0..5 {
        let line = lines.next().expect("a line").expect("UTF-8");
        let line: Value = serde_json::from_str(&line).expect("JSON");
        assert!(
            line["batch"].is_string() && line["ok"].is_boolean(),
            "{line}"
        );
    }
    drop(lines);
    let outcome = Outcome::new(&child.wait_with_output().expect("it ends"));
    assert_eq!((outcome.code, outcome.stderr.as_str()), (141, ""));
}

/// Of several batches, each line names its own.
#[test]
fn batches_by_ids_or_filters() {
    let served = Served::rows([
        ended(1, "completed", 2, 2).name("a"),
        hours_old(2).status("in_progress").name("a"),
        ended(3, "completed", 1, 1).name("b"),
        ended(4, "completed", 1, 1).name("a"),
    ]);
    for (args, code, expected) in [
        (&["batch_1"][..], 0, &[None, None][..]),
        (&["4", "3"], 0, &[Some("batch_3"), Some("batch_4")]),
        (&["batch_4", "batch_4"], 0, &[Some("batch_4")]),
        (
            &["--name", "a"],
            9,
            &[Some("batch_1"), Some("batch_1"), Some("batch_4")],
        ),
        (
            &["--status", "completed", "-n", "2"],
            0,
            &[Some("batch_1"), Some("batch_1"), Some("batch_3")],
        ),
        (&["--outcome", "under_way"], 9, &[]),
        (&["--name", "c"], 0, &[]),
    ] {
        let outcome = results(served.base_url(), args);
        assert_eq!(outcome.code, code, "{args:?}: {outcome}");
        let lines = lines(&outcome);
        let batches: Vec<Option<&str>> = lines.iter().map(|line| line["batch"].as_str()).collect();
        assert_eq!(batches, expected, "{args:?}: {outcome}");
    }
    let outcome = results(served.base_url(), &["--name", "a"]);
    let error = "error: results of 1 of 3 batches are missing, 1 under way\n";
    assert_eq!(outcome.stderr, error);
}

#[test]
fn exit_codes_say_what_became_of_the_requests() {
    let completed = || ended(1, "completed", 3, 3);
    let error = json!({ "code": "url_not_found", "message": null, "param": "url", "line": 7 });
    let refused = hours_old(1)
        .status("failed")
        .set("errors", json!({ "object": "list", "data": [error] }));
    let on = |fault: Fault, request: usize| Script::new().on(request, fault);
    let line = |id: &str, text: &str| {
        json!({ "custom_id": id, "response": { "status_code": 200, "body": text } }).to_string()
    };
    let file = |text: &str| sandbox([completed().set("output_file_id", "out")]).file("out", text);
    // What is printed all the same, the exit code, and what stderr says.
    let cases: Vec<(SandboxBuilder, usize, i32, &str)> = vec![
        (sandbox([completed()]), 3, 0, ""),
        (
            sandbox([ended(1, "completed", 9, 7)]).always(Quirk::FailedInOutput),
            9,
            8,
            "error: 2 of 9 requests failed\n",
        ),
        (
            sandbox([ended(1, "expired", 9, 7)]).always(Quirk::OmitsUnrun),
            7,
            8,
            "warning: batch_1: ",
        ),
        (
            sandbox([ended(1, "cancelled", 9, 0)]),
            9,
            8,
            "error: 9 of 9 requests failed\n",
        ),
        (
            sandbox([refused]),
            0,
            8,
            "warning: batch_1: no results: it was refused: url_not_found, line 7, url\n\
             error: not all requests ran\n",
        ),
        (
            sandbox([hours_old(1).status("in_progress")]),
            0,
            9,
            "warning: batch_1: it is in_progress: there are results when it has ended\n\
             error: results of 1 of 1 batch are missing, 1 under way\n",
        ),
        (
            sandbox([completed().set("output_file_id", Value::Null)]),
            0,
            9,
            "warning: batch_1: requests have completed, but it has no output file yet\n",
        ),
        (
            sandbox([ended(1, "expired", 4, 3).set("output_file_id", Value::Null)]),
            1,
            9,
            "error: results of 1 of 1 batch are missing\n",
        ),
        (
            sandbox([ended(1, "cancelled", 4, 0).set("error_file_id", Value::Null)]),
            0,
            8,
            "warning: batch_1: no results: cancelled, no request finished\n",
        ),
        (
            sandbox([ended(1, "completed", 4, 3)]).script(on(Fault::status(404).into(), 2)),
            1,
            9,
            "the output file could not be read",
        ),
        (
            sandbox([completed()]).script(on(
                Fault::BadRow {
                    at: 2,
                    row: json!("?"),
                },
                2,
            )),
            2,
            9,
            "line 2 of the output file",
        ),
        (
            file(&line("a", "one")),
            1,
            9,
            "2 of 3 requests have no line",
        ),
        (
            file(
                &[
                    line("a", "1"),
                    line("b", "1"),
                    line("a", "2"),
                    line("c", "1"),
                ]
                .join("\n"),
            ),
            3,
            9,
            "came twice with different content",
        ),
        (
            sandbox([completed()]).script(on(Fault::cut_body(900), 2)),
            3,
            0,
            "",
        ),
        (
            sandbox([completed()]).script(Script::new().on(2.., Fault::cut_body(900))),
            1,
            1,
            "error: the results are incomplete\n",
        ),
        (
            sandbox([completed()]).script(Script::new().on(2.., Fault::status(401))),
            0,
            3,
            "help: the key is that of DASHSCOPE_API_KEY",
        ),
    ];
    for (n, (builder, printed, code, says)) in cases.into_iter().enumerate() {
        let served = Served::new(builder);
        let outcome = results(served.base_url(), &["batch_1", "--max-retries", "1"]);
        assert_eq!(outcome.code, code, "{n}: {outcome}");
        assert_eq!(lines(&outcome).len(), printed, "{n}: {outcome}");
        assert!(outcome.stderr.contains(says), "{n}: {outcome}");
    }
}

/// Lines of a file that is another one at the second read are not mixed.
#[test]
fn a_file_that_changes_is_no_file() {
    let row = ended(1, "completed", 30, 30);
    let script = Script::new()
        .on(2, Fault::cut_body(9_000))
        .on(3, Fault::RepeatRows { every: 1 });
    let served = Served::new(sandbox([row]).script(script));
    for format in ["jsonl", "raw"] {
        let outcome = results(served.base_url(), &["batch_1", "-o", format]);
        if format == "jsonl" {
            assert_eq!(outcome.code, 9, "{outcome}");
            assert!(outcome.stderr.contains("the file has changed"), "{outcome}");
        }
    }
}

#[test]
fn raw_is_the_files_to_the_byte() {
    let rows = || [ended(1, "completed", 5, 3), ended(2, "completed", 2, 2)];
    let served = Served::rows(rows());
    let ids = [
        "file-batch_output-1a",
        "file-batch_output-1b",
        "file-batch_output-2a",
    ];
    let files = ids.map(|id| served.content(id).expect("a file"));
    let outcome = results(served.base_url(), &["batch_1", "batch_2", "-o", "raw"]);
    assert_eq!(
        (outcome.code, outcome.stderr.as_str()),
        (0, ""),
        "{outcome}"
    );
    assert_eq!(outcome.stdout.as_bytes(), files.concat());

    // The last line of one file and the first of the next are two lines; the last end is as it was.
    let served = Served::new(sandbox(rows()).always(Quirk::NoFinalNewline));
    let outcome = results(served.base_url(), &["--status", "completed", "-o", "raw"]);
    let all = files.concat();
    assert_eq!(outcome.stdout.as_bytes(), &all[..all.len() - 1]);

    // A file that was deleted does not cost the other one.
    let script = Script::new().on(2, Fault::status(404));
    let served = Served::new(sandbox(rows()).script(script));
    let outcome = results(served.base_url(), &["batch_1", "-o", "raw"]);
    assert_eq!(outcome.code, 9, "{outcome}");
    assert_eq!(outcome.stdout.as_bytes(), files[1]);
}

/// Whatever stands in a body, it is one line, and a terminal gets nothing to act upon.
#[test]
fn bodies_are_passed_on_as_they_are() {
    let body = "{ \"n\":1.10000000000000000001,\t\"z\": \"\u{202e}\u{7f}夜\", \"a\":[]\r}";
    let line = format!(
        "{{\"custom_id\":\"\u{9b}1\",\"response\":{{\"status_code\":201,\"body\":{body}}}}}\n"
    );
    let row = ended(1, "completed", 1, 1).set("output_file_id", "out");
    let served = Served::new(sandbox([row]).file("out", line));
    let outcome = results(served.base_url(), &["1"]);
    let expected = "{\"custom_id\":\"\\u009b1\",\"ok\":true,\"status\":201,\"error\":null,\"body\":{ \
                    \"n\":1.10000000000000000001, \"z\": \"\\u202e\\u007f夜\", \"a\":[] }}\n";
    assert_eq!(outcome.stdout, expected);
}

/// The key is in no line, even if a service sends it back.
#[test]
fn no_line_brings_the_key_out() {
    let escaped: String = KEY
        .chars()
        .map(|it| format!("\\u{:04x}", u32::from(it)))
        .collect();
    let files = [KEY, &escaped].map(|key| {
        format!(
            "{{\"custom_id\":\"{key}\",\"response\":{{\"status_code\":200}}}}\n\
             {{\"custom_id\":\"a\",\"response\":{{\"status_code\":200,\"body\":{{\"{key}\":\"{key}\"}}}}}}\n\
             {{\"custom_id\":\"b\",\"response\":null,\"error\":{{\"code\":\"{key}\",\"message\":\"{key}\"}}}}\n"
        )
    });
    for text in files {
        let row = ended(1, "completed", 3, 3).set("output_file_id", "out");
        let served = Served::new(sandbox([row]).file("out", text));
        // `Outcome` looks for the key as it stands.
        let outcome = results(served.base_url(), &["batch_1"]);
        assert_eq!(lines(&outcome).len(), 2, "{outcome}");
        let shown = format!("{}{}", outcome.stdout, outcome.stderr);
        assert!(!shown.contains("u0073"), "{outcome}");
        assert_eq!(outcome.stdout.matches("***").count(), 4, "{outcome}");
    }
    // Nested deeper than what is read as a value.
    let body = "[".repeat(200) + &format!("\"{KEY}\"") + &"]".repeat(200);
    let text =
        format!("{{\"custom_id\":\"a\",\"response\":{{\"status_code\":200,\"body\":{body}}}}}\n");
    let row = ended(1, "completed", 1, 1).set("output_file_id", "out");
    let served = Served::new(sandbox([row]).file("out", text));
    let outcome = results(served.base_url(), &["batch_1"]);
    assert!(outcome.stdout.contains("[[\"***\"]]"), "{outcome}");
}

#[test]
fn what_cannot_be_is_said_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "{}").expect("a file");
    let file = file.to_str().expect("UTF-8");
    let under = format!("{file}/below");
    let url = "https://127.0.0.1:1/compatible-mode/v1";
    for (args, code, says) in [
        (&[][..], 2, "error: no batch is named"),
        (&["1", "--status", "completed"], 2, "cannot be used with"),
        (&["1", "-n", "3"], 2, "cannot be used with"),
        (&["1", "--failed", "--dir", "d"], 2, "cannot be used with"),
        (&["1", "--failed", "-o", "raw"], 2, "cannot be used with"),
        (
            &["1", "--retry-input", file, "-o", "raw"],
            2,
            "cannot be used with",
        ),
        (
            &["1", "--retry-input", file, "--dir", "d"],
            2,
            "cannot be used with",
        ),
        (&["1", "--dir", file], 2, "not a folder"),
        (&["1", "--dir", &under], 1, "error: "),
        (&["1", "--retry-input", &under], 2, "cannot be read"),
        (
            &["1", "--retry-input", file],
            2,
            "line 1 is not a request with a `custom_id`",
        ),
    ] {
        let outcome = results(url, args);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (code, ""),
            "{args:?}: {outcome}"
        );
        assert!(outcome.stderr.contains(says), "{args:?}: {outcome}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_stdout_that_takes_nothing() {
    let served = Served::rows([ended(1, "completed", 30, 30)]);
    let url = served.base_url();
    for args in [
        &["show", "1"][..],
        &["results", "1"],
        &["results", "1", "-o", "raw"],
    ] {
        let run = |stdout: Stdio| {
            let mut command = with_key(&[args, &["--base-url", url]].concat());
            command.stdout(stdout).stderr(Stdio::piped());
            Outcome::new(&command.output().expect("it runs"))
        };
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let outcome = run(writer.into());
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (141, ""),
            "{args:?}"
        );
        let full = fs::File::options().write(true).open("/dev/full");
        let outcome = run(full.expect("every Linux has it").into());
        let start = "error: cannot write to stdout";
        assert!(
            outcome.code == 1 && outcome.stderr.starts_with(start),
            "{outcome}"
        );
    }
}

/// What has arrived is printed while the rest is awaited, and a terminal shows how much that is.
#[cfg(unix)]
#[test]
fn progress_is_for_terminals() {
    use crate::pty::Terminal;

    for quiet in [false, true] {
        let script = Script::new().on(
            2,
            Fault::Stall {
                after: qwen_batches_sandbox::Sent::Body(2_000),
                for_ms: None,
            },
        );
        let served = Served::new(sandbox([ended(1, "completed", 30, 30)]).script(script));
        let mut args = vec!["results", "batch_1", "--base-url", served.base_url()];
        args.extend(quiet.then_some("-q"));
        let out = tempfile::NamedTempFile::new().expect("a file");
        let file = out.reopen().expect("a file");
        let mut terminal = Terminal::start_with(with_key(&args), 10, 100, |it| it.stdout(file));
        if quiet {
            served.wait_for_stall();
        } else {
            terminal.wait_for_text("batch_1: 4 results so far");
        }
        let printed = fs::read_to_string(out.path()).expect("results");
        assert!(quiet || printed.lines().count() == 4, "{printed}");
        served.release();
        let left = terminal.finish();
        assert_eq!((left.code, left.lines.len()), (0, 0), "{left}");
        assert_eq!(left.raw.is_empty(), quiet, "{left}");
    }
}
