//! What is mended in the generated code itself, since no contract can ask for it.

mod absent_nullable_keys;
mod constructors;
mod field_order;
mod schema_derives;
mod struct_builders;
mod text_replies;
mod wire_names;

use serde_json::Value;
use syn::{Attribute, LitStr};

/// Mends the generated code.
pub(crate) fn polish(contract: &Value, file: &mut syn::File) {
    wire_names::give_back(file);
    constructors::drop_panicking(file);
    struct_builders::drop_unused(file);
    text_replies::decode(file);
    absent_nullable_keys::read_as_null(file);
    field_order::follow_contract(contract, file);
    schema_derives::add(file);
}

/// The items of the generated module `types`.
fn types_items(file: &mut syn::File) -> impl Iterator<Item = &mut syn::Item> {
    file.items
        .iter_mut()
        .find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "types" => module.content.as_mut(),
            _ => None,
        })
        .into_iter()
        .flat_map(|(_, items)| items)
}

/// Whether an attribute of serde holds the text `word`.
fn serde_says(attributes: &[Attribute], word: &str) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("serde") && quote::quote!(#attribute).to_string().contains(word)
    })
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
