//! Operations: paths, ids, bodies and answers.

use serde_json::Value;

use crate::document::{self, Operation, join, resolve};
use crate::error::{Error, Result};

/// Media types of a request's body that the generator can send.
const BODIES: [&str; 4] = [
    "application/json",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "text/plain",
];

pub(super) fn check(contract: &Value) -> Result<()> {
    let Some(paths) = contract.get("paths").and_then(Value::as_object) else {
        return Err(Error::new(
            "/paths",
            "must be an object that names at least one path",
        ));
    };
    for (path, item) in paths {
        let at = join("/paths", path);
        if !path.starts_with('/') {
            return Err(Error::new(at, "a path starts with a slash"));
        }
        if !item.is_object() {
            return Err(Error::new(at, "must be an object"));
        }
        if item.get("$ref").is_some() {
            return Err(Error::new(
                join(&at, "$ref"),
                "a path must be written out in place",
            ));
        }
    }
    let operations = document::operations(contract);
    if operations.is_empty() {
        return Err(Error::new("/paths", "holds no operation"));
    }
    for operation in operations {
        if operation.id().is_empty() {
            return Err(Error::new(
                join(&operation.pointer, "operationId"),
                "an operation needs an id: its method is named after it",
            ));
        }
        body(contract, &operation)?;
        answers(contract, &operation)?;
    }
    Ok(())
}

fn body(contract: &Value, operation: &Operation<'_>) -> Result<()> {
    let Some(body) = operation.value.get("requestBody") else {
        return Ok(());
    };
    let (at, body) = resolve(contract, join(&operation.pointer, "requestBody"), body)?;
    let at = join(&at, "content");
    let content = body.get("content").and_then(Value::as_object);
    let one = content.filter(|content| content.len() == 1);
    let Some((media_type, body)) = one.and_then(|content| content.iter().next()) else {
        return Err(Error::new(at, "a body must have one media type"));
    };
    let at = join(&at, media_type);
    let essence = media_type.split(';').next().unwrap_or_default();
    if !BODIES.contains(&essence) {
        let reason = format!("a body of `{media_type}` is not supported");
        return Err(Error::new(at, reason));
    }
    content_of(&at, body).map(|_| ())
}

/// The schema of a media type from which a type is generated.
fn content_of<'a>(pointer: &str, content: &'a Value) -> Result<&'a Value> {
    if content.get("encoding").is_some() {
        return Err(Error::new(
            join(pointer, "encoding"),
            "encodings are not supported",
        ));
    }
    content
        .get("schema")
        .filter(|schema| schema.is_object())
        .ok_or_else(|| Error::new(pointer, "needs a schema: a type is generated from it"))
}

/// What an answer holds.
#[derive(PartialEq)]
enum Holds<'a> {
    Json(&'a Value),
    Bytes,
    Nothing,
}

/// All answers of 2XX must hold one type.
fn answers(contract: &Value, operation: &Operation<'_>) -> Result<()> {
    let list = join(&operation.pointer, "responses");
    let responses = operation.value.get("responses").and_then(Value::as_object);
    let Some(responses) = responses.filter(|responses| !responses.is_empty()) else {
        return Err(Error::new(
            list,
            "must be an object that names at least one answer",
        ));
    };
    let mut first: Option<(&str, Holds<'_>)> = None;
    for (status, response) in responses {
        let at = join(&list, status);
        if status == "default" {
            if !responses.keys().any(|status| status.starts_with('2')) {
                let reason =
                    "stands for success and failure at once; describe an answer of 2XX too";
                return Err(Error::new(at, reason));
            }
            continue;
        }
        let well_formed = status.len() == 3
            && status.starts_with(['2', '3', '4', '5'])
            && (status.ends_with("XX") || status.bytes().all(|byte| byte.is_ascii_digit()));
        if !well_formed {
            let reason = format!("`{status}` is no status of an answer; write 200, or 2XX");
            return Err(Error::new(at, reason));
        }
        if !status.starts_with('2') {
            continue;
        }
        let (at, response) = resolve(contract, at, response)?;
        let holds = holds(&at, response)?;
        match &first {
            Some((other, known)) if *known != holds => {
                let reason = format!("holds another type than {other}; all success must hold one");
                return Err(Error::new(at, reason));
            }
            Some(_) => {}
            None => first = Some((status, holds)),
        }
    }
    Ok(())
}

fn holds<'a>(pointer: &str, response: &'a Value) -> Result<Holds<'a>> {
    let content = response.get("content").and_then(Value::as_object);
    let Some(content) = content.filter(|content| !content.is_empty()) else {
        return Ok(Holds::Nothing);
    };
    let json = content.iter().find(|(media_type, _)| {
        *media_type == "application/json" || media_type.starts_with("application/json;")
    });
    let Some((media_type, content)) = json else {
        return Ok(Holds::Bytes);
    };
    content_of(&join(&join(pointer, "content"), media_type), content).map(Holds::Json)
}
