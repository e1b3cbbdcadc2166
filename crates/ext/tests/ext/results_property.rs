//! Any files, any faults, any cuts, killed and resumed: every request comes out once, with its own
//! outcome, or the error says what is missing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use qwen_batches::{
    Batch, Client, Error, ErrorKind, ResultFile, ResultLine, ResultsCheckpoint, RetryPolicy,
};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::files::drain;
use crate::results::batch;
use crate::support::{FakeClock, builder, read_head};

/// What stands in a file of the property, a line each.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Succeeds,
    Fails,
    FailsWithoutResponse,
    Blank,
    /// The line before once more.
    Again,
    /// Another line for the request before.
    Contradicts,
    BadBytes,
    TooLong,
}

/// How a response says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Chunked,
    Length,
    /// It does not: a cut is an end like any other.
    Closed,
}

#[derive(Clone, Debug)]
struct Case {
    files: [Vec<Kind>; 2],
    /// Whether the files end without an end of the line.
    torn: bool,
    ranges: bool,
    framing: Framing,
    /// Requests from 1, and what goes wrong: 503, 429, or a cut behind so many bytes.
    faults: Vec<(usize, u8, usize)>,
    /// After so many lines the program is killed, and another resumes.
    kills: Vec<usize>,
    /// From this request on the files are others, if ever.
    changes: Option<usize>,
    seed: usize,
}

fn cases() -> impl Strategy<Value = Case> {
    use Kind::{
        Again, BadBytes, Blank, Contradicts, Fails, FailsWithoutResponse, Succeeds, TooLong,
    };
    let kind = || {
        prop_oneof![
            6 => Just(Succeeds),
            2 => Just(Fails),
            2 => Just(FailsWithoutResponse),
            1 => prop::sample::select(vec![Blank, Again, Contradicts, BadBytes, TooLong]),
        ]
    };
    let file = || prop::collection::vec(kind(), 0..12);
    let faults = prop::collection::vec((1..12_usize, 0..5_u8, 0..1500_usize), 0..6);
    let kills = prop::collection::vec(0..8_usize, 0..4);
    let changes = prop_oneof![4 => Just(None), 1 => (2..6_usize).prop_map(Some)];
    let framing = prop::sample::select(vec![Framing::Chunked, Framing::Length, Framing::Closed]);
    let switches = (any::<bool>(), any::<bool>(), framing, 0..1000_usize);
    ([file(), file()], switches, faults, kills, changes).prop_map(
        |(files, (torn, ranges, framing, seed), faults, kills, changes)| Case {
            files,
            torn,
            ranges,
            framing,
            faults,
            kills,
            changes,
            seed,
        },
    )
}

/// What is to come out of a file: by `custom_id`, whether the request succeeded and what stands for
/// its content.
#[derive(Clone, Debug, Default, PartialEq)]
struct Expected {
    outcomes: BTreeMap<String, (bool, String)>,
    unreadable: u64,
    conflicts: u64,
}

/// The text of a file, and what is expected of it.
fn write(case: &Case, file: usize, version: &str, expected: &mut Expected) -> Vec<u8> {
    let mut text: Vec<Vec<u8>> = Vec::new();
    let mut last: Option<(String, Vec<u8>)> = None;
    for (n, kind) in case.files[file].iter().enumerate() {
        let id = format!("{file}-{n}-{}", case.seed);
        let content = format!("{version}{}", "x".repeat((case.seed * (n + 3)) % 130));
        let succeeds = json!({ "custom_id": id, "response": { "status_code": 200, "body": content }, "error": null });
        let line = match kind {
            Kind::Succeeds => Some((true, succeeds)),
            Kind::Fails => Some((
                false,
                json!({ "custom_id": id, "error": null,
                "response": { "status_code": 400, "body": { "error": { "message": content } } } }),
            )),
            Kind::FailsWithoutResponse => Some((
                false,
                json!({ "custom_id": id, "response": null,
                "error": { "error_code": "late", "error_message": content } }),
            )),
            Kind::Blank => {
                text.push(b" \r".to_vec());
                None
            }
            Kind::Again | Kind::Contradicts => {
                if let Some((id, line)) = &last {
                    let mut line = line.clone();
                    if matches!(kind, Kind::Contradicts) {
                        line = json!({ "custom_id": id, "error": "other" })
                            .to_string()
                            .into_bytes();
                        expected.conflicts += 1;
                    }
                    text.push(line);
                }
                None
            }
            Kind::BadBytes => {
                expected.unreadable += 1;
                text.push(b"{\"custom_id\":\"\xFF".to_vec());
                None
            }
            Kind::TooLong => {
                expected.unreadable += 1;
                text.push(vec![b'y'; 900]);
                None
            }
        };
        if let Some((is_ok, line)) = line {
            let line = line.to_string().into_bytes();
            expected.outcomes.insert(id.clone(), (is_ok, content));
            last = Some((id, line.clone()));
            text.push(line);
        }
    }
    let mut text = text
        .iter()
        .map(|line| [line, &b"\n"[..]].concat())
        .collect::<Vec<_>>()
        .concat();
    if case.torn {
        text.pop();
    }
    text
}

