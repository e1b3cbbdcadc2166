//! The generator writes a builder for every struct, more code than all the rest. They are needed
//! for request bodies alone; without one they go.

use syn::{ImplItem, Item};

use super::types_items;

pub(super) fn drop_unused(file: &mut syn::File) {
    let used = file
        .items
        .iter()
        .filter(|item| !matches!(item, Item::Mod(module) if module.ident == "types"))
        .any(|item| {
            quote::quote!(#item)
                .to_string()
                .contains("types :: builder ::")
        });
    if used {
        return;
    }
    for item in types_items(file) {
        let Item::Impl(item) = item else { continue };
        if item.trait_.is_none() {
            item.items.retain(|member| {
                !matches!(member, ImplItem::Fn(function) if function.sig.ident == "builder")
            });
        }
    }
    for item in &mut file.items {
        let Item::Mod(module) = item else { continue };
        if module.ident == "types"
            && let Some((_, items)) = &mut module.content
        {
            items.retain(|item| match item {
                Item::Mod(module) => module.ident != "builder",
                Item::Impl(item) => item.trait_.is_some() || !item.items.is_empty(),
                _ => true,
            });
        }
    }
}
