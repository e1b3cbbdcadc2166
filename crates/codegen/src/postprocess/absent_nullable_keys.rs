//! Absent nullable keys.
//!
//! A key that is required and nullable is an error where it is absent. Servers leave such keys
//! out, so an absent one reads as null. Lists are the exception: an absent list cannot be
//! distinguished from an empty one, and a body without it is more likely an error than an empty page.

use syn::visit_mut::VisitMut;
use syn::{Field, parse_quote};

use super::serde_has;

pub(super) fn read_as_null(file: &mut syn::File) {
    ReadAsNull.visit_file_mut(file);
}

struct ReadAsNull;

impl VisitMut for ReadAsNull {
    fn visit_field_mut(&mut self, field: &mut Field) {
        // This is how the generator writes a required, nullable key.
        let is_strict = serde_has(&field.attrs, "Option::deserialize");
        let ty = &field.ty;
        let is_list = quote::quote!(#ty).to_string().contains(":: Vec <");
        if is_strict && !is_list {
            field.attrs.push(parse_quote!(#[serde(default)]));
        }
    }
}
