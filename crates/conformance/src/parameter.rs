//! A parameter or a header: text on the wire, a value to the contract.

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
    pub(crate) required: bool,
    /// A list, its items separated by commas.
    is_list: bool,
    /// Of the value, or of the items of a list.
    kind: Type,
    schema: SchemaValidator,
}

#[derive(Clone, Copy, Debug)]
enum Type {
    Text,
    Number,
    Flag,
}

impl Parameter {
    /// Reads the parameter of an operation at `pointer`.
    pub(crate) fn read(pointer: &str, compiler: &mut Compiler) -> Result<Self> {
        let contract = compiler.contract.clone();
        let (pointer, _) = document::resolve(&contract, pointer)?;
        let name = document::text(&contract, &join(&pointer, "name"))?;
        let at = join(&pointer, "in");
        let place = match document::text(&contract, &at)? {
            "query" => Place::Query,
            "path" => Place::Path,
            "header" => Place::Header,
            _ => return Err(Error::new(at, "only query, path and header can be judged")),
        };
        Self::with_name(pointer, name, place, compiler)
    }

    /// Reads the header of a response at `pointer`.
    pub(crate) fn header(pointer: &str, name: &str, compiler: &mut Compiler) -> Result<Self> {
        let (pointer, _) = document::resolve(&compiler.contract, pointer)?;
        Self::with_name(pointer, name, Place::Header, compiler)
    }

    fn with_name(
        pointer: String,
        name: &str,
        place: Place,
        compiler: &mut Compiler,
    ) -> Result<Self> {
        let contract = compiler.contract.clone();
        let schema = join(&pointer, "schema");
        if contract.pointer(&schema).is_none() {
            return Err(Error::new(schema, "missing; nothing else can be judged"));
        }
        let (at, stated) = document::resolve(&contract, &schema)?;
        let is_list = stated["type"] == "array";
        check_style(&contract, &pointer, place, is_list)?;
        let kind = match is_list {
            true => Type::of(&contract, &join(&at, "items"))?,
            false => Type::of(&contract, &at)?,
        };
        Ok(Self {
            name: name.to_owned(),
            place,
            at: match place {
                Place::Query => join("/query", name),
                Place::Path => join("/path", name),
                Place::Header => join("/headers", &name.to_ascii_lowercase()),
            },
            required: document::flag(&contract, &join(&pointer, "required"), false)?,
            is_list,
            kind,
            schema: SchemaValidator::new(&schema, compiler)?,
            pointer,
        })
    }

    /// The findings about what was sent under this name.
    pub(crate) fn check(&self, sent: &[String]) -> Vec<Finding> {
        let wrong = |message: &str| vec![Finding::violation(&self.at, &self.pointer, message)];
        match sent {
            [] if self.required => {
                let rule = join(&self.pointer, "required");
                vec![Finding::violation(
                    &self.at,
                    rule,
                    "required, but not there",
                )]
            }
            [] => Vec::new(),
            [text] if text.is_empty() && self.place == Place::Query => {
                wrong("sent without a value")
            }
            [text] => {
                let value = match self.is_list {
                    true => text.split(',').map(|item| self.kind.read(item)).collect(),
                    false => self.kind.read(text),
                };
                self.schema.violations(&value, &self.at)
            }
            _ => wrong("sent more than once"),
        }
    }
}

/// A value stands as it is; a list is one value, its items separated by commas.
fn check_style(contract: &Value, pointer: &str, place: Place, is_list: bool) -> Result<()> {
    let usual = match place {
        Place::Query => "form",
        Place::Path | Place::Header => "simple",
    };
    let at = join(pointer, "style");
    if contract.pointer(&at).is_some() && document::text(contract, &at)? != usual {
        return Err(Error::new(at, "a style that cannot be judged here"));
    }
    let at = join(pointer, "explode");
    if document::flag(contract, &at, place == Place::Query)? && is_list {
        return Err(Error::new(
            at,
            "only lists with `explode: false` can be judged",
        ));
    }
    Ok(())
}

impl Type {
    /// The type that the schema at `pointer` states.
    fn of(contract: &Value, pointer: &str) -> Result<Self> {
        let (at, schema) = document::resolve(contract, pointer)?;
        match schema["type"].as_str() {
            Some("string") => Ok(Self::Text),
            Some("integer" | "number") => Ok(Self::Number),
            Some("boolean") => Ok(Self::Flag),
            _ => Err(Error::new(
                at,
                "only plain values and lists of them can be judged here",
            )),
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
