//! The examples beside the contract: what it allows, a file each, and the table of what it forbids.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use contract_tests::KEY;
use qwen_batches_conformance::{Contract, Report, Request, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Where the service lists batches.
pub(crate) const PATH: &str = "/compatible-mode/v1/batches";

/// The examples of what each call returns, by how their names begin, and the path of the call.
const CALLS: [(&str, &str); 3] = [
    ("page-", PATH),
    ("batch-", "/compatible-mode/v1/batches/batch_9f1d5c52"),
    (
        "content-",
        "/compatible-mode/v1/files/file-batch_output-b7e2/content",
    ),
];

/// The headers of every recorded response.
const HEADERS: [(&str, &str); 2] = [
    ("content-type", "application/json;charset=UTF-8"),
    ("x-request-id", "2f6c0b5e-0000-4000-8000-000000000001"),
];

/// An example of what the contract forbids.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    /// Where it deviates.
    pub(crate) at: String,
    /// The rule that it breaks, where the table names it.
    pub(crate) rule: Option<String>,
    pub(crate) judged: Judged,
}

/// What an example is.
#[derive(Debug)]
pub(crate) enum Judged {
    Request(Request),
    Response {
        path: String,
        response: Response,
        /// The body as JSON; null where it is none.
        body: Value,
    },
}

impl Case {
    pub(crate) fn report(&self, contract: &Contract) -> Report {
        match &self.judged {
            Judged::Request(request) => contract.check_request(request),
            Judged::Response { path, response, .. } => {
                contract.check_response(&request(path), response)
            }
        }
    }
}

/// A request with a key, and nothing else.
pub(crate) fn request(path: &str) -> Request {
    Request::new("GET", path).header("authorization", format!("Bearer {KEY}"))
}

/// The path of the call that returns an example; none for an error, which each call returns.
pub(crate) fn path_of(example: &str) -> Option<&'static str> {
    let call = CALLS.iter().find(|(prefix, _)| example.starts_with(prefix));
    call.map(|(_, path)| *path)
}

/// A response as the service sends it.
pub(crate) fn response(status: u16, body: &Value) -> Response {
    with_headers(Response::new(status)).body(body.to_string())
}

fn with_headers(response: Response) -> Response {
    HEADERS.iter().fold(response, |response, (name, value)| {
        response.header(*name, *value)
    })
}

/// The statuses under which the service is known to send an error.
const ERRORS: [u16; 7] = [400, 401, 403, 404, 429, 500, 503];

/// A response that the contract allows.
#[derive(Debug)]
pub(crate) struct Valid {
    pub(crate) name: String,
    pub(crate) path: &'static str,
    pub(crate) status: u16,
    pub(crate) response: Response,
    /// The body as JSON; null where it is bytes.
    pub(crate) body: Value,
}

/// What the contract allows: each example of a success, and each error of each call under each
/// status.
pub(crate) fn valid_responses() -> Vec<Valid> {
    let entries = fs::read_dir(folder().join("valid")).expect("a folder of examples");
    let mut files: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
    files.sort();
    let mut valid = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let mut add = |path, status, response, body| {
            let name = name.clone().into_owned();
            valid.push(Valid {
                name,
                path,
                status,
                response,
                body,
            });
        };
        match path_of(&name) {
            Some(path) if name.starts_with("content-") => {
                let content = fs::read(&file).expect("a readable example");
                // As recorded: without a media type.
                let response = Response::new(200).header(HEADERS[1].0, HEADERS[1].1);
                add(path, 200, response.body(content), Value::Null);
            }
            Some(path) => {
                let body = self::valid(&name);
                add(path, 200, response(200, &body), body);
            }
            None => {
                let body = self::valid(&name);
                for ((_, path), status) in CALLS.iter().flat_map(|it| ERRORS.map(|of| (it, of))) {
                    add(path, status, response(status, &body), body.clone());
                }
            }
        }
    }
    valid
}

/// The table of what the contract forbids.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    bodies: Vec<Bodies>,
    responses: Vec<ResponseEntry>,
    requests: Vec<RequestEntry>,
}

