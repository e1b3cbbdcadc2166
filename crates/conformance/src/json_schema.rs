//! OpenAPI 3.0 as JSON Schema.
//!
//! The schemas of OpenAPI 3.0 are those of JSON Schema's Draft 4, but for `nullable`, the extensions
//! and words that do not judge. All schemas of a contract are translated in their places, so that a
//! pointer to a rule is the same in both.

use std::collections::BTreeMap;
use std::sync::Arc;

use jsonschema::{Draft, Keyword, PatternOptions, ValidationError, Validator};
use serde_json::{Value, json};

use crate::document::{self, COMPOSITIONS, Object, join};
use crate::error::{Error, Result};

/// The extension of an enum that may grow.
pub(crate) const OPEN_ENUM: &str = "x-open-enum";

/// What the name of a component's copy that takes null ends in.
pub(crate) const NULLABLE: &str = ".nullable";

/// Who sends what is judged, which decides whether an enum may have grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The client: enums are closed.
    Request,
    /// The service: what an open enum does not list is undocumented.
    Response,
}

/// Keywords that judge a value, and mean the same in Draft 4.
const JUDGING: &str = "$ref additionalProperties allOf anyOf enum exclusiveMaximum exclusiveMinimum \
                       format items maxItems maxLength maxProperties maximum minItems minLength \
                       minProperties minimum multipleOf not oneOf pattern properties required type \
                       uniqueItems";

/// Keywords for people, for generators and for us.
const NOTES: &str = "default deprecated description discriminator example externalDocs nullable \
                     readOnly title writeOnly xml";

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

/// The schemas of a contract, translated for one direction, and what has been compiled of them.
pub(crate) struct Compiler {
    pub(crate) contract: Arc<Value>,
    translated: Object,
    compiled: BTreeMap<String, Arc<Validator>>,
}

impl Compiler {
    /// Translates and checks all schemas of a contract.
    pub(crate) fn new(contract: &Arc<Value>, direction: Direction) -> Result<Self> {
        let mut translated = Value::clone(contract);
        let places = document::schemas(contract);
        // Parts before their wholes.
        for place in places.iter().rev() {
            check_composition(contract, &place.pointer, &mut Vec::new())?;
            if let Some(schema) = translated.pointer_mut(&place.pointer) {
                translate(&place.pointer, schema, direction)?;
            }
        }
        for place in places.iter().filter(|place| !place.is_part) {
            if let Some(schema) = translated.pointer(&place.pointer) {
                jsonschema::draft4::meta::validate(schema).map_err(|error| {
                    let at = format!("{}{}", place.pointer, error.instance_path().as_str());
                    Error::new(at, error.to_string())
                })?;
            }
        }
        add_nullable_copies(&mut translated);
        let Value::Object(translated) = translated else {
            return Err(Error::new("", "not an object"));
        };
        Ok(Self {
            contract: Arc::clone(contract),
            translated,
            compiled: BTreeMap::new(),
        })
    }

    /// The validator of the schema at `pointer`.
    pub(crate) fn compile(&mut self, pointer: &str) -> Result<Arc<Validator>> {
        if let Some(validator) = self.compiled.get(pointer) {
            return Ok(validator.clone());
        }
        let mut root = self.translated.clone();
        root.insert("$ref".to_owned(), fragment(pointer).into());
        let validator = jsonschema::options()
            .with_draft(Draft::Draft4)
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(100_000))
            .with_keyword("format", whole_number_format)
            .build(&Value::Object(root))
            .map_err(|error| Error::new(pointer, error.to_string()))?;
        let validator = Arc::new(validator);
        self.compiled.insert(pointer.to_owned(), validator.clone());
        Ok(validator)
    }
}

/// A pointer as the fragment of a URI.
fn fragment(pointer: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/~-._".contains(&byte);
    let encoded = pointer.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    format!("#{}", encoded.collect::<String>())
}

/// Refuses a schema that is, by references and compositions alone, a part of itself: judging by it
/// would never end.
fn check_composition(contract: &Value, pointer: &str, path: &mut Vec<String>) -> Result<()> {
    let (at, schema) = document::resolve(contract, pointer)?;
    if path.contains(&at) {
        return Err(Error::new(pointer, "a schema that is made of itself"));
    }
    path.push(at.clone());
    for keyword in COMPOSITIONS {
        for part in document::items(contract, &join(&at, keyword))? {
            check_composition(contract, &part, path)?;
        }
    }
    if schema.get("not").is_some() {
        check_composition(contract, &join(&at, "not"), path)?;
    }
    path.pop();
    Ok(())
}

