//! The limits of the contract that the generated types do not enforce, as constants.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::names::{ident, pascal, screaming};

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

/// Emits the module `limits`: of every parameter, of every component and of its properties.
pub(super) fn limits(contract: &Value) -> Result<TokenStream> {
    let mut limits = Limits::default();
    for parameter in document::parameters(contract)? {
        let (id, name) = (parameter.operation, parameter.name());
        let (at, schema) = parameter.schema(contract)?;
        let subject = format!("parameter `{name}` of `{id}`");
        limits.collect(&at, &format!("{id}-{name}"), &subject, schema)?;
    }
    for (name, schema) in document::schemas(contract) {
        let at = document::schema_pointer(name);
        let link = format!("[`{0}`](super::types::{0})", pascal(name));
        limits.collect(&at, name, &link, schema)?;
        let properties = schema.get("properties").and_then(Value::as_object);
        for (property, schema) in properties.into_iter().flatten() {
            let at = join(&join(&at, "properties"), property);
            let subject = format!("`{property}` of {link}");
            limits.collect(&at, &format!("{name}-{property}"), &subject, schema)?;
        }
    }
    let constants = limits.constants;
    Ok(quote! {
        /// Limits that the contract states and that no generated type enforces.
        pub mod limits {
            #(#constants)*
        }
    })
}

/// The constants found so far.
#[derive(Default)]
struct Limits {
    names: BTreeSet<String>,
    constants: Vec<TokenStream>,
}

impl Limits {
    fn collect(&mut self, pointer: &str, owner: &str, subject: &str, schema: &Value) -> Result<()> {
        for (keyword, suffix, meaning) in KEYWORDS {
            let Some(value) = whole_number(schema, keyword) else {
                continue;
            };
            let name = screaming(&format!("{owner}-{suffix}"));
            if !self.names.insert(name.clone()) {
                return Err(Error::new(
                    join(pointer, keyword),
                    format!("the constant `{name}` is already taken by another limit"),
                ));
            }
            let Some(ident) = ident(&name) else {
                let reason = format!("`{name}` makes no name of a Rust constant");
                return Err(Error::new(join(pointer, keyword), reason));
            };
            let doc = format!("{meaning}: {subject}.");
            let value = proc_macro2::Literal::i64_unsuffixed(value);
            self.constants
                .push(quote! { #[doc = #doc] pub const #ident: i64 = #value; });
        }
        Ok(())
    }
}

/// The limit as a whole number that is itself allowed.
fn whole_number(schema: &Value, keyword: &str) -> Option<i64> {
    let value = schema.get(keyword)?.as_i64()?;
    let is_exclusive = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(true));
    let (exclusive, allowed) = match keyword {
        "minimum" => (is_exclusive("exclusiveMinimum"), value.checked_add(1)),
        "maximum" => (is_exclusive("exclusiveMaximum"), value.checked_sub(1)),
        _ => (false, None),
    };
    match exclusive {
        false => Some(value),
        // There is no least number above another.
        true if schema.get("type")? == "integer" => allowed,
        true => None,
    }
}
