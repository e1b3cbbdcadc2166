//! `schemars::JsonSchema` (1.x) for every generated type, behind the feature `schema` of the crate
//! that includes the code.

use syn::{Attribute, Item, parse_quote};

use super::types_items;

pub(super) fn add(file: &mut syn::File) {
    for item in types_items(file).into_iter().flatten() {
        let attributes = match item {
            Item::Struct(item) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        if attributes.iter().any(derives_serialize) {
            attributes.push(
                parse_quote!(#[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]),
            );
        }
    }
}

fn derives_serialize(attribute: &Attribute) -> bool {
    attribute.path().is_ident("derive")
        && quote::quote!(#attribute).to_string().contains("Serialize")
}
