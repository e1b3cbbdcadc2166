//! The body of a response.

use std::sync::Arc;

use serde_json::Value;

use crate::document::{self, join};
use crate::error::Result;
use crate::finding::Finding;
use crate::json_schema::Compiler;
use crate::schema_validator::SchemaValidator;
use crate::undocumented::Undocumented;

/// Which bodies a response may have.
#[derive(Debug)]
pub(crate) struct Body {
    /// The place in the contract that says so.
    pointer: String,
    media: Vec<Media>,
}

#[derive(Debug)]
struct Media {
    /// Its type, in lower case and without parameters; it may hold a star.
    name: String,
    schema: Option<SchemaValidator>,
}

impl Body {
    /// Reads the bodies of the response at `response`.
    pub(crate) fn read(
        contract: &Arc<Value>,
        response: &str,
        compiler: &mut Compiler,
    ) -> Result<Self> {
        let list = join(response, "content");
        let mut media = Vec::new();
        for name in document::keys(contract, &list)? {
            let schema = join(&join(&list, name), "schema");
            let schema = contract
                .pointer(&schema)
                .map(|_| SchemaValidator::new(contract, &schema, compiler))
                .transpose()?;
            media.push(Media {
                name: essence(name),
                schema,
            });
        }
        let pointer = if media.is_empty() {
            response.to_owned()
        } else {
            list
        };
        Ok(Self { pointer, media })
    }

    /// The findings of a body of the given `content-type`.
    pub(crate) fn check(
        &self,
        content_type: Option<&str>,
        body: &[u8],
        undocumented: &Undocumented,
    ) -> Vec<Finding> {
        let at = "/body";
        if self.media.is_empty() {
            let unexpected = Finding::violation(at, &self.pointer, "no body is declared");
            return Vec::from_iter((!body.is_empty()).then_some(unexpected));
        }
        let name = content_type.map(essence);
        let media = name
            .as_ref()
            .and_then(|name| self.media.iter().find(|it| it.serves(name)));
        let (Some(name), Some(media)) = (&name, media) else {
            let at = "/headers/content-type";
            let names: Vec<&str> = self.media.iter().map(|media| media.name.as_str()).collect();
            let message = match name {
                None => format!("missing; declared is {}", names.join(", ")),
                Some(_) => format!("not declared; declared is {}", names.join(", ")),
            };
            return vec![Finding::violation(at, &self.pointer, message)];
        };
        let Some(schema) = media.schema.as_ref().filter(|_| is_json(name)) else {
            return Vec::new();
        };
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => {
                // Not the error's own text: it may quote the body.
                let message = format!(
                    "no JSON, at line {}, column {}",
                    error.line(),
                    error.column()
                );
                return vec![Finding::violation(at, &schema.pointer, message)];
            }
        };
        let mut findings = schema.violations(&value, at);
        undocumented.find(&schema.pointer, &value, at, &mut findings);
        findings
    }
}

impl Media {
    fn serves(&self, name: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some("*/") => true,
            Some(start) => name.starts_with(start),
            None => self.name == name,
        }
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

fn is_json(name: &str) -> bool {
    name == "application/json" || name.ends_with("+json")
}
