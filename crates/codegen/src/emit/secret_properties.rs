//! The properties that the contract marks secret as a whole, by name: what does not decode into
//! the masked types can still be masked.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::Secret;
use crate::document::{self, Role, join, resolve};
use crate::error::Result;
use crate::view::SECRET_MARK;

/// Emits the constant `SECRET_PROPERTIES`.
pub(crate) fn secret_properties(contract: &Value) -> Result<TokenStream> {
    let mut names = BTreeSet::new();
    document::walk("", Role::Node, contract, &mut |pointer, role, place| {
        if role != Role::SchemasByName || !pointer.ends_with("/properties") {
            return Ok(());
        }
        for (name, schema) in place.as_object().into_iter().flatten() {
            let (_, schema) = resolve(contract, join(pointer, name), schema)?;
            let secret = schema.get(SECRET_MARK).and_then(Secret::of_mark);
            if secret == Some(Secret::Whole) {
                names.insert(name.as_str());
            }
        }
        Ok(())
    })?;
    let (names, count) = (names.iter(), names.len());
    Ok(quote! {
        /// Names of the properties that the contract marks secret as a whole.
        pub const SECRET_PROPERTIES: [&str; #count] = [#(#names),*];
    })
}
