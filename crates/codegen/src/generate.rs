//! From the generator view to formatted Rust.

use std::panic::{AssertUnwindSafe, catch_unwind};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use quote::quote;
use serde_json::Value;
use syn::{Item, parse_quote};

use crate::duplicates;
use crate::emit;
use crate::error::{Error, Result};
use crate::names::pascal;
use crate::polish;
use crate::view::View;

/// Generates the client of `contract`, of which `view` was derived.
pub(crate) fn client(contract: &Value, view: &View) -> Result<String> {
    let mut file = run_progenitor(view)?;
    polish::polish(contract, &mut file);
    add_our_types(&mut file, view)?;
    file.items.push(parse_rust(emit::limits(contract)?)?);
    file.items
        .push(parse_rust(emit::secret_properties(contract)?)?);
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
    for (name, replacement) in &view.replacements {
        settings.with_replacement(pascal(name), &replacement.rust_type, std::iter::empty());
    }
    // The lint finds what is known to make the generator panic; what it does not know of must
    // still reach the caller as an error.
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

/// Puts the types that stand in for generated ones into the module `types`.
fn add_our_types(file: &mut syn::File, view: &View) -> Result<()> {
    let mut ours = vec![
        // `super::types::X` then means the same in `types`, in its children and beside it.
        quote!(
            use super::types;
        ),
        emit::comma_separated(),
        emit::unknown_value(),
        emit::mask_url(),
    ];
    ours.extend(
        view.replacements
            .values()
            .filter_map(|replacement| replacement.definition.clone()),
    );
    let ours: syn::File = parse_rust(ours.into_iter().collect())?;
    let types = file.items.iter_mut().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_mut(),
        _ => None,
    });
    if let Some((_, items)) = types {
        for mut item in ours.items {
            // A contract need not have a list, an open enum or a secret.
            if let Item::Fn(function) = &mut item {
                function.attrs.push(parse_quote!(#[allow(dead_code)]));
            }
            if let Item::Use(import) = &mut item {
                import.attrs.push(parse_quote!(#[allow(unused_imports)]));
            }
            items.push(item);
        }
    }
    Ok(())
}

fn parse_rust<T: syn::parse::Parse>(tokens: proc_macro2::TokenStream) -> Result<T> {
    syn::parse2(tokens)
        .map_err(|error| Error::new("", format!("the generated code is not Rust: {error}")))
}
