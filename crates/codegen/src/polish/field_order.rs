//! Fields in the order of the contract.
//!
//! The generator sorts the fields of a struct by name. Their order is that of the encoded JSON,
//! which people read, so they follow the contract.

use serde_json::Value;
use syn::punctuated::Punctuated;
use syn::{Fields, Item};

use super::types_items;
use crate::document;
use crate::names::same_words;

pub(super) fn follow_contract(contract: &Value, file: &mut syn::File) {
    for item in types_items(file) {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        let properties = document::schemas(contract)
            .find(|(schema, _)| same_words(schema, &name))
            .and_then(|(_, schema)| schema.get("properties")?.as_object());
        let (Some(properties), Fields::Named(fields)) = (properties, &mut item.fields) else {
            continue;
        };
        let mut ordered: Vec<_> = std::mem::take(&mut fields.named).into_iter().collect();
        ordered.sort_by_key(|field| {
            let ident = field
                .ident
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let place = properties.keys().position(|key| same_words(key, &ident));
            // What no property stands for (the unknown fields) comes last.
            place.unwrap_or(properties.len())
        });
        fields.named = Punctuated::from_iter(ordered);
    }
}
