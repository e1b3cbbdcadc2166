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
        response: Response,
        /// The body as JSON; null where it is none.
        body: Value,
    },
}

impl Case {
    pub(crate) fn report(&self, contract: &Contract) -> Report {
        match &self.judged {
            Judged::Request(request) => contract.check_request(request),
            Judged::Response { response, .. } => contract.check_response(&list_request(), response),
        }
    }
}

/// A request of the list without a filter.
pub(crate) fn list_request() -> Request {
    Request::new("GET", PATH).header("authorization", format!("Bearer {KEY}"))
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

/// The bodies that the contract allows, by name, with each status that they come under.
pub(crate) fn valid_bodies() -> Vec<(String, u16, Value)> {
    let entries = fs::read_dir(folder().join("valid")).expect("a folder of examples");
    let names = entries.map(|entry| entry.expect("an entry").path());
    let mut names: Vec<String> = names
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    let examples = names.into_iter().flat_map(|name| {
        let statuses = match name.starts_with("page-") {
            true => &[200],
            false => &ERRORS[..],
        };
        let body = valid(&name);
        statuses
            .iter()
            .map(move |status| (name.clone(), *status, body.clone()))
    });
    examples.collect()
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
        name: format!("{} with {text:?}", entry.status),
        at: entry.at,
        rule: Some(entry.rule),
        judged: Judged::Response {
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
    if name.starts_with("page-") { 200 } else { 400 }
}

fn valid(name: &str) -> Value {
    let path = folder().join("valid").join(format!("{name}.json"));
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
