//! The generator writes a builder for every struct, more code than all the rest. Only request bodies
//! need them, and the contract has none.

use syn::{ImplItem, Item};

use super::types_items;

pub(super) fn drop_all(file: &mut syn::File) {
    let Some(items) = types_items(file) else {
        return;
    };
    for item in items.iter_mut() {
        let Item::Impl(item) = item else { continue };
        if item.trait_.is_none() {
            item.items.retain(|member| {
                !matches!(member, ImplItem::Fn(function) if function.sig.ident == "builder")
            });
        }
    }
    items.retain(|item| match item {
        Item::Mod(module) => module.ident != "builder",
        Item::Impl(item) => item.trait_.is_some() || !item.items.is_empty(),
        _ => true,
    });
}
