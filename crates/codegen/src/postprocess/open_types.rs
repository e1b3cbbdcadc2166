//! What a service sends grows, and a new field or variant must break no program that uses the
//! types. So they are `#[non_exhaustive]`; and since no other crate can then write a struct out, it
//! has a `Default`, from which a test makes one.

use std::collections::BTreeSet;

use syn::{Fields, Item, Type, parse_quote};

use super::types_items;

pub(super) fn mark(file: &mut syn::File) {
    let Some(items) = types_items(file) else {
        return;
    };
    // The generator writes one where the contract has a default for each field.
    let with_default: BTreeSet<String> = items.iter().filter_map(of_default).collect();
    for item in items {
        match item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                if !with_default.contains(&item.ident.to_string()) {
                    item.attrs.push(parse_quote!(#[derive(Default)]));
                }
                item.attrs.push(parse_quote!(#[non_exhaustive]));
            }
            Item::Enum(item) => item.attrs.push(parse_quote!(#[non_exhaustive])),
            _ => {}
        }
    }
}

/// The type that an item is `Default` for.
fn of_default(item: &Item) -> Option<String> {
    let Item::Impl(item) = item else { return None };
    let (of, _) = item.trait_.as_ref()?;
    let is_default = of.segments.last().is_some_and(|it| it.ident == "Default");
    match &*item.self_ty {
        Type::Path(ty) if is_default => Some(ty.path.get_ident()?.to_string()),
        _ => None,
    }
}
