//! `results --retry-input`: the lines of an input that are to be submitted again.

use std::fs;

use qwen_batches_sandbox::{Fault, Quirk, Sandbox, SandboxBuilder, Script};
use serde_json::json;

use crate::results::{ended, results};
use crate::support::{Outcome, Served, hours_old};

/// A line of an input, as the sandbox names its requests.
fn request(n: u64) -> String {
    let body = json!({ "model": "qwen-plus", "messages": [{ "role": "user", "content": n }] });
    format!("{{\"custom_id\":\"request-{n}\" ,\"method\":\"POST\",\"body\":{body}}}\n")
}

fn input(numbers: impl IntoIterator<Item = u64>) -> String {
    numbers.into_iter().map(request).collect()
}

fn retry(builder: SandboxBuilder, ids: &[&str], input: impl AsRef<[u8]>) -> Outcome {
    let served = Served::new(builder);
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), input).expect("an input");
    let path = file.path().to_str().expect("UTF-8");
    let mut outcome = results(served.base_url(), &[ids, &["--retry-input", path]].concat());
    outcome.stderr = outcome.stderr.replace(path, "FILE");
    outcome
}

fn one(total: u64, completed: u64) -> SandboxBuilder {
    Sandbox::builder().rows([ended(1, "completed", total, completed)])
}

#[test]
fn three_failed_of_a_thousand_are_these_three_lines() {
    let outcome = retry(one(1_000, 997), &["batch_1"], input(1..=1_000));
    assert_eq!(
        outcome.stdout,
        input([334, 667, 1_000]),
        "{}",
        outcome.stderr
    );
    let note = "note: 3 of 1000 requests to submit again: 3 failed, 0 without a result\n";
    assert_eq!((outcome.code, outcome.stderr.as_str()), (8, note));

    // Wherever the service puts them, and however it counts them.
    let again = retry(
        one(1_000, 997).always(Quirk::FailedInOutput),
        &["batch_1"],
        input(1..=1_000),
    );
    assert_eq!((again.code, again.stdout), (8, outcome.stdout));
    let none = retry(one(1_000, 1_000), &["batch_1"], input(1..=1_000));
    assert_eq!((none.code, none.stdout.as_str()), (0, ""), "{none}");
}

/// Those that never ran count, whether they have a line or not, and those that a later batch has
/// brought do not.
#[test]
fn of_whatever_has_not_succeeded_anywhere() {
    let expired = || Sandbox::builder().rows([ended(1, "expired", 10, 7)]);
    for builder in [expired(), expired().always(Quirk::OmitsUnrun)] {
        let outcome = retry(builder, &["batch_1"], input(1..=10));
        assert_eq!((outcome.code, outcome.stdout), (8, input([4, 7, 10])));
    }
    let second: String = [4, 7, 10]
        .map(|n| {
            let id = format!("request-{n}");
            let status = if n == 7 { 500 } else { 200 };
            let response = json!({ "status_code": status, "body": {} });
            json!({ "custom_id": id, "response": response }).to_string() + "\n"
        })
        .concat();
    let two = Sandbox::builder()
        .rows([
            ended(1, "completed", 3, 3).set("output_file_id", "second"),
            ended(2, "expired", 10, 7),
        ])
        .file("second", second);
    let outcome = retry(two, &["batch_1", "2"], input(1..=10));
    assert_eq!((outcome.code, outcome.stdout), (8, input([7])));
    // Of a batch that was refused, or that lost a line, all that has no result.
    let refused = Sandbox::builder().rows([hours_old(1).status("failed")]);
    let outcome = retry(refused, &["batch_1"], input(1..=3));
    assert_eq!((outcome.code, outcome.stdout), (8, input(1..=3)));
    let bad = Fault::BadRow {
        at: 2,
        row: json!("?"),
    };
    let outcome = retry(
        one(3, 3).script(Script::new().on(2, bad)),
        &["batch_1"],
        input(1..=3),
    );
    assert!(
        outcome.stderr.contains("line 2 of the output file"),
        "{outcome}"
    );
    assert_eq!((outcome.code, outcome.stdout), (8, input([2])));
}

