//! The properties that are secret as a whole, by name: what does not decode into the masked types
//! can still be masked.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::document::{self, Role, join};
use crate::error::Result;
use crate::lint::SECRET;

/// Emits the constant `SECRET_PROPERTIES`.
pub(super) fn secret_properties(contract: &Value) -> Result<TokenStream> {
    let mut names = BTreeSet::new();
    for (pointer, role) in document::places(contract) {
        if role != Role::SchemasByName || !pointer.ends_with("/properties") {
            continue;
        }
        for (name, _) in document::members(contract, &pointer) {
            let (_, schema) = document::resolve(contract, &join(&pointer, name))?;
            if schema.get(SECRET) == Some(&Value::Bool(true)) {
                names.insert(name);
            }
        }
    }
    let names = names.iter();
    Ok(quote! {
        /// Names of the properties that are secret as a whole.
        pub const SECRET_PROPERTIES: &[&str] = &[#(#names),*];
    })
}
