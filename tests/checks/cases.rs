//! The examples beside the contract, read from their files.

use std::fs;
use std::path::{Path, PathBuf};

use contract_tests::KEY;
use qwen_batches_conformance::{Contract, Reply, Report, Request};
use serde_json::{Map, Value};

/// Where the service lists batches.
pub(crate) const PATH: &str = "/compatible-mode/v1/batches";

/// The headers of every recorded reply.
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
    /// The rule that it breaks, where the file names it.
    pub(crate) rule: Option<String>,
    pub(crate) judged: Judged,
}

/// What an example is.
#[derive(Debug)]
pub(crate) enum Judged {
    Request(Request),
    Reply {
        reply: Reply,
        /// The body as JSON; null where it is none.
        body: Value,
    },
}

impl Case {
    pub(crate) fn report(&self, contract: &Contract) -> Report {
        match &self.judged {
            Judged::Request(request) => contract.check_request(request),
            Judged::Reply { reply, .. } => contract.check_reply(&list_request(), reply),
        }
    }
}

/// A request of the list without a filter.
pub(crate) fn list_request() -> Request {
    Request::new("GET", PATH).header("authorization", format!("Bearer {KEY}"))
}

/// A reply as the service sends it.
pub(crate) fn reply(status: u16, body: &Value) -> Reply {
    let reply = HEADERS
        .iter()
        .fold(Reply::new(status), |reply, (name, value)| {
            reply.header(*name, *value)
        });
    reply.body(body.to_string())
}

/// The bodies that the contract allows, with the status they come under.
pub(crate) fn valid_bodies() -> Vec<(String, u16, Value)> {
    files("valid")
        .into_iter()
        .map(|path| {
            let name = file_name(&path);
            let status = if name.starts_with("page-") { 200 } else { 400 };
            (name, status, read(&path))
        })
        .collect()
}

/// The requests and replies that the contract forbids.
pub(crate) fn invalid_cases() -> Vec<Case> {
    files("invalid").iter().map(|path| case(path)).collect()
}

fn case(path: &Path) -> Case {
    let name = file_name(path);
    let file = read(path);
    let text = |key: &str| file[key].as_str().map(str::to_owned);
    let judged = match (&file["request"], &file["reply"]) {
        (Value::Object(request), Value::Null) => request_of(request),
        (Value::Null, Value::Object(reply)) => reply_of(&name, reply),
        _ => panic!("{name}: either a `request` or a `reply`, as an object"),
    };
    let at = text("at").unwrap_or_else(|| panic!("{name}: `at` says where it deviates"));
    Case {
        rule: text("rule"),
        at,
        judged,
        name,
    }
}

fn request_of(request: &Map<String, Value>) -> Judged {
    let text = |key: &str, default: &str| {
        request
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or(default)
            .to_owned()
    };
    let default = Value::from_iter([("authorization", format!("Bearer {KEY}"))]);
    let headers = headers(request.get("headers").unwrap_or(&default));
    let bare = Request::new(text("method", "GET"), text("path", PATH)).query(text("query", ""));
    Judged::Request(
        headers
            .into_iter()
            .fold(bare, |request, (name, value)| request.header(name, value)),
    )
}

fn reply_of(name: &str, reply: &Map<String, Value>) -> Judged {
    let status = reply
        .get("status")
        .and_then(Value::as_u64)
        .and_then(|it| u16::try_from(it).ok());
    let status = status.unwrap_or_else(|| panic!("{name}: `status` is a number"));
    let default = Value::from_iter(HEADERS);
    let headers = headers(reply.get("headers").unwrap_or(&default));
    let bare = headers
        .into_iter()
        .fold(Reply::new(status), |reply, (name, value)| {
            reply.header(name, value)
        });
    if let Some(text) = reply.get("text").and_then(Value::as_str) {
        return Judged::Reply {
            reply: bare.body(text),
            body: Value::Null,
        };
    }
    let like = reply.get("like").and_then(Value::as_str);
    let like = like.unwrap_or_else(|| panic!("{name}: either `like` or `text`"));
    let mut body = read(&folder("valid").join(like));
    for (pointer, value) in reply
        .get("set")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        set(&mut body, pointer, value.clone());
    }
    for pointer in reply
        .get("remove")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let pointer = pointer.as_str().unwrap_or_default();
        let removed =
            parent(&mut body, pointer).and_then(|(object, key)| object.shift_remove(&key));
        assert!(removed.is_some(), "{name}: nothing stands at {pointer}");
    }
    Judged::Reply {
        reply: bare.body(body.to_string()),
        body,
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

fn headers(headers: &Value) -> Vec<(String, String)> {
    let headers = headers.as_object().into_iter().flatten();
    headers
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect()
}

fn folder(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../openapi/examples")
        .join(kind)
}

/// The files of a folder in the order of their names.
fn files(kind: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(kind)).expect("a folder of examples");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "json"));
    files.sort();
    files
}

fn file_name(path: &Path) -> String {
    path.file_stem()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn read(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
