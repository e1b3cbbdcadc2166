//! Absent nullable keys.
//!
//! A key that is required and nullable is an error where it is absent. Servers leave such keys
//! out, so an absent one reads as null. Lists are the exception: an absent list cannot be told
//! from an empty one, and a body without it is more likely an error than an empty page.

use syn::{Field, GenericArgument, Item, PathArguments, Type, parse_quote};

use super::types_items;

pub(super) fn read_as_null(file: &mut syn::File) {
    for item in types_items(file) {
        let Item::Struct(item) = item else { continue };
        for field in &mut item.fields {
            if is_strict_option(field) && !holds_list(&field.ty) {
                field.attrs.push(parse_quote!(#[serde(default)]));
            }
        }
    }
}

/// Whether the field is an `Option` whose absence is an error: that of a required, nullable key.
fn is_strict_option(field: &Field) -> bool {
    field.attrs.iter().any(|attribute| {
        attribute.path().is_ident("serde")
            && quote::quote!(#attribute)
                .to_string()
                .contains("Option::deserialize")
    })
}

fn holds_list(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.iter().any(|segment| {
        segment.ident == "Vec"
            || matches!(&segment.arguments, PathArguments::AngleBracketed(arguments)
            if arguments.args.iter().any(|argument| {
                matches!(argument, GenericArgument::Type(inner) if holds_list(inner))
            }))
    })
}
