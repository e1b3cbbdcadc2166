//! What is changed in the generated code itself, since no contract can ask for it.

mod absent_nullable_keys;
mod constructors;
mod field_order;
mod open_types;
mod path_segments;
mod schema_derives;
mod struct_builders;
mod text_responses;

use serde_json::Value;
use syn::Attribute;

/// Changes the generated code.
pub(crate) fn apply(contract: &Value, file: &mut syn::File) {
    constructors::drop_panicking(file);
    struct_builders::drop_all(file);
    text_responses::decode(file);
    path_segments::encode(file);
    absent_nullable_keys::read_as_null(file);
    field_order::follow_contract(contract, file);
    schema_derives::add(file);
    open_types::mark(file);
}

/// The items of the generated module `types`.
pub(crate) fn types_items(file: &mut syn::File) -> Option<&mut Vec<syn::Item>> {
    file.items.iter_mut().find_map(|item| match item {
        syn::Item::Mod(module) if module.ident == "types" => {
            module.content.as_mut().map(|(_, items)| items)
        }
        _ => None,
    })
}

/// Whether an attribute of serde holds the text `word`.
fn serde_has(attributes: &[Attribute], word: &str) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("serde") && quote::quote!(#attribute).to_string().contains(word)
    })
}
