//! A parameter or a header: text on the wire, a value to the contract.

use std::sync::Arc;

use serde_json::Value;

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::json_schema::Compiler;
use crate::schema_validator::SchemaValidator;

/// Where a parameter goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Query,
    Path,
    Header,
}

/// A parameter of an operation, or a header of a response.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) pointer: String,
    pub(crate) name: String,
    pub(crate) place: Place,
    /// The name that findings point to.
    at: String,
    required: bool,
    allows_empty: bool,
    shape: Shape,
    schema: SchemaValidator,
}

/// How the text on the wire is to be read.
#[derive(Debug)]
enum Shape {
    One(Type),
    /// A list in one value.
    Joined(Type),
    /// A list of which each item is a value of its own.
    Repeated(Type),
}

#[derive(Clone, Copy, Debug)]
enum Type {
    Text,
    Number,
    Flag,
}

impl Parameter {
    /// Reads the parameter of an operation at `pointer`.
    pub(crate) fn read(
        contract: &Arc<Value>,
        pointer: &str,
        compiler: &mut Compiler,
    ) -> Result<Self> {
        let (pointer, _) = document::resolve(contract, pointer)?;
        let name = document::text(contract, &join(&pointer, "name"))?;
        let at = join(&pointer, "in");
        let place = match document::text(contract, &at)? {
            "query" => Place::Query,
            "path" => Place::Path,
            "header" => Place::Header,
            _ => return Err(Error::new(at, "only query, path and header can be judged")),
        };
        Self::with_name(contract, pointer, name, place, compiler)
    }

    /// Reads the header of a response at `pointer`.
    pub(crate) fn header(
        contract: &Arc<Value>,
        pointer: &str,
        name: &str,
        compiler: &mut Compiler,
    ) -> Result<Self> {
        let (pointer, _) = document::resolve(contract, pointer)?;
        Self::with_name(contract, pointer, name, Place::Header, compiler)
    }

    fn with_name(
        contract: &Arc<Value>,
        pointer: String,
        name: &str,
        place: Place,
        compiler: &mut Compiler,
    ) -> Result<Self> {
        let schema = join(&pointer, "schema");
        if contract.pointer(&schema).is_none() {
            return Err(Error::new(schema, "missing; nothing else can be judged"));
        }
        Ok(Self {
            name: name.to_owned(),
            place,
            at: match place {
                Place::Query => join("/query", name),
                Place::Path => join("/path", name),
                Place::Header => join("/headers", &name.to_ascii_lowercase()),
            },
            required: document::flag(contract, &join(&pointer, "required"), false)?,
            allows_empty: place != Place::Query
                || document::flag(contract, &join(&pointer, "allowEmptyValue"), false)?,
            shape: Shape::read(contract, &pointer, place)?,
            schema: SchemaValidator::new(contract, &schema, compiler)?,
            pointer,
        })
    }

    /// The findings of what was sent under this name.
    pub(crate) fn check(&self, sent: &[String]) -> Vec<Finding> {
        if sent.is_empty() {
            let rule = join(&self.pointer, "required");
            let missing = Finding::violation(&self.at, rule, "required, but not there");
            return Vec::from_iter(self.required.then_some(missing));
        }
        if !self.allows_empty && sent.iter().any(String::is_empty) {
            return vec![Finding::violation(
                &self.at,
                &self.pointer,
                "sent without a value",
            )];
        }
        let value = match (&self.shape, sent) {
            (Shape::Repeated(items), _) => {
                Value::from_iter(sent.iter().map(|text| items.read(text)))
            }
            (Shape::One(kind), [text]) => kind.read(text),
            (Shape::Joined(items), [text]) => {
                Value::from_iter(text.split(',').map(|item| items.read(item)))
            }
            _ => {
                return vec![Finding::violation(
                    &self.at,
                    &self.pointer,
                    "sent more than once",
                )];
            }
        };
        self.schema.violations(&value, &self.at)
    }
}

impl Shape {
    fn read(contract: &Value, parameter: &str, place: Place) -> Result<Self> {
        let (schema, kind) = kind(contract, &join(parameter, "schema"))?;
        let at_style = join(parameter, "style");
        let style = match contract.pointer(&at_style) {
            Some(_) => document::text(contract, &at_style)?,
            None if place == Place::Query => "form",
            None => "simple",
        };
        let at_explode = join(parameter, "explode");
        let explode = document::flag(contract, &at_explode, style == "form")?;
        if style
            != (if place == Place::Query {
                "form"
            } else {
                "simple"
            })
        {
            return Err(Error::new(at_style, "a style that cannot be judged here"));
        }
        Ok(match kind {
            "object" => return Err(Error::new(schema, "a parameter made of an object")),
            "array" => {
                let items = Type::of(kind_of_items(contract, &schema)?);
                match explode && place == Place::Query {
                    true => Self::Repeated(items),
                    false => Self::Joined(items),
                }
            }
            kind => Self::One(Type::of(kind)),
        })
    }
}

/// The type that the schema at `pointer` states, and where; a string where none is stated.
fn kind<'a>(contract: &'a Value, pointer: &str) -> Result<(String, &'a str)> {
    let (at, schema) = document::resolve(contract, pointer)?;
    match (
        schema.get("type").and_then(Value::as_str),
        schema.get("allOf").and_then(Value::as_array),
    ) {
        (Some(kind), _) => Ok((at, kind)),
        (None, Some(parts)) if parts.len() == 1 => kind_of_only_part(contract, &at),
        _ => Ok((at, "string")),
    }
}

fn kind_of_only_part<'a>(contract: &'a Value, schema: &str) -> Result<(String, &'a str)> {
    kind(contract, &join(&join(schema, "allOf"), "0"))
}

fn kind_of_items<'a>(contract: &'a Value, array: &str) -> Result<&'a str> {
    let (at, items) = kind(contract, &join(array, "items"))?;
    match items {
        "array" | "object" => Err(Error::new(at, "a list of lists or objects as a parameter")),
        items => Ok(items),
    }
}

impl Type {
    fn of(kind: &str) -> Self {
        match kind {
            "integer" | "number" => Self::Number,
            "boolean" => Self::Flag,
            _ => Self::Text,
        }
    }

    /// What does not read as its type stays text, which the schema then refuses.
    fn read(self, text: &str) -> Value {
        let json: Option<Value> = serde_json::from_str(text).ok();
        let json = json.filter(|value| match self {
            Self::Text => false,
            Self::Number => value.is_number() && !text.contains(char::is_whitespace),
            Self::Flag => value.is_boolean() && !text.contains(char::is_whitespace),
        });
        json.unwrap_or_else(|| text.into())
    }
}