/// Who submitted requests again whose results may yet come would pay for them twice.
#[test]
fn nothing_is_written_while_results_may_come() {
    let running = Sandbox::builder().rows([hours_old(1).status("in_progress")]);
    let late = Sandbox::builder()
        .rows([ended(1, "completed", 3, 2).set("output_file_id", serde_json::Value::Null)]);
    let gone = one(3, 2).script(Script::new().on(2, Fault::status(404)));
    let cut = one(30, 30).script(Script::new().on(2.., Fault::cut_body(5_000)));
    for (builder, code) in [(running, 9), (late, 9), (gone, 9), (cut, 1)] {
        let outcome = retry(builder, &["batch_1", "--max-retries", "0"], input(1..=3));
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (code, ""),
            "{outcome}"
        );
        assert!(outcome.stderr.contains("no line was written"), "{outcome}");
    }
}

#[test]
fn nothing_is_written_of_no_batch() {
    let outcome = retry(one(3, 2), &["--name", "of none"], input(1..=3));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    let error = "error: no line was written: no batch was found\n";
    assert!(outcome.stderr.ends_with(error), "{outcome}");
}

#[test]
fn lines_come_out_as_they_stand() {
    let (first, last) = (request(1), request(3));
    let windows = |text: &str| text.replace('\n', "\r\n");
    for (text, expected) in [
        // In the order of the input.
        (input([3, 1, 2]), input([3, 1])),
        // The last one without its end, blank lines left out, a byte order mark as well.
        (
            format!("\n{first}  \r\n\n{}{}", request(2), last.trim_end()),
            format!("{first}{}", last.trim_end()),
        ),
        (format!("\u{feff}{}", input(1..=3)), input([1, 3])),
        (windows(&input(1..=3)), windows(&input([1, 3]))),
        (
            first.replace("request-1", "request-\\u0031") + &request(2),
            first.replace("request-1", "request-\\u0031"),
        ),
    ] {
        let lines = [1, 3].map(|n| json!({ "custom_id": format!("request-{n}"), "response": null, "error": { "code": "x" } }));
        let has_three = text.contains("request-3");
        let lines = lines.iter().take(if has_three { 2 } else { 1 });
        let second = json!({ "custom_id": "request-2", "response": { "status_code": 200 } });
        let file: String = lines
            .chain([&second])
            .map(|line| format!("{line}\n"))
            .collect();
        let row = ended(1, "completed", 0, 0)
            .set("output_file_id", "out")
            .set("request_counts", json!(null));
        let outcome = retry(
            Sandbox::builder().rows([row]).file("out", file),
            &["batch_1"],
            &text,
        );
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (8, expected.as_str()),
            "{text:?}: {}",
            outcome.stderr
        );
    }
}

#[test]
fn an_input_that_is_not_that_of_the_batch() {
    let long = format!("{{\"custom_id\":\"{}\"}}", "x".repeat(8 << 20));
    for (text, says) in [
        (
            input(1..=2) + "{\n",
            "FILE: line 3 is not a request with a `custom_id`: EOF",
        ),
        (
            input(1..=2) + "[]\n",
            "line 3 is not a request with a `custom_id`",
        ),
        (
            input(1..=2) + "{\"custom_id\":3}",
            "line 3 is not a request with a `custom_id`",
        ),
        (
            input([1, 2, 1]),
            "line 3 has the `custom_id` of line 1: request-1",
        ),
        (input([1]) + &long, "line 2 is longer than 8388608 bytes"),
        (
            input(3..=6),
            "not the input of these batches: 2 of their results have a `custom_id` that it does not have",
        ),
        (
            input(1..=5),
            "not the input of these batches: it has 5 requests, and they have 4",
        ),
        (String::new(), "not the input of these batches"),
    ] {
        let outcome = retry(one(4, 3), &["batch_1"], text);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
        assert!(outcome.stderr.contains(says), "{outcome}");
        assert!(
            outcome.stderr.starts_with("error: --retry-input FILE: "),
            "{outcome}"
        );
    }
}
