//! A contract as a tree of values, and places in it.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Map, Value};

/// More `allOf` of one schema around another than anybody writes.
const MAX_WRAPPERS: usize = 16;

/// Reads the text of a contract. Equal contracts are equal values, however they are written.
pub(crate) fn parse(text: &str) -> Result<Value> {
    // Of two equal keys JSON takes the last one in silence; YAML refuses them.
    serde_norway::from_str::<serde_norway::Value>(text).context("not readable as YAML")?;
    let mut value = serde_norway::from_str(text).context("not readable as YAML")?;
    write_numbers_in_one_way(&mut value);
    ensure!(
        value.is_object(),
        "not an OpenAPI document: the top level is not an object"
    );
    Ok(value)
}

/// The `info.version` of a contract.
pub(crate) fn version(document: &Value) -> Result<&str> {
    let version = document.pointer("/info/version").and_then(Value::as_str);
    version.context("`/info/version` is not a string")
}

/// `20.0` and `20` are the same limit.
fn write_numbers_in_one_way(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let whole = number
                .as_f64()
                .filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 2e15);
            if let Some(whole) = whole {
                #[expect(clippy::cast_possible_truncation, reason = "whole, and small enough")]
                let whole = whole as i64;
                *value = whole.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(write_numbers_in_one_way),
        Value::Object(members) => members.values_mut().for_each(write_numbers_in_one_way),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// `pointer` with one more step.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// A place in a document.
#[derive(Clone, Debug)]
pub(crate) struct Site<'a> {
    pub(crate) pointer: String,
    pub(crate) value: &'a Value,
}

impl<'a> Site<'a> {
    pub(crate) fn root(document: &'a Value) -> Self {
        Site {
            pointer: String::new(),
            value: document,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        Some(Site {
            pointer: join(&self.pointer, key),
            value: self.value.get(key)?,
        })
    }

    /// The text under `key`; empty where there is none.
    pub(crate) fn text(&self, key: &str) -> &'a str {
        self.value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The members, where this is an object.
    pub(crate) fn members(&self) -> Vec<(&'a str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        let site = |(key, value): (&'a String, &'a Value)| {
            let pointer = join(&self.pointer, key);
            (key.as_str(), Site { pointer, value })
        };
        members.map(site).collect()
    }

    /// The items, where this is a list.
    pub(crate) fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        let site = |(index, value): (usize, &'a Value)| {
            let pointer = join(&self.pointer, &index.to_string());
            Site { pointer, value }
        };
        items.map(site).collect()
    }

    /// What the site refers to, or the site itself.
    pub(crate) fn resolve(self, document: &'a Value) -> Resolved<'a> {
        let mut seen = BTreeSet::new();
        let mut beside = Map::new();
        let mut site = self;
        while let Some(reference) = site.value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap_or_default();
            let target = document.pointer(pointer).filter(|_| !pointer.is_empty());
            // A reference that leads nowhere is compared as it is written.
            let Some(value) = target.filter(|_| seen.insert(pointer)) else {
                break;
            };
            let members = site.value.as_object().into_iter().flatten();
            let others = members.filter(|(key, _)| *key != "$ref");
            beside.extend(others.map(|(key, value)| (key.clone(), value.clone())));
            let pointer = pointer.to_owned();
            site = Site { pointer, value };
        }
        Resolved { site, beside }
    }

    /// The same for a schema: an `allOf` of one schema and nothing else is that schema.
    pub(crate) fn resolve_schema(self, document: &'a Value) -> Resolved<'a> {
        let mut resolved = self.resolve(document);
        // Bounded, since a schema can be an `allOf` of itself.
        for _ in 0..MAX_WRAPPERS {
            let Some(only) = only_part(&resolved.site) else {
                break;
            };
            let next = only.resolve(document);
            resolved.site = next.site;
            resolved.beside.extend(next.beside);
        }
        resolved
    }
}

/// Where a reference leads, and what stood beside it.
#[derive(Debug)]
pub(crate) struct Resolved<'a> {
    pub(crate) site: Site<'a>,
    /// OpenAPI 3.0 ignores it.
    pub(crate) beside: Map<String, Value>,
}

fn only_part<'a>(schema: &Site<'a>) -> Option<Site<'a>> {
    let alone = schema.value.as_object()?.len() == 1;
    let mut parts = schema.get("allOf").filter(|_| alone)?.items();
    parts.pop().filter(|_| parts.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_however_they_are_written() {
        let document = parse("a: [20.0, 2e1, 20, 0.5]").unwrap();
        assert_eq!(document, serde_json::json!({ "a": [20, 20, 20, 0.5] }));
    }

    #[test]
    fn refuses_what_is_no_document() {
        assert!(parse("a: 1\na: 2").is_err());
        assert!(parse("[]").is_err());
        assert!(parse("a: [").is_err());
    }

    #[test]
    fn references_are_followed_as_far_as_they_lead() {
        let document = parse(
            "a: { $ref: '#/b', description: x }\nb: { allOf: [{ $ref: '#/c' }] }\nc: { type: string }\n\
             d: { $ref: '#/d' }\ne: { $ref: '#/nowhere' }\nf: { $ref: other.yaml }",
        )
        .unwrap();
        let resolve = |key| {
            let site = Site::root(&document).get(key).unwrap();
            site.resolve_schema(&document)
        };
        let resolved = resolve("a");
        assert_eq!(resolved.site.pointer, "/c");
        assert_eq!(resolved.beside["description"], "x");
        for key in ["d", "e", "f"] {
            assert_eq!(resolve(key).site.pointer, format!("/{key}"));
        }
    }
}