/// Changes of one valid example, below `at`, each of which breaks a rule of `schema`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bodies {
    like: String,
    at: String,
    schema: String,
    breaks: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    set: Option<String>,
    #[serde(default)]
    to: Value,
    remove: Option<String>,
    rule: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResponseEntry {
    path: Option<String>,
    status: u16,
    headers: Option<BTreeMap<String, String>>,
    like: Option<String>,
    text: Option<String>,
    at: String,
    rule: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestEntry {
    method: Option<String>,
    path: Option<String>,
    #[serde(default)]
    query: String,
    headers: Option<BTreeMap<String, String>>,
    at: String,
    rule: Option<String>,
}

/// The requests and responses that the contract forbids.
pub(crate) fn invalid_cases() -> Vec<Case> {
    let path = folder().join("invalid.yaml");
    let text = fs::read_to_string(&path).expect("a readable table");
    let table: Table = serde_norway::from_str(&text).expect("a table of invalid examples");
    let bodies = table.bodies.iter();
    let bodies = bodies.flat_map(|of| of.breaks.iter().map(|change| changed_body(of, change)));
    let responses = table.responses.into_iter().map(response_case);
    let requests = table.requests.into_iter().map(request_case);
    bodies.chain(responses).chain(requests).collect()
}

fn changed_body(of: &Bodies, change: &Change) -> Case {
    let (place, mut body) = (&of.at, valid(&of.like));
    let (pointer, change_name) = match (&change.set, &change.remove) {
        (Some(at), None) => {
            let pointer = format!("{place}{at}");
            set(&mut body, &pointer, change.to.clone());
            (pointer, format!("set to {}", change.to))
        }
        (None, Some(at)) => {
            let pointer = format!("{place}{at}");
            let removed =
                parent(&mut body, &pointer).and_then(|(object, key)| object.shift_remove(&key));
            assert!(removed.is_some(), "{}: nothing at {pointer}", of.like);
            (pointer, "removed".to_owned())
        }
        _ => panic!("{}: either `set` or `remove`", of.like),
    };
    Case {
        name: format!("{}, {pointer} {change_name}", of.like),
        at: format!("/body{pointer}"),
        rule: Some(format!("/components/schemas/{}/{}", of.schema, change.rule)),
        judged: Judged::Response {
            path: path_of(&of.like).unwrap_or(PATH).to_owned(),
            response: response(status_of(&of.like), &body),
            body,
        },
    }
}

fn response_case(entry: ResponseEntry) -> Case {
    let bare = Response::new(entry.status);
    let response = match entry.headers {
        Some(headers) => headers
            .iter()
            .fold(bare, |response, (name, value)| response.header(name, value)),
        None => with_headers(bare),
    };
    let (text, body) = match (entry.text, entry.like) {
        (Some(text), None) => (text, Value::Null),
        (None, Some(like)) => (valid(&like).to_string(), valid(&like)),
        _ => panic!("{}: either `like` or `text`", entry.at),
    };
    Case {
        name: format!("{:?}, {} with {text:?}", entry.path, entry.status),
        at: entry.at,
        rule: Some(entry.rule),
        judged: Judged::Response {
            path: entry.path.unwrap_or_else(|| PATH.to_owned()),
            response: response.body(text),
            body,
        },
    }
}

fn request_case(entry: RequestEntry) -> Case {
    let method = entry.method.as_deref().unwrap_or("GET");
    let path = entry.path.as_deref().unwrap_or(PATH);
    let key = || BTreeMap::from([("authorization".to_owned(), format!("Bearer {KEY}"))]);
    let headers = entry.headers.unwrap_or_else(key);
    let request = headers.iter().fold(
        Request::new(method, path).query(&*entry.query),
        |request, (name, value)| request.header(name, value),
    );
    Case {
        name: format!("{method} {path}?{}", entry.query),
        at: entry.at,
        rule: entry.rule,
        judged: Judged::Request(request),
    }
}

/// Puts `value` at `pointer`, where something stands or a key can be added.
pub(crate) fn set(body: &mut Value, pointer: &str, value: Value) {
    match body.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (object, key) = parent(body, pointer).expect("an object around a new key");
            object.insert(key, value);
        }
    }
}

fn parent<'a>(body: &'a mut Value, pointer: &str) -> Option<(&'a mut Map<String, Value>, String)> {
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    Some((body.pointer_mut(parent)?.as_object_mut()?, key))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/examples")
}

/// The status that a valid example comes under.
fn status_of(name: &str) -> u16 {
    if path_of(name).is_some() { 200 } else { 400 }
}

fn valid(name: &str) -> Value {
    let path = folder().join("valid").join(format!("{name}.json"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
