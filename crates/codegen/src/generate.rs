//! From the generator view to formatted Rust.

use std::panic::{AssertUnwindSafe, catch_unwind};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use quote::quote;
use serde_json::Value;

use crate::duplicates;
use crate::error::{Error, Result};
use crate::items;
use crate::names::pascal;
use crate::postprocess;
use crate::preprocess::View;

/// Generates the client of `contract`, of which `view` was derived.
pub(crate) fn client(contract: &Value, view: &View) -> Result<String> {
    let mut file = run_progenitor(view)?;
    postprocess::apply(contract, &mut file);
    let types: syn::File = parse_rust(items::types(contract)?)?;
    if let Some(items) = postprocess::types_items(&mut file) {
        items.extend(types.items);
    }
    let beside: syn::File = parse_rust(items::beside_types(contract)?)?;
    file.items.extend(beside.items);
    duplicates::check(&file)?;
    Ok(prettyplease::unparse(&file))
}

fn run_progenitor(view: &View) -> Result<syn::File> {
    let document: OpenAPI = serde_json::from_value(view.document.clone())
        .map_err(|error| Error::new("", format!("not an OpenAPI 3.0 document: {error}")))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_derive("PartialEq")
        .with_inner_type(quote!(crate::Inner))
        .with_hooks(progenitor::HooksMode::Expected)
        .with_map_type("::std::collections::BTreeMap");
    for (name, rust_type) in &view.replacements {
        settings.with_replacement(pascal(name), rust_type, std::iter::empty());
    }
    catch_unwind(AssertUnwindSafe(|| {
        Generator::new(&settings).generate_tokens(&document)
    }))
    .map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no reason");
        Error::new("", format!("the generator gave up: {text}"))
    })?
    .map_err(|error| Error::new("", format!("the generator refused: {error}")))
    .and_then(parse_rust)
}

fn parse_rust<T: syn::parse::Parse>(tokens: proc_macro2::TokenStream) -> Result<T> {
    syn::parse2(tokens)
        .map_err(|error| Error::new("", format!("the generated code is not Rust: {error}")))
}