fn outcome(line: &ResultLine) -> (bool, String) {
    match &line.result {
        Ok(body) => (true, body.json().expect("a string")),
        Err(failed) => (false, failed.message.clone().unwrap_or_default()),
    }
}

/// Reads as a program does that is killed again and again: what came out, and how it ended.
async fn run(case: &Case, client: &Client, batch: &Batch) -> (Vec<ResultLine>, Option<Error>) {
    let mut kills = case.kills.iter();
    let mut read = Vec::new();
    let mut checkpoint: Option<String> = None;
    loop {
        let mut results = client.results(batch).max_line_bytes(800);
        if let Some(word) = checkpoint.take() {
            let word: ResultsCheckpoint = word.parse().expect("a checkpoint");
            results = results.resume(word);
        }
        let mut lines = results.lines();
        let mut left = kills.next().copied();
        loop {
            if left == Some(0) {
                break;
            }
            match lines.next().await {
                Some(Ok(line)) => {
                    read.push(line);
                    left = left.map(|left| left - 1);
                }
                Some(Err(error)) if error.is_retryable() => {}
                Some(Err(error)) => return (read, Some(error)),
                // Three errors in a row, or the end.
                None if lines.checkpoint().is_some_and(|it| it.has_ended()) => return (read, None),
                None => break,
            }
        }
        checkpoint = lines.checkpoint().map(|it| it.to_string());
    }
}

/// Serves both files, in two versions, with the faults of a case.
async fn serve(listener: TcpListener, case: Case, versions: [[Vec<u8>; 2]; 2]) {
    for n in 1.. {
        let Ok((mut stream, _)) = listener.accept().await else {
            return;
        };
        let head = read_head(&mut stream).await;
        let version = usize::from(case.changes.is_some_and(|first| n >= first));
        let file = usize::from(head.contains("/files/err/"));
        let response = response(&case, n, &head, (version, file), &versions[version][file]);
        // The client may have gone; that is its right.
        let _ = stream.write_all(&response).await;
        let _ = stream.shutdown().await;
    }
}

/// What is sent, as far as it is.
fn response(case: &Case, n: usize, head: &str, key: (usize, usize), text: &[u8]) -> Vec<u8> {
    let tag = format!("\"{key:?}\"");
    let range = head.split_once("\r\nrange: bytes=").filter(|_| case.ranges);
    let from = range.and_then(|(_, rest)| rest.split_once('-')?.0.parse::<usize>().ok());
    let from = from.filter(|_| head.contains(&format!("\r\nif-range: {tag}\r\n")));
    let fault = case
        .faults
        .iter()
        .find(|fault| fault.0 == n)
        .map(|fault| (fault.1, fault.2));
    let (status, start) = match (fault, from) {
        (Some((0, _)), _) => (503, text.len()),
        (Some((1, _)), _) => (429, text.len()),
        (_, Some(from)) if from >= text.len() => (416, text.len()),
        (_, Some(from)) => (206, from),
        (_, None) => (200, 0),
    };
    let body = &text[start..];
    let mut sent = format!("HTTP/1.1 {status} Status\r\nconnection: close\r\n");
    if case.ranges {
        let part = match status {
            416 => "*".to_owned(),
            _ => format!("{start}-{}", text.len()),
        };
        let length = text.len();
        sent += &format!("etag: {tag}\r\ncontent-range: bytes {part}/{length}\r\n");
    }
    let mut sent = match case.framing {
        Framing::Chunked => sent + "transfer-encoding: chunked\r\n\r\n",
        Framing::Length => sent + &format!("content-length: {}\r\n\r\n", body.len()),
        Framing::Closed => sent + "\r\n",
    }
    .into_bytes();
    let end = match fault {
        Some((2.., bytes)) => bytes % (body.len() + 1),
        _ => body.len(),
    };
    match case.framing {
        Framing::Chunked => {
            for part in body[..end].chunks(97) {
                sent.extend_from_slice(format!("{:x}\r\n", part.len()).as_bytes());
                sent.extend_from_slice(part);
                sent.extend_from_slice(b"\r\n");
            }
            if !matches!(fault, Some((2.., _))) {
                sent.extend_from_slice(b"0\r\n\r\n");
            }
        }
        Framing::Length | Framing::Closed => sent.extend_from_slice(&body[..end]),
    }
    sent
}

