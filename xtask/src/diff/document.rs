//! A contract as a tree of values, and places in it.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::change::Side;

/// Keywords of words for people, in any object.
pub(crate) const WORDS: [&str; 5] = ["description", "example", "examples", "summary", "title"];

/// More references to references than anybody writes.
const MAX_STEPS: usize = 16;

/// Reads the text of a contract.
pub(crate) fn parse(text: &str) -> Result<Value> {
    // Of two equal keys JSON takes the last one in silence; YAML rejects them.
    serde_norway::from_str::<serde_norway::Value>(text).context("not readable as YAML")?;
    let document: Value = serde_norway::from_str(text).context("not readable as YAML")?;
    ensure!(document.is_object(), "the top level is not an object");
    Ok(document)
}

/// A place in a document.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) pointer: String,
    pub(crate) value: &'a Value,
}

/// What a place holds, as an object: references followed.
#[derive(Clone, Debug)]
pub(crate) struct Object<'a> {
    /// The pointers that were passed on the way, the last one first.
    pub(crate) pointers: Vec<String>,
    pub(crate) keywords: BTreeMap<&'a str, Place<'a>>,
}

/// The same object in both documents.
#[derive(Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) side: Side,
    pub(crate) old: Object<'a>,
    pub(crate) new: Object<'a>,
}

impl<'a> Place<'a> {
    pub(crate) fn root(document: &'a Value) -> Self {
        Self {
            pointer: String::new(),
            value: document,
        }
    }

    /// The members of an object, the items of a list; none of anything else.
    pub(crate) fn members(&self) -> Vec<(&'a str, Self)> {
        let place = |key: &str, value| Self {
            pointer: join(&self.pointer, key),
            value,
        };
        match self.value {
            Value::Object(members) => {
                let members = members.iter();
                members
                    .map(|(key, it)| (key.as_str(), place(key, it)))
                    .collect()
            }
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items
                    .map(|(index, it)| ("", place(&index.to_string(), it)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The object that is here, or that is referred to; nothing where there is none. What stands
    /// beside a reference belongs to it, and so does what stands beside an `allOf` of one schema.
    pub(crate) fn object(&self, document: &'a Value) -> Option<Object<'a>> {
        self.object_within(document, MAX_STEPS)
    }

    fn object_within(&self, document: &'a Value, steps: usize) -> Option<Object<'a>> {
        self.value.as_object()?;
        let mut keywords: BTreeMap<&str, Self> = self.members().into_iter().collect();
        let reference = keywords.get("$ref").and_then(|it| it.value.as_str());
        let part = keywords.get("allOf").map(Self::members);
        let (wrapper, inner) = match (reference, part.as_deref()) {
            (Some(reference), _) => {
                let pointer = reference.strip_prefix('#')?.to_owned();
                let value = document.pointer(&pointer)?;
                ("$ref", Self { pointer, value })
            }
            (None, Some([(_, only)])) => ("allOf", only.clone()),
            _ => {
                let pointers = vec![self.pointer.clone()];
                return Some(Object { pointers, keywords });
            }
        };
        let mut object = inner.object_within(document, steps.checked_sub(1)?)?;
        keywords.remove(wrapper);
        // Two of one restriction hold both; that is left for `allOf` to compare.
        let clashes = |key: &&&str| object.keywords.contains_key(**key) && !WORDS.contains(*key);
        if wrapper == "allOf" && keywords.keys().any(|key| clashes(&key)) {
            let keywords = self.members().into_iter().collect();
            let pointers = vec![self.pointer.clone()];
            return Some(Object { pointers, keywords });
        }
        object.keywords.extend(keywords);
        object.pointers.push(self.pointer.clone());
        Some(object)
    }
}

impl<'a> Object<'a> {
    pub(crate) fn value(&self, key: &str) -> Option<&'a Value> {
        self.keywords.get(key).map(|place| place.value)
    }

    pub(crate) fn text(&self, key: &str) -> &'a str {
        self.value(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether a flag is set.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.value(key) == Some(&Value::Bool(true))
    }

    /// What is under `key`, as a list of places with names.
    pub(crate) fn members(&self, key: &str) -> Vec<(&'a str, Place<'a>)> {
        self.keywords
            .get(key)
            .map(Place::members)
            .unwrap_or_default()
    }
}

/// The properties that a schema does not list.
pub(crate) enum Others<'a> {
    Any,
    None,
    These(Place<'a>),
}

/// What the schema of an object says of its properties.
impl<'a> Object<'a> {
    pub(crate) fn others(&self) -> Others<'a> {
        match self.keywords.get("additionalProperties") {
            Some(place) if place.value == &Value::Bool(false) => Others::None,
            // Without keywords a schema allows everything.
            Some(place) if !place.members().is_empty() => Others::These(place.clone()),
            _ => Others::Any,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.members("properties")
            .iter()
            .any(|(key, _)| *key == name)
    }

    pub(crate) fn requires(&self, name: &str) -> bool {
        self.members("required")
            .iter()
            .any(|(_, it)| it.value == name)
    }
}

/// `pointer` with one more step.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}