/// Translates one schema, whose parts have been translated.
fn translate(pointer: &str, schema: &mut Value, direction: Direction) -> Result<()> {
    let Value::Object(keywords) = schema else {
        return Err(Error::new(pointer, "a schema is an object"));
    };
    if let Some(reference) = keywords.get("$ref") {
        // What stands beside a reference means nothing in OpenAPI 3.0.
        *schema = json!({ "$ref": reference });
        return Ok(());
    }
    let may_grow = flag(pointer, keywords, OPEN_ENUM)?;
    let nullable = flag(pointer, keywords, "nullable")?;
    if nullable && !keywords.contains_key("type") {
        let Some(reference) = only_part(keywords) else {
            let reason = "means something only beside `type` or an `allOf` of one reference";
            return Err(Error::new(join(pointer, "nullable"), reason));
        };
        *reference = format!("{}{NULLABLE}", reference.as_str().unwrap_or_default()).into();
    }
    if let Some(pattern) = keywords.get("pattern") {
        let alone = json!({ "pattern": pattern });
        jsonschema::draft4::new(&alone)
            .map_err(|error| Error::new(join(pointer, "pattern"), error.to_string()))?;
    }
    let is_judging = |keyword: &str| JUDGING.split_whitespace().any(|known| known == keyword);
    let is_note = |keyword: &str| NOTES.split_whitespace().any(|known| known == keyword);
    for keyword in keywords.keys() {
        if !is_judging(keyword) && !is_note(keyword) && !keyword.starts_with("x-") {
            let at = join(pointer, keyword);
            return Err(Error::new(at, "no keyword of schemas in OpenAPI 3.0"));
        }
    }
    keywords.retain(|keyword, _| is_judging(keyword));
    if may_grow && direction == Direction::Response {
        keywords.shift_remove("enum");
    }
    if let Some(name) = keywords.get_mut("type") {
        if !TYPES.iter().any(|known| name == known) {
            return Err(Error::new(join(pointer, "type"), "no type of OpenAPI 3.0"));
        }
        if nullable {
            *name = json!([name, "null"]);
        }
    }
    Ok(())
}

/// The reference in an `allOf` of one.
fn only_part(keywords: &mut Object) -> Option<&mut Value> {
    let parts = keywords.get_mut("allOf")?.as_array_mut()?;
    match &mut parts[..] {
        [part] => part.get_mut("$ref"),
        _ => None,
    }
}

/// Puts a copy that takes null beside each component, for the nullable references to it.
fn add_nullable_copies(contract: &mut Value) {
    let schemas = contract.pointer_mut("/components/schemas");
    let Some(schemas) = schemas.and_then(Value::as_object_mut) else {
        return;
    };
    for (name, schema) in schemas.clone() {
        let mut copy = schema;
        if let Some(kind) = copy.get_mut("type").filter(|kind| kind.is_string()) {
            *kind = json!([kind, "null"]);
        }
        if let Some(Value::Array(values)) = copy.get_mut("enum") {
            values.push(Value::Null);
        }
        schemas.insert(format!("{name}{NULLABLE}"), copy);
    }
}

fn flag(pointer: &str, keywords: &Object, keyword: &str) -> Result<bool> {
    match keywords.get(keyword) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Error::new(join(pointer, keyword), "neither true nor false")),
    }
}

/// The formats `int32` and `int64`, by the greatest value; all others are notes.
struct WholeNumber(Option<i64>);

fn whole_number_format<'a>(
    _: &'a Object,
    format: &'a Value,
    _: jsonschema::paths::Location,
) -> std::result::Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
    Ok(Box::new(WholeNumber(match format.as_str() {
        Some("int32") => Some(i32::MAX.into()),
        Some("int64") => Some(i64::MAX),
        _ => None,
    })))
}

impl<'i> Keyword<'i> for WholeNumber {
    fn validate(&self, value: &'i Value) -> std::result::Result<(), ValidationError<'i>> {
        match Keyword::is_valid(self, value) {
            true => Ok(()),
            false => Err(ValidationError::custom("out of the range of its format")),
        }
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        // What is no whole number at all is for `type` to say.
        match (self.0, value.as_number().filter(|number| !number.is_f64())) {
            (None, _) | (_, None) => true,
            (Some(most), Some(number)) => number
                .as_i64()
                .is_some_and(|it| (-most - 1..=most).contains(&it)),
        }
    }
}
