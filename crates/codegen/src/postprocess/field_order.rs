//! Fields in the order of the contract.
//!
//! The generator sorts the fields of a struct by name. Their order is that of the encoded JSON,
//! which people read, so they follow the contract.

use serde_json::Value;
use syn::{Attribute, Field, Fields, Item, LitStr};

use super::types_items;
use crate::document::{self, Object};
use crate::names::pascal;

pub(super) fn follow_contract(contract: &Value, file: &mut syn::File) {
    for item in types_items(file).into_iter().flatten() {
        let Item::Struct(item) = item else { continue };
        let component =
            document::schemas(contract).find(|(name, _)| item.ident == pascal(name).as_str());
        let properties =
            component.and_then(|(_, schema)| schema.get("properties").and_then(Value::as_object));
        if let (Some(properties), Fields::Named(fields)) = (properties, &mut item.fields) {
            let mut ordered: Vec<Field> = std::mem::take(&mut fields.named).into_iter().collect();
            ordered.sort_by_key(|field| place(properties, field));
            fields.named = ordered.into_iter().collect();
        }
    }
}

/// The place of the property that a field stands for. What no property stands for (the unknown
/// fields) comes last.
fn place(properties: &Object, field: &Field) -> usize {
    let renamed = field.attrs.iter().find_map(wire_name);
    let ident = || field.ident.as_ref().map(ToString::to_string);
    let key = renamed.map(|name| name.value()).or_else(ident);
    let place = properties
        .keys()
        .position(|known| Some(known) == key.as_ref());
    place.unwrap_or(properties.len())
}

/// The name by which serde knows what has `attribute`, if this renames it.
fn wire_name(attribute: &Attribute) -> Option<LitStr> {
    let mut name = None;
    if attribute.path().is_ident("serde") {
        // What cannot be read as a list of names and values renames nothing.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.input.peek(syn::Token![=]) {
                let value: LitStr = meta.value()?.parse()?;
                if meta.path.is_ident("rename") {
                    name = Some(value);
                }
            }
            Ok(())
        });
    }
    name
}