/// Each file as its bytes: all of one version, or the beginning of one and an error.
async fn check_bytes(case: Case) -> Result<(), TestCaseError> {
    let versions = ["old", "new"]
        .map(|version| [0, 1].map(|file| write(&case, file, version, &mut Expected::default())));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base_url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let server = tokio::spawn(serve(listener, case.clone(), versions.clone()));
    let clock = FakeClock::default();
    let client = builder(&base_url, &clock).retry(RetryPolicy::default().max_retries(1));
    let client = client.build().expect("a client");
    let hides_cuts = case.framing == Framing::Closed && case.faults.iter().any(|it| it.1 >= 2);
    for (file, id) in ["out", "err"].into_iter().enumerate() {
        let (read, error) = drain(client.file(id).chunks()).await;
        let may_be = versions
            .iter()
            .take(1 + usize::from(case.changes.is_some()));
        let mut may_be = may_be.map(|version| &version[file]);
        match error {
            None if !hides_cuts => prop_assert!(may_be.any(|it| *it == read)),
            Some(error) if error.kind() == ErrorKind::FileChanged => {
                prop_assert!(case.changes.is_some() || hides_cuts, "{error}");
                prop_assert!(may_be.any(|it| it.starts_with(&read)));
            }
            Some(error) => {
                prop_assert!(error.is_retryable(), "{error}");
                prop_assert!(may_be.any(|it| it.starts_with(&read)));
            }
            None => prop_assert!(may_be.any(|it| it.starts_with(&read))),
        }
    }
    server.abort();
    Ok(())
}

async fn check(case: Case) -> Result<(), TestCaseError> {
    let (mut old, mut new) = (Expected::default(), Expected::default());
    let texts = [0, 1].map(|file| write(&case, file, "old", &mut old));
    let changed = [0, 1].map(|file| write(&case, file, "new", &mut new));
    let total = old.outcomes.len() + old.unreadable as usize;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base_url = format!("http://{}/v1", listener.local_addr().expect("an address"));
    let server = tokio::spawn(serve(listener, case.clone(), [texts, changed]));
    let clock = FakeClock::default();
    let client = builder(&base_url, &clock).retry(RetryPolicy::default().max_retries(1));
    let client = client.build().expect("a client");
    let batch = batch(total, Some("out"), Some("err"));
    let (lines, end) = run(&case, &client, &batch).await;
    server.abort();

    let mut outcomes = BTreeMap::new();
    for line in &lines {
        let first = outcomes
            .insert(line.custom_id.clone(), outcome(line))
            .is_none();
        prop_assert!(first, "twice: {}", line.custom_id);
        prop_assert_eq!(
            line.file == ResultFile::Error,
            line.custom_id.starts_with('1')
        );
    }
    // An end that HTTP does not show can be seen by the counts alone, or by what was there before.
    let hides_cuts = case.framing == Framing::Closed && case.faults.iter().any(|it| it.1 >= 2);
    let kind = end.as_ref().map(Error::kind);
    if kind == Some(ErrorKind::FileChanged) {
        prop_assert!(case.changes.is_some() || hides_cuts, "{end:?}");
        return Ok(());
    }
    let of = |all: &BTreeMap<String, (bool, String)>, file: char| -> BTreeMap<_, _> {
        let own = all.iter().filter(|(id, _)| id.starts_with(file));
        own.map(|(id, outcome)| (id.clone(), outcome.clone()))
            .collect()
    };
    let report = end.as_ref().and_then(Error::results_report);
    let missing = report.and_then(|it| it.missing()).unwrap_or_default();
    for file in ['0', '1'] {
        let (found, old) = (of(&outcomes, file), of(&old.outcomes, file));
        let new = of(&new.outcomes, file);
        let is_part = |of: &BTreeMap<_, _>| found.iter().all(|(id, it)| of.get(id) == Some(it));
        let is_whole = found == old || (case.changes.is_some() && found == new);
        let says = missing > 0 || report.is_some_and(|it| it.unreadable_lines > 0);
        let is_stated = hides_cuts && says && (is_part(&old) || is_part(&new));
        prop_assert!(is_whole || is_stated, "{found:?} {old:?} {end:?}");
    }
    if let Some(end) = &end {
        prop_assert_eq!(end.kind(), ErrorKind::IncompleteResults, "{}", end);
        let report = report.expect("a report");
        prop_assert_eq!(missing, total as i64 - report.lines() as i64);
        if !hides_cuts {
            prop_assert_eq!(report.unreadable_lines, old.unreadable);
            prop_assert_eq!(report.conflicting_lines, old.conflicts);
            prop_assert!(old.unreadable + old.conflicts > 0, "{end}");
        }
    } else {
        prop_assert_eq!((old.unreadable, old.conflicts), (0, 0));
        prop_assert_eq!(outcomes.len(), total);
    }
    Ok(())
}

#[test]
fn every_request_comes_once_with_its_own_outcome_or_the_error_says_what_is_missing() {
    try_cases(check);
}

#[test]
fn the_bytes_of_a_file_are_those_of_one_content_or_the_error_says_so() {
    try_cases(check_bytes);
}

/// `RESULTS_CASES=20000 cargo test` tries more.
fn try_cases<F: Future<Output = Result<(), TestCaseError>>>(check: impl Fn(Case) -> F) {
    let cases_to_try = std::env::var("RESULTS_CASES")
        .ok()
        .and_then(|it| it.parse().ok());
    let config = ProptestConfig {
        cases: cases_to_try.unwrap_or(300),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7),
        ..ProptestConfig::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let result = runner.run(&cases(), |case| runtime.block_on(check(case)));
    result.unwrap_or_else(|error| panic!("{error}"));
}
