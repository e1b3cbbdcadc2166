//! What is mended in the generated code itself, since no contract can ask for it.

mod absent_nullable_keys;
mod constructors;
mod field_order;
mod schema_derives;
mod schema_docs;
mod struct_builders;

use serde_json::Value;

/// Mends the generated code.
pub(crate) fn polish(contract: &Value, file: &mut syn::File) {
    constructors::drop_panicking(file);
    struct_builders::drop_unused(file);
    schema_docs::drop_view_schemas(file);
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
