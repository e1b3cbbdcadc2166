//! Absent nullable keys.
//!
//! A key that is required and nullable is an error where it is absent. Servers leave such keys
//! out, so an absent one reads as null. Lists are the exception: an absent list cannot be told
//! from an empty one, and a body without it is more likely an error than an empty page.

use std::collections::BTreeSet;

use syn::visit_mut::VisitMut;
use syn::{Field, Fields, GenericArgument, Ident, Item, PathArguments, Type, parse_quote};

use super::{serde_says, types_items};

pub(super) fn read_as_null(file: &mut syn::File) {
    let mut read = ReadAsNull {
        lists: BTreeSet::from([parse_quote!(Vec)]),
    };
    // A component that is a list is a type around one.
    for item in types_items(file) {
        if let Item::Struct(item) = item
            && let Fields::Unnamed(fields) = &item.fields
            && fields.unnamed.iter().any(|field| read.is_list(&field.ty))
        {
            read.lists.insert(item.ident.clone());
        }
    }
    read.visit_file_mut(file);
}

struct ReadAsNull {
    /// The names of types that are lists.
    lists: BTreeSet<Ident>,
}

impl VisitMut for ReadAsNull {
    fn visit_field_mut(&mut self, field: &mut Field) {
        // This is how the generator writes a required, nullable key.
        let is_strict = serde_says(&field.attrs, "Option::deserialize");
        if is_strict && !inner(&field.ty).is_some_and(|ty| self.is_list(ty)) {
            field.attrs.push(parse_quote!(#[serde(default)]));
        }
    }
}

impl ReadAsNull {
    fn is_list(&self, ty: &Type) -> bool {
        matches!(ty, Type::Path(path)
            if path.path.segments.last().is_some_and(|last| self.lists.contains(&last.ident)))
    }
}

/// The type that another one, such as an `Option`, is around.
fn inner(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
