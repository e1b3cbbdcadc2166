//! The body of a response.

use serde_json::{Value, json};

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::json_schema::Compiler;
use crate::schema_validator::SchemaValidator;
use crate::undocumented::Undocumented;

const JSON: &str = "application/json";

/// Whatever stands here as a media type takes every other, and none at all.
const ANY: &str = "*/*";

/// Which body a response has.
#[derive(Debug)]
pub(crate) struct Body {
    /// The place in the contract that says so.
    pointer: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    None,
    Json(SchemaValidator),
    /// Bytes of any media type or of none: nothing about them can be wrong.
    Bytes,
}

impl Body {
    /// Reads the body of the response at `response`.
    pub(crate) fn read(response: &str, compiler: &mut Compiler) -> Result<Self> {
        let content = join(response, "content");
        let names: Vec<String> = document::keys(&compiler.contract, &content)?
            .cloned()
            .collect();
        let schema = |name: &String| join(&join(&content, name), "schema");
        let kind = match &names[..] {
            [] => Kind::None,
            [name] if name == JSON => Kind::Json(SchemaValidator::new(&schema(name), compiler)?),
            [name] if name == ANY => bytes(&compiler.contract, &schema(name))?,
            _ => {
                let reason = "only `application/json`, and bytes under `*/*`, can be judged";
                return Err(Error::new(content, reason));
            }
        };
        let pointer = match kind {
            Kind::None => response.to_owned(),
            _ => content,
        };
        Ok(Self { pointer, kind })
    }

    /// The findings about a body of the given `content-type`.
    pub(crate) fn check(
        &self,
        content_type: Option<&str>,
        body: &[u8],
        undocumented: &Undocumented,
    ) -> Vec<Finding> {
        let at = "/body";
        let schema = match &self.kind {
            Kind::Json(schema) => schema,
            Kind::Bytes => return Vec::new(),
            Kind::None => {
                let unexpected = Finding::violation(at, &self.pointer, "no body is declared");
                return Vec::from_iter((!body.is_empty()).then_some(unexpected));
            }
        };
        let essence = content_type
            .and_then(|it| it.split(';').next())
            .map(str::trim);
        if !essence.is_some_and(|it| it.eq_ignore_ascii_case(JSON)) {
            let message = format!("declared is {JSON}");
            return vec![Finding::violation(
                "/headers/content-type",
                &self.pointer,
                message,
            )];
        }
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => {
                let mut findings = schema.violations(&value, at);
                undocumented.find(&schema.pointer, &value, at, &mut findings);
                findings
            }
            Err(error) => {
                // Not the error's own text: it may quote the body.
                let (line, column) = (error.line(), error.column());
                let message = format!("no JSON, at line {line}, column {column}");
                vec![Finding::violation(at, &schema.pointer, message)]
            }
        }
    }
}

/// Bytes are `type: string, format: binary`, and nothing else that judges.
fn bytes(contract: &Value, pointer: &str) -> Result<Kind> {
    let (at, schema) = document::resolve(contract, pointer)?;
    let mut words = schema.clone();
    if let Some(words) = words.as_object_mut() {
        words.shift_remove("description");
    }
    match words == json!({ "type": "string", "format": "binary" }) {
        true => Ok(Kind::Bytes),
        false => Err(Error::new(
            at,
            "bytes are `type: string, format: binary`, no more and no less",
        )),
    }
}
