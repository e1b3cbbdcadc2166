//! What the objects of a successful response hold, as data: a response that the types refuse can
//! then still be read in part. Errors are read as a whole or not at all.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::document::{self, component_at, join, resolve, schema_pointer};
use crate::error::Result;
use crate::lint::IDENTITY;
use crate::names::{pascal, screaming};
use crate::preprocess::{is_object, is_required};

/// Emits the module `shapes`.
pub(super) fn shapes(contract: &Value) -> Result<TokenStream> {
    let mut shapes = TokenStream::new();
    let reachable = document::success_schemas(contract);
    for (name, schema) in document::schemas(contract) {
        if !reachable.contains(name) || !is_object(schema) {
            continue;
        }
        let members = members(contract, name, schema)?;
        let doc = format!("[`{0}`](super::types::{0}).", pascal(name));
        let name = format_ident!("{}", screaming(name));
        shapes.extend(quote! {
            #[doc = #doc]
            pub static #name: Shape = Shape { members: &[#(#members),*] };
        });
    }
    Ok(quote! {
        /// What the objects of a successful response hold, as the contract says.
        pub mod shapes {
            use crate::wire::{Kind, Member, Shape};
            #shapes
        }
    })
}

fn members(contract: &Value, owner: &str, schema: &Value) -> Result<Vec<TokenStream>> {
    let properties = join(&schema_pointer(owner), "properties");
    let member = |(name, property): (&str, &Value)| {
        let kind = kind(contract, &join(&properties, name))?;
        let mut member = match is_required(schema, name) {
            true => quote!(Member::required(#name, #kind)),
            false => quote!(Member::optional(#name, #kind)),
        };
        if property.get("nullable").is_some_and(|it| *it == true) {
            member.extend(quote!(.nullable()));
        }
        if property.get(IDENTITY).is_some() {
            member.extend(quote!(.identity()));
        }
        Ok(member)
    };
    document::members(contract, &properties)
        .map(member)
        .collect()
}

/// What a value of the schema at `pointer` is.
fn kind(contract: &Value, pointer: &str) -> Result<TokenStream> {
    let (at, schema) = resolve(contract, pointer)?;
    // The wrapper of a nullable reference.
    if schema["allOf"].as_array().is_some_and(|it| it.len() == 1) {
        return kind(contract, &join(&join(&at, "allOf"), "0"));
    }
    Ok(match (schema["type"].as_str(), component_at(&at)) {
        (Some("object"), Some(name)) if is_object(schema) => {
            let name = format_ident!("{}", screaming(name));
            quote!(Kind::Object(&#name))
        }
        (Some("array"), _) => {
            let items = kind(contract, &join(&at, "items"))?;
            quote!(Kind::Array(&#items))
        }
        (Some("boolean"), _) => quote!(Kind::Boolean),
        (Some("integer"), _) => quote!(Kind::Integer),
        (Some("number"), _) => quote!(Kind::Number),
        (Some("string"), _) => quote!(Kind::String),
        _ => quote!(Kind::Any),
    })
}
