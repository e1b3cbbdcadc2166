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

#[test]
fn it_says_where_it_serves_and_does_so() {
    let child = bare(&["sandbox", "--batches", "120", "--seed", "7"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary runs");
    let mut serving = Serving(child);
    let stdout = serving.0.stdout.take().expect("a pipe");
    let mut line = String::new();
    let read = BufReader::new(stdout).read_line(&mut line);
    read.expect("a line");

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
