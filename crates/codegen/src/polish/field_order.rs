//! Fields in the order of the contract.
//!
//! The generator sorts the fields of a struct by name. Their order is that of the encoded JSON,
//! which people read, so they follow the contract. What `allOf` puts together has no one order
//! there and stays as it is.

use std::collections::BTreeSet;

use serde_json::Value;
use syn::{Field, Fields, Item};

use super::{types_items, wire_name};
use crate::document::{self, Object, Role};
use crate::names::pascal;

pub(super) fn follow_contract(contract: &Value, file: &mut syn::File) {
    let objects = objects(contract);
    for item in types_items(file) {
        let Item::Struct(item) = item else { continue };
        let Fields::Named(fields) = &mut item.fields else {
            continue;
        };
        let known: BTreeSet<String> = fields.named.iter().filter_map(key).collect();
        let same_keys = |(_, properties): &&(String, &Object)| {
            properties.len() == known.len() && properties.keys().all(|key| known.contains(key))
        };
        // A struct is the component of its name, or some object inside of another schema.
        let named = objects
            .iter()
            .filter(same_keys)
            .find(|(name, _)| item.ident == name);
        let Some((_, properties)) = named.or_else(|| objects.iter().find(same_keys)) else {
            continue;
        };
        let mut ordered: Vec<Field> = std::mem::take(&mut fields.named).into_iter().collect();
        ordered.sort_by_key(|field| {
            let key = key(field);
            let place = properties
                .keys()
                .position(|known| Some(known) == key.as_ref());
            // What no property stands for (the unknown fields) comes last.
            place.unwrap_or(properties.len())
        });
        fields.named = ordered.into_iter().collect();
    }
}

/// Every object of the contract, with the name of its type if it is a component.
fn objects(contract: &Value) -> Vec<(String, &Object)> {
    let mut found = Vec::new();
    let visited = document::walk("", Role::Node, contract, &mut |pointer, role, place| {
        let properties = place.get("properties").and_then(Value::as_object);
        if let (Role::Schema, Some(properties)) = (role, properties) {
            let name = pointer
                .strip_prefix("/components/schemas/")
                .unwrap_or_default();
            found.push((pascal(name), properties));
        }
        Ok(())
    });
    debug_assert!(visited.is_ok(), "the visitor never refuses");
    found
}

/// The property that a field stands for.
fn key(field: &Field) -> Option<String> {
    if super::serde_says(&field.attrs, "flatten") {
        return None;
    }
    let renamed = field.attrs.iter().find_map(wire_name);
    let ident = || field.ident.as_ref().map(ToString::to_string);
    renamed.map(|name| name.value()).or_else(ident)
}
