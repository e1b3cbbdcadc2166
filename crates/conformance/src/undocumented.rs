//! What a response holds beyond the contract, and may.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::document::{self, COMPOSITIONS, join};
use crate::error::Result;
use crate::finding::Finding;
use crate::json_schema::{Compiler, OPEN_ENUM};
use crate::schema_validator::SchemaValidator;

/// Finds what is undocumented in the bodies of responses.
#[derive(Debug)]
pub(crate) struct Undocumented {
    contract: Arc<Value>,
    /// The shapes between which a value chooses, by their pointers.
    shapes: BTreeMap<String, SchemaValidator>,
}

impl Undocumented {
    pub(crate) fn new(compiler: &mut Compiler) -> Result<Self> {
        let mut shapes = BTreeMap::new();
        for document::SchemaPlace { pointer, .. } in document::schemas(&compiler.contract) {
            let list = pointer.rsplit('/').nth(1);
            if matches!(list, Some("oneOf" | "anyOf")) {
                shapes.insert(pointer.clone(), SchemaValidator::new(&pointer, compiler)?);
            }
        }
        Ok(Self {
            contract: Arc::clone(&compiler.contract),
            shapes,
        })
    }

    /// What is undocumented in the value that stands at `at`, by the schema at `pointer`.
    pub(crate) fn find(&self, pointer: &str, value: &Value, at: &str, found: &mut Vec<Finding>) {
        let mut schemas = Vec::new();
        self.applicable(pointer, value, &mut schemas);
        for (pointer, schema) in &schemas {
            let may_grow = schema.get(OPEN_ENUM) == Some(&Value::Bool(true));
            let listed = schema.get("enum").and_then(Value::as_array);
            if may_grow && value.is_string() && listed.is_some_and(|listed| !listed.contains(value))
            {
                let message = "a value that the contract does not list";
                found.push(Finding::undocumented(at, join(pointer, "enum"), message));
            }
        }
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.find_in_member(&schemas, name, member, &join(at, name), found);
                }
            }
            Value::Array(items) => {
                for (pointer, schema) in &schemas {
                    for (index, item) in items.iter().enumerate() {
                        if schema.get("items").is_some() {
                            self.find(
                                &join(pointer, "items"),
                                item,
                                &join(at, &index.to_string()),
                                found,
                            );
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn find_in_member(
        &self,
        schemas: &[(String, &Value)],
        name: &str,
        member: &Value,
        at: &str,
        found: &mut Vec<Finding>,
    ) {
        let mut is_documented = false;
        for (pointer, schema) in schemas {
            let property = schema
                .get("properties")
                .is_some_and(|known| known.get(name).is_some());
            match (property, schema.get("additionalProperties")) {
                (true, _) => {
                    self.find(&join(&join(pointer, "properties"), name), member, at, found);
                }
                (false, Some(Value::Object(_))) => {
                    self.find(&join(pointer, "additionalProperties"), member, at, found);
                }
                // Where no other key is allowed it is a violation.
                (false, Some(_)) => {}
                (false, None) => continue,
            }
            is_documented = true;
        }
        // An object of which no key is named is free in its keys.
        let closest = schemas
            .iter()
            .find(|(_, schema)| schema.get("properties").is_some());
        if let (false, Some((pointer, _))) = (is_documented, closest) {
            let message = "a field that the contract does not name";
            found.push(Finding::undocumented(
                at,
                join(pointer, "properties"),
                message,
            ));
        }
    }

    /// The schemas that hold for `value`: the one at `pointer` and those that it is made of.
    fn applicable<'a>(
        &'a self,
        pointer: &str,
        value: &Value,
        schemas: &mut Vec<(String, &'a Value)>,
    ) {
        let Ok((at, schema)) = document::resolve(&self.contract, pointer) else {
            return;
        };
        for keyword in COMPOSITIONS {
            let parts = document::items(&self.contract, &join(&at, keyword)).unwrap_or_default();
            for part in parts {
                let shape = self.shapes.get(&part);
                if shape.is_none_or(|shape| shape.allows(value)) {
                    self.applicable(&part, value, schemas);
                }
            }
        }
        schemas.push((at, schema));
    }
}
