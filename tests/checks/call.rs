//! The calls that the generated client makes, and the requests that the client sends by them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use contract_tests::{NOW, client};
use jiff::Timestamp;
use qwen_batches::{BatchFilter, BatchStatus, InputFileId};
use qwen_batches_api as api;
use qwen_batches_conformance::{Contract, Request};
use qwen_batches_sandbox::Sandbox;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde_json::Value;

use super::evidence::Evidence;
use super::openapi::members;

const STATUSES: std::ops::Range<u16> = 200..600;

/// Ids, and what would be another path if it were not encoded.
const IDS: [&str; 4] = [
    "batch_9f1d5c52-8f0e-4c7b-a3d6-2b7a90e41c65",
    "file-batch_output-b7e2",
    "..\\a/b?limit=1#%2F",
    "夜 \t",
];

/// What the generated code of a call is.
#[derive(Debug)]
pub(crate) struct GeneratedCall {
    /// The type that its method gives.
    type_name: &'static str,
    method: String,
    /// With the names of its parameters.
    path: String,
    /// Statuses of the responses that it takes for a success.
    successes: BTreeSet<u16>,
}

/// Each operation of the contract is a generated call, and the other way round.
pub(super) fn problems(contract: &Contract, evidence: &Evidence) -> Vec<String> {
    let calls = &evidence.generated_calls;
    let mut problems = Vec::new();
    let mut operations = 0;
    for (path, item) in members(contract.document(), "paths") {
        for (method, operation) in item.as_object().into_iter().flatten() {
            operations += 1;
            let call = calls
                .iter()
                .find(|call| *method == call.method && *path == call.path);
            match call {
                Some(call) => problems.extend(differences(operation, call)),
                None => problems.push(format!("{method} {path} is no generated call")),
            }
        }
    }
    if operations != calls.len() {
        let count = calls.len();
        problems.push(format!(
            "{operations} operations, but {count} generated calls"
        ));
    }
    problems
}

fn differences(operation: &Value, call: &GeneratedCall) -> Vec<String> {
    let mut problems = Vec::new();
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
            "the successes among {statuses:?} are not those of {name}"
        ));
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
    let calls =
        api::Client::new_with_client(sandbox.base_url(), reqwest::Client::new(), Arc::new(Key));
    for id in IDS {
        let _ = calls.retrieve_batch().batch_id(id).send().await;
        let _ = calls.retrieve_file_content().file_id(id).send().await;
    }
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 300 + 2 * IDS.len(), "each was sent");
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

/// Makes each call once for each status, without a server.
pub(super) async fn record() -> Vec<GeneratedCall> {
    let canned = Arc::new(Canned::default());
    let http = reqwest::Client::new();
    let client = api::Client::new_with_client("https://host.example", http, canned.clone());
    // A parameter of the path is sent by its name, so that the path is the contract's.
    vec![
        recorded(&canned, name_of_type(&client.list_batches()), async || {
            is_success(client.list_batches().send().await)
        })
        .await,
        recorded(
            &canned,
            name_of_type(&client.retrieve_batch()),
            async || {
                let call = client.retrieve_batch().batch_id("{batch_id}");
                is_success(call.send().await)
            },
        )
        .await,
        recorded(
            &canned,
            name_of_type(&client.retrieve_file_content()),
            async || {
                let call = client.retrieve_file_content().file_id("{file_id}");
                is_success(call.send().await)
            },
        )
        .await,
    ]
}

async fn recorded(
    canned: &Canned,
    type_name: &'static str,
    is_success: impl AsyncFn() -> bool,
) -> GeneratedCall {
    let mut successes = BTreeSet::new();
    for status in STATUSES {
        *canned.lock() = (status, String::new(), String::new());
        if is_success().await {
            successes.insert(status);
        }
    }
    let (_, method, path) = canned.lock().clone();
    GeneratedCall {
        type_name,
        method,
        path: path.replace("%7B", "{").replace("%7D", "}"),
        successes,
    }
}

fn is_success<T>(result: Result<T, api::Error<()>>) -> bool {
    !matches!(result, Err(api::Error::UnexpectedResponse(_)))
}

/// The path of a type, without its parameters.
fn name_of_type<T>(_: &T) -> &'static str {
    let name = std::any::type_name::<T>();
    name.split('<').next().unwrap_or(name)
}

/// Sends with a key.
#[derive(Debug)]
struct Key;

impl api::Transport for Key {
    fn prepare(&self, request: &mut reqwest::Request) {
        let key = HeaderValue::from_static("Bearer sk-contract-tests");
        request.headers_mut().insert(AUTHORIZATION, key);
    }
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
