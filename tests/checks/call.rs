//! The call that the generated client makes, and the requests that the client sends by it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use contract_tests::{NOW, client};
use jiff::Timestamp;
use qwen_batches::{BatchFilter, BatchStatus, InputFileId};
use qwen_batches_api as api;
use qwen_batches_conformance::{Contract, Request};
use qwen_batches_sandbox::Sandbox;

use super::evidence::Evidence;
use super::openapi::members;

const STATUSES: std::ops::Range<u16> = 200..600;

/// What the generated code of the call is.
#[derive(Debug)]
pub(crate) struct GeneratedCall {
    /// The type that its method gives.
    type_name: &'static str,
    method: String,
    path: String,
    /// Statuses of the responses that it takes for a success.
    successes: BTreeSet<u16>,
}

/// The contract has one operation, and it is the generated call.
pub(super) fn problems(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let call = &evidence.generated_call;
    let mut problems = Vec::new();
    let mut operations = 0;
    for (path, item) in members(contract.document(), "paths") {
        for (method, operation) in item.as_object().into_iter().flatten() {
            operations += 1;
            if *method != call.method || *path != call.path {
                problems.push(format!(
                    "{method} {path} is generated as {} {}",
                    call.method, call.path
                ));
            }
            let name = pascal(operation["operationId"].as_str().unwrap_or_default());
            if Some(name.as_str()) != call.type_name.rsplit("::").next() {
                problems.push(format!("{name} is generated as {}", call.type_name));
            }
            let statuses: Vec<&str> = members(operation, "responses")
                .map(|(status, _)| status)
                .collect();
            let success = |status: &u16| {
                let names = [status.to_string(), format!("{}XX", status / 100)];
                *status < 300 && names.iter().any(|name| statuses.contains(&name.as_str()))
            };
            if STATUSES.filter(success).collect::<BTreeSet<_>>() != call.successes {
                problems.push(format!(
                    "the successes among {statuses:?} are not those of the generated call"
                ));
            }
        }
    }
    if operations != 1 {
        problems.push(format!("{operations} operations, but one generated call"));
    }
    problems
}

/// Every request that the client sends is legal.
pub(super) fn emitted_are_legal(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let reports = evidence
        .emitted
        .iter()
        .map(|request| contract.check_request(request));
    reports
        .filter(|report| !report.findings.is_empty())
        .map(|report| report.to_string())
        .collect()
}

/// Lists by every filter and option alone, then by some hundred combinations, and takes from a
/// sandbox what went out.
pub(super) async fn record_emitted() -> Vec<Request> {
    let sandbox = Sandbox::builder()
        .seed(3)
        .now(NOW)
        .start()
        .await
        .expect("a sandbox");
    let client = client(sandbox.base_url());
    let mut random = fastrand::Rng::with_seed(17);
    for round in 0..300_u32 {
        // The first rounds set one thing each.
        let mut wants = |thing: u32| {
            if round < 8 {
                round == thing
            } else {
                random.bool()
            }
        };
        let set: Vec<bool> = (0..7).map(&mut wants).collect();
        let mut filter = BatchFilter::new();
        if set[0] {
            let count = random.usize(1..=BatchStatus::KNOWN.len());
            filter =
                filter.statuses(random.choose_multiple(BatchStatus::KNOWN.iter().cloned(), count));
        }
        if set[1] {
            let letters = [
                'a',
                'Z',
                '0',
                ' ',
                '+',
                '&',
                '=',
                '%',
                '/',
                '?',
                '#',
                ',',
                '夜',
                '\u{1f600}',
                '"',
            ];
            let count = random.usize(1..=100);
            filter = filter.name_contains(
                (0..count)
                    .map(|_| letters[random.usize(..letters.len())])
                    .collect::<String>(),
            );
        }
        if set[2] {
            let count = if round < 8 { 20 } else { random.usize(1..=20) };
            filter = filter.input_files((0..count).map(|n| input_file(n, &mut random)));
        }
        let instant = random.i64(NOW - 30 * 86_400..NOW);
        if set[3] {
            filter = filter.created_after(Timestamp::from_second(instant).expect("an instant"));
        }
        if set[4] {
            let later = instant + random.i64(0..86_400);
            filter = filter.created_before(Timestamp::from_second(later).expect("an instant"));
        }
        let mut list = client.list_batches(filter);
        if set[5] {
            list = list.page_size(random.u32(1..=100));
        }
        if set[6] {
            list = list.after(["batch_1", "batch/2 3", "夜"][random.usize(..3)]);
        }
        // What the sandbox makes of it is not the question here.
        let _ = list.page().await;
    }
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 300, "each combination was sent");
    let judged = |request: qwen_batches_sandbox::RecordedRequest| {
        let bare = Request::new(request.method, request.path).query(request.query);
        request
            .headers
            .into_iter()
            .fold(bare, |it, (name, value)| it.header(name, value))
    };
    requests.into_iter().map(judged).collect()
}

fn input_file(n: usize, random: &mut fastrand::Rng) -> InputFileId {
    let file = match random.u8(..3) {
        0 => format!("file-batch-{n}"),
        1 => format!("oss:ap-southeast-1:bucket/夜 {n}.jsonl"),
        _ => format!("https://bucket.example/in.jsonl?Expires={n}&Signature=x%2Fy+z"),
    };
    file.as_str().into()
}

/// Calls the generated client once for each status, without a server.
pub(super) async fn record() -> GeneratedCall {
    let transport = Arc::new(Canned::default());
    let http = reqwest::Client::new();
    let client = api::Client::new_with_client("https://host.example", http, transport.clone());
    let mut call = GeneratedCall {
        type_name: name_of_type(&client.list_batches()),
        method: String::new(),
        path: String::new(),
        successes: BTreeSet::new(),
    };
    for status in STATUSES {
        *transport.lock() = (status, String::new(), String::new());
        let result = client.list_batches().send().await;
        if !matches!(result, Err(api::Error::UnexpectedResponse(_))) {
            call.successes.insert(status);
        }
    }
    (_, call.method, call.path) = transport.lock().clone();
    call
}

/// The path of a type, without its parameters.
fn name_of_type<T>(_: &T) -> &'static str {
    let name = std::any::type_name::<T>();
    name.split('<').next().unwrap_or(name)
}

/// Responds with a status; keeps method and path of the last request.
#[derive(Debug, Default)]
struct Canned(Mutex<(u16, String, String)>);

impl Canned {
    fn lock(&self) -> std::sync::MutexGuard<'_, (u16, String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl api::Transport for Canned {
    fn prepare(&self, request: &mut reqwest::Request) {
        let mut kept = self.lock();
        kept.1 = request.method().as_str().to_lowercase();
        kept.2 = request.url().path().to_owned();
    }

    fn execute<'a>(&'a self, _: &'a reqwest::Client, _: reqwest::Request) -> api::Execution<'a> {
        let mut response = http::Response::new(reqwest::Body::from("{}"));
        *response.status_mut() = http::StatusCode::from_u16(self.lock().0).unwrap_or_default();
        Box::pin(async move { Ok(response.into()) })
    }
}

/// `list_batches` as `ListBatches`.
fn pascal(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric());
    words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        })
        .collect()
}
