//! The generator writes a builder for every struct, more code than all the rest. They are needed
//! for request bodies alone; without one they go. Where they stay, unknown fields need no value:
//! there are none unless somebody gives some.

use syn::visit_mut::{self, VisitMut};
use syn::{FieldValue, ImplItem, Item, Member, parse_quote};

use super::types_items;
use crate::view::EXTRA;

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
        UnknownFieldsAreOptional.visit_file_mut(file);
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

struct UnknownFieldsAreOptional;

impl VisitMut for UnknownFieldsAreOptional {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let value = &field.expr;
        let is_missing = quote::quote!(#value)
            .to_string()
            .contains("no value supplied for extra");
        if matches!(&field.member, Member::Named(name) if name == EXTRA) && is_missing {
            field.expr = parse_quote!(Ok(::std::default::Default::default()));
        }
        visit_mut::visit_field_value_mut(self, field);
    }
}
