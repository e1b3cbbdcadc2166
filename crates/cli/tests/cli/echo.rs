//! A service that writes the key into everything that it sends gets it into no output.

use qwen_batches_sandbox::{BatchRow, Fault, Sandbox, Script};
use serde_json::{Value, json};

use crate::support::{FORMATS, KEY, Outcome, Served, hours_old, with_key};
use crate::wire::{Response, Wire};

/// Each command, in each of its formats.
const COMMANDS: [&[&str]; 17] = [
    &["list"],
    &["list", "--output", "json"],
    &["list", "--output", "jsonl"],
    &["list", "--output", "csv"],
    &["list", "--output", "ids"],
    &["list", "--output", "json", "--show-secrets"],
    &[
        "list",
        "--output",
        "csv",
        "--show-secrets",
        "--columns",
        "name,endpoint,output_file_id",
    ],
    &["show", "batch_1"],
    &["show", "batch_1", "--output", "json"],
    &["show", "batch_1", "--show-secrets"],
    &["summary"],
    &["summary", "--output", "json"],
    &["watch", "--interval", "10ms", "--status", "failed"],
    &[
        "watch",
        "--interval",
        "10ms",
        "--status",
        "failed",
        "--output",
        "jsonl",
    ],
    &["doctor"],
    &["doctor", "--output", "json"],
    &["doctor", "--try-other-region"],
];

/// The key as a service may write it.
fn echoes() -> Vec<String> {
    let each = |write: fn(u32) -> String| KEY.chars().map(|it| write(it.into())).collect();
    vec![
        KEY.to_owned(),
        KEY.to_uppercase(),
        each(|code| format!("\\u{code:04x}")),
        each(|code| format!("%{code:02X}")),
        each(|code| format!("%25{code:02X}")),
        each(|code| format!("&#{code};")),
        each(|code| format!("&#x{code:x};")),
        each(|code| format!("{code:02x}")),
        format!("Bearer {KEY}"),
    ]
}

/// A row that says so in every place, `n` hours old.
fn failed(n: i64, echo: &str) -> BatchRow {
    let error = json!({ "code": echo, "message": format!("bad {echo}"), "param": echo, "line": 1 });
    hours_old(n)
        .status("failed")
        .name(echo)
        .input_file_id(echo)
        .set("output_file_id", echo)
        .set("endpoint", echo)
        .set("errors", json!({ "object": "list", "data": [error] }))
        .set("note", json!({ echo: [echo] }))
        // With this flaw a row is read member by member.
        .set(
            "request_counts",
            [
                json!({ "total": 1, "completed": 0, "failed": 1 }),
                json!("?"),
            ][n as usize % 2]
                .clone(),
        )
}

/// What no output holds: the key in any case, and what was sent in its place.
fn assert_hidden(outcome: &Outcome, echo: &str, what: &str) {
    let text = format!("{}{}", outcome.stdout, outcome.stderr).to_lowercase();
    for secret in [KEY, echo, "0123456789abcdef", &echo.replace('\\', "\\\\")] {
        assert!(!text.contains(&secret.to_lowercase()), "{what}: {outcome}");
    }
}

fn run(base_url: &str, command: &[&str], log: &str) -> Outcome {
    let all = [command, &["--base-url", base_url]].concat();
    let mut command = with_key(&all);
    command
        .env("RUST_LOG", log)
        .env("QWEN_BATCHES_NOW", "2025-03-07T00:00:00Z");
    Outcome::of(command)
}

#[test]
fn no_row_brings_the_key_out() {
    let rows: Vec<BatchRow> = (1..)
        .zip(echoes())
        .map(|(n, echo)| failed(n, &echo))
        .collect();
    let mut script = Script::new();
    for (n, echo) in echoes().into_iter().enumerate() {
        let row = failed(1, &echo).set("created_at", &*echo).set(&echo, 1);
        let row = row.build();
        script = script.on(
            1..,
            Fault::BadRow {
                at: rows.len() + 1 + n,
                row,
            },
        );
    }
    let spare = (20..20 + rows.len() as i64).map(|n| hours_old(n).status("failed"));
    let rows: Vec<BatchRow> = rows.into_iter().chain(spare).collect();
    let sandbox = Served::new(Sandbox::builder().rows(rows).script(script));
    for command in COMMANDS {
        let outcome = run(sandbox.base_url(), command, "trace");
        for echo in echoes() {
            assert_hidden(&outcome, &echo, &command.join(" "));
        }
    }
}

#[test]
fn no_error_brings_the_key_out() {
    for echo in echoes() {
        let body: Value =
            json!({ "error": { "code": echo, "message": format!("no {echo}"), "type": echo } });
        for command in ["list", "show x", "summary", "watch", "doctor"] {
            let responses = (0..45).map(|_| {
                let headers = [
                    format!("x-request-id: {echo}"),
                    format!("location: https://h.example/{echo}"),
                    format!("ratelimit-policy: {echo}"),
                    "content-type: application/json".to_owned(),
                ];
                Response::new(
                    "401 Unauthorized",
                    &headers.each_ref().map(String::as_str),
                    body.to_string(),
                )
            });
            let wire = Wire::serve(responses.collect());
            let words: Vec<&str> = command.split(' ').collect();
            let outcome = run(wire.base_url(), &words, "trace");
            assert_ne!(outcome.code, 0, "{outcome}");
            assert_hidden(&outcome, &echo, command);
        }
    }
}

/// What is no secret but a word stays, even if somebody's key is such a word.
#[test]
fn a_key_that_is_a_word_eats_no_words() {
    let sandbox = Served::rows([hours_old(1).name("batch of a batch")]);
    for command in [&["doctor"] as &[&str], &["list"]] {
        let run = |key: &str| {
            let all = [command, &["--base-url", sandbox.base_url()]].concat();
            let mut command = with_key(&all);
            command.env("DASHSCOPE_API_KEY", key);
            Outcome::of(command)
        };
        let (usual, short) = (run(KEY), run("batch"));
        let lines = |outcome: &Outcome| -> Vec<String> {
            let lines = outcome.stdout.lines().filter(|line| !line.contains(" ms"));
            lines.map(str::to_owned).collect()
        };
        assert_eq!(lines(&usual), lines(&short), "{short}");
        let warnings = short
            .stderr
            .matches("cannot be kept out of everything")
            .count();
        assert_eq!(warnings, 1, "{short}");
        assert_eq!(usual.stderr, "", "{usual}");
    }
}

/// An URL's query is a secret wherever it stands, unless it is asked for.
#[test]
fn no_query_is_shown_wherever_its_url_stands() {
    let url = "https://h.example/in.jsonl?Signature=hush";
    let sandbox = Served::rows([failed(1, url)]);
    for command in COMMANDS {
        let outcome = run(sandbox.base_url(), command, "trace");
        let text = format!("{}{}", outcome.stdout, outcome.stderr);
        let is_asked_for = command.contains(&"--show-secrets");
        assert_eq!(
            text.contains("hush"),
            is_asked_for,
            "{command:?}: {outcome}"
        );
    }
    for format in FORMATS {
        let outcome = run(sandbox.base_url(), &["list", "--output", format], "warn");
        assert_eq!(outcome.code, 0, "{outcome}");
    }
}
