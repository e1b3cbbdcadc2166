//! The limits of the contract that the generated types do not enforce, as constants.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::names::screaming;

/// Keywords whose value is a whole number, with what the constant is called and what it says.
const KEYWORDS: [(&str, &str, &str); 9] = [
    ("minimum", "MIN", "Least value"),
    ("maximum", "MAX", "Greatest value"),
    ("default", "DEFAULT", "Value where none is sent"),
    ("minLength", "MIN_LENGTH", "Least number of characters"),
    ("maxLength", "MAX_LENGTH", "Greatest number of characters"),
    ("minItems", "MIN_ITEMS", "Least number of items"),
    ("maxItems", "MAX_ITEMS", "Greatest number of items"),
    ("minProperties", "MIN_PROPERTIES", "Least number of members"),
    (
        "maxProperties",
        "MAX_PROPERTIES",
        "Greatest number of members",
    ),
];

/// Emits the module `limits`: of every parameter, and of every property of a component.
pub(crate) fn limits(contract: &Value) -> Result<TokenStream> {
    let mut constants: Vec<(String, TokenStream)> = Vec::new();
    for operation in document::operations(contract) {
        let id = operation
            .value
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        for (list, parameters) in [
            (
                join(&operation.pointer, "parameters"),
                operation.value.get("parameters"),
            ),
            (
                join(&join("/paths", operation.path), "parameters"),
                operation.item.get("parameters"),
            ),
        ] {
            let parameters = parameters.and_then(Value::as_array).into_iter().flatten();
            for (index, parameter) in parameters.enumerate() {
                let at = join(&list, &index.to_string());
                let (at, parameter) = document::resolve(contract, at, parameter)?;
                let Some(schema) = parameter.get("schema") else {
                    continue;
                };
                let name = parameter
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let (at, schema) = document::resolve(contract, join(&at, "schema"), schema)?;
                let subject = format!("parameter `{name}` of `{id}`");
                collect(
                    &at,
                    &format!("{id}_{name}"),
                    &subject,
                    schema,
                    &mut constants,
                )?;
            }
        }
    }
    for (name, schema) in document::schemas(contract) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (property, schema) in properties.into_iter().flatten() {
            let at = join(
                &join(&join("/components/schemas", name), "properties"),
                property,
            );
            let subject = format!("`{property}` of [`{name}`](super::types::{name})");
            collect(
                &at,
                &format!("{name}_{property}"),
                &subject,
                schema,
                &mut constants,
            )?;
        }
    }
    let constants = constants.into_iter().map(|(_, constant)| constant);
    Ok(quote! {
        /// Limits that the contract states and that no generated type enforces.
        pub mod limits {
            #(#constants)*
        }
    })
}

fn collect(
    pointer: &str,
    owner: &str,
    subject: &str,
    schema: &Value,
    constants: &mut Vec<(String, TokenStream)>,
) -> Result<()> {
    for (keyword, suffix, meaning) in KEYWORDS {
        let Some(value) = schema.get(keyword).and_then(Value::as_i64) else {
            continue;
        };
        let name = format!("{}_{suffix}", screaming(owner));
        if constants.iter().any(|(known, _)| *known == name) {
            return Err(Error::new(
                join(pointer, keyword),
                format!("the constant `{name}` is already taken by another limit"),
            ));
        }
        let ident = format_ident!("{name}");
        let doc = format!("{meaning}: {subject}.");
        let value = proc_macro2::Literal::i64_unsuffixed(value);
        constants.push((
            name,
            quote! { #[doc = #doc] pub const #ident: i64 = #value; },
        ));
    }
    Ok(())
}
