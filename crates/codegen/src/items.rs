//! Rust that the contract asks for and progenitor does not write.

mod limits;
mod open_enum;
mod secret_properties;
mod shapes;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::document;
use crate::error::Result;
use crate::lint::{OPEN_ENUM, SECRET};
use crate::names::pascal;
use crate::preprocess::secret_type;

/// What stands beside the module `types`.
pub(crate) fn beside_types(contract: &Value) -> Result<TokenStream> {
    let limits = limits::limits(contract)?;
    let secret_properties = secret_properties::secret_properties(contract)?;
    let shapes = shapes::shapes(contract)?;
    Ok(quote! { #limits #secret_properties #shapes })
}

/// What stands in the module `types`, under the names of the contract.
pub(crate) fn types(contract: &Value) -> Result<TokenStream> {
    let mut items = TokenStream::new();
    for (name, schema) in document::schemas(contract) {
        let name = pascal(name);
        let description = schema["description"].as_str().unwrap_or(&name);
        if schema.get(OPEN_ENUM).is_some() {
            items.extend(open_enum::open_enum(&name, description, schema)?);
        } else if let Some(extension) = schema.get(SECRET) {
            let alias = quote::format_ident!("{name}");
            let of = quote::format_ident!("{}", secret_type(extension));
            items.extend(quote! {
                #[doc = #description]
                pub use crate::wire::#of as #alias;
            });
        }
    }
    Ok(items)
}
