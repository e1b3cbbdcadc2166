//! `qwen-batches sandbox`

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use crate::support::{Outcome, bare, list};

/// Ends with the test, however that ends.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the command; gives the first line that it prints.
fn serve(args: &[&str]) -> (Serving, String) {
    let child = bare(&[&["sandbox"], args].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut serving = Serving(child);
    let stdout = serving.0.stdout.take().expect("a pipe");
    let mut line = String::new();
    let read = BufReader::new(stdout).read_line(&mut line);
    read.expect("a line");
    (serving, line)
}

#[test]
fn it_says_where_it_serves_and_does_so() {
    let (_serving, line) = serve(&["--batches", "120", "--seed", "7"]);
    let url = line.trim_end();
    let port = url
        .strip_prefix("http://127.0.0.1:")
        .and_then(|rest| rest.strip_suffix("/compatible-mode/v1"));
    let port: u16 = port.and_then(|port| port.parse().ok()).expect(url);
    assert_ne!(port, 0);
    assert_eq!(list(url, &["--output", "ids"]).lines().len(), 120);
    assert_eq!(list(url, &["--status", "completed"]).code, 0);
}

#[test]
fn it_stands_in_for_other_servers() {
    for (dialect, path) in [
        ("qwen", "/compatible-mode/v1"),
        ("openai", "/v1"),
        ("azure", "/openai/v1"),
    ] {
        let (_serving, line) = serve(&["--dialect", dialect]);
        assert!(line.trim_end().ends_with(path), "{line}");
    }
}

#[test]
fn it_misbehaves_on_request() {
    let fault = r#"{"ignore_filters": {"filters": ["status"]}}"#;
    let (_serving, line) = serve(&["--batches", "40", "--fault", fault]);
    let all = list(line.trim_end(), &["--output", "ids"]);
    let wrong = serve_once(&["--fault", "no_such_fault"]);
    assert_eq!(all.lines().len(), 40);
    assert_eq!(wrong.code, 2, "{wrong}");
    assert!(wrong.stderr.contains("unknown variant"), "{wrong}");
}

fn serve_once(args: &[&str]) -> Outcome {
    Outcome::of(bare(&[&["sandbox"], args].concat()))
}

#[test]
fn a_port_that_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let outcome = Outcome::of(bare(&["sandbox", "--port", &port]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""));
    let start = format!("error: the sandbox did not start: cannot listen on 127.0.0.1:{port}: ");
    assert!(outcome.stderr.starts_with(&start), "{outcome}");
}

#[test]
fn more_batches_than_anybody_needs() {
    let outcome = Outcome::of(bare(&["sandbox", "--batches", "1000001"]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
}

/// A gateway's page, a pause asked for, a response cut short, and then the list: it is complete, and
/// stderr shows each step.
#[test]
fn a_script_of_faults() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.json");
    let script = r#"[
        { "on": 1, "fault": { "html": { "status": 502 } } },
        { "on": 2, "fault": { "response": { "status": 429, "headers": { "retry-after": "1" } } } },
        { "on": 3, "fault": { "cut": { "after": { "body": 100 } } } }
    ]"#;
    std::fs::write(&file, script).expect("a file");
    let file = file.to_str().expect("a path in UTF-8");
    let (_serving, line) = serve(&["--batches", "120", "--script", file]);
    let outcome = list(line.trim_end(), &["--output", "ids"]);
    let rows = outcome.stdout.lines().count();
    assert_eq!((outcome.code, rows), (0, 120), "{outcome}");
    let story: Vec<&str> = outcome.stderr.lines().collect();
    assert_eq!(story.len(), 3, "{outcome}");
    for (line, expected) in story.iter().zip([
        "502 Bad Gateway",
        "again in 1.",
        "broke before the response was complete",
    ]) {
        assert!(
            line.starts_with("warning: attempt ") && line.contains(expected),
            "{outcome}"
        );
    }
}

#[test]
fn a_script_that_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("faults.json");
    std::fs::write(&file, r#"[{ "on": 0, "fault": "sticky_cursor" }]"#).expect("a file");
    for (file, expected) in [
        (file.as_path(), "step 1"),
        (&folder.path().join("none"), "No such file"),
    ] {
        let file = file.to_str().expect("a path in UTF-8");
        let outcome = Outcome::of(bare(&["sandbox", "--script", file]));
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{outcome}"
        );
        assert!(
            outcome.stderr.starts_with("error: --script ") && outcome.stderr.contains(expected)
        );
    }
}
