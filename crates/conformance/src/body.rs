//! The body of a response.

use serde_json::Value;

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::json_schema::Compiler;
use crate::schema_validator::SchemaValidator;
use crate::undocumented::Undocumented;

const JSON: &str = "application/json";

/// Which body a response has: JSON of a schema, or none.
#[derive(Debug)]
pub(crate) struct Body {
    /// The place in the contract that says so.
    pointer: String,
    schema: Option<SchemaValidator>,
}

impl Body {
    /// Reads the body of the response at `response`.
    pub(crate) fn read(response: &str, compiler: &mut Compiler) -> Result<Self> {
        let content = join(response, "content");
        let names: Vec<String> = document::keys(&compiler.contract, &content)?
            .cloned()
            .collect();
        let schema = match &names[..] {
            [] => None,
            [name] if name == JSON => {
                let schema = join(&join(&content, name), "schema");
                Some(SchemaValidator::new(&schema, compiler)?)
            }
            _ => return Err(Error::new(content, "only `application/json` can be judged")),
        };
        let pointer = match schema {
            Some(_) => content,
            None => response.to_owned(),
        };
        Ok(Self { pointer, schema })
    }

    /// The findings about a body of the given `content-type`.
    pub(crate) fn check(
        &self,
        content_type: Option<&str>,
        body: &[u8],
        undocumented: &Undocumented,
    ) -> Vec<Finding> {
        let at = "/body";
        let Some(schema) = &self.schema else {
            let unexpected = Finding::violation(at, &self.pointer, "no body is declared");
            return Vec::from_iter((!body.is_empty()).then_some(unexpected));
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
