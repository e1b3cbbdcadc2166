//! What a reply holds beyond the contract, and may.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::deviation::Deviation;
use crate::document::{self, join};
use crate::error::Result;
use crate::json_schema::{self, Compiler, EXTENSIBLE_ENUM};
use crate::judge::Judge;

/// Finds the news in the bodies of replies.
#[derive(Debug)]
pub(crate) struct News {
    contract: Arc<Value>,
    /// The shapes between which a value chooses, by their pointers.
    shapes: BTreeMap<String, Judge>,
}

impl News {
    pub(crate) fn new(contract: &Arc<Value>, compiler: &mut Compiler) -> Result<Self> {
        let mut shapes = BTreeMap::new();
        for place in json_schema::places(contract)? {
            collect_shapes(contract, &place, compiler, &mut shapes)?;
        }
        Ok(Self {
            contract: Arc::clone(contract),
            shapes,
        })
    }

    /// The news in the value that stands at `at`, by the schema at `pointer`.
    pub(crate) fn find(&self, pointer: &str, value: &Value, at: &str, found: &mut Vec<Deviation>) {
        let mut schemas = Vec::new();
        self.applicable(pointer, value, &mut schemas);
        for (pointer, schema) in &schemas {
            let may_grow = schema.get(EXTENSIBLE_ENUM) == Some(&Value::Bool(true));
            let listed = schema.get("enum").and_then(Value::as_array);
            if may_grow && value.is_string() && listed.is_some_and(|listed| !listed.contains(value))
            {
                let message = "a value that the contract does not list";
                found.push(Deviation::news(at, join(pointer, "enum"), message));
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
        found: &mut Vec<Deviation>,
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
            found.push(Deviation::news(at, join(pointer, "properties"), message));
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
        for keyword in json_schema::COMPOSITIONS {
            let list = join(&at, keyword);
            let parts = schema
                .get(keyword)
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            for index in 0..parts {
                let part = join(&list, &index.to_string());
                if self
                    .shapes
                    .get(&part)
                    .is_none_or(|shape| shape.allows(value))
                {
                    self.applicable(&part, value, schemas);
                }
            }
        }
        schemas.push((at, schema));
    }
}

/// Compiles every schema of a `oneOf` or `anyOf` in the schema at `pointer`.
fn collect_shapes(
    contract: &Arc<Value>,
    pointer: &str,
    compiler: &mut Compiler,
    shapes: &mut BTreeMap<String, Judge>,
) -> Result<()> {
    let Some(Value::Object(schema)) = contract.pointer(pointer) else {
        return Ok(());
    };
    for keyword in json_schema::COMPOSITIONS {
        let list = join(pointer, keyword);
        for index in 0..document::list(contract, &list)?.len() {
            let part = join(&list, &index.to_string());
            if keyword != "allOf" {
                shapes.insert(part.clone(), Judge::new(contract, &part, compiler)?);
            }
            collect_shapes(contract, &part, compiler, shapes)?;
        }
    }
    for keyword in ["items", "additionalProperties", "not"] {
        if schema.contains_key(keyword) {
            collect_shapes(contract, &join(pointer, keyword), compiler, shapes)?;
        }
    }
    let properties = join(pointer, "properties");
    for name in document::object(contract, &properties)?
        .into_iter()
        .flat_map(document::Object::keys)
    {
        collect_shapes(contract, &join(&properties, name), compiler, shapes)?;
    }
    Ok(())
}
