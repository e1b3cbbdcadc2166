//! An enum that takes values which the contract does not list.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;

use crate::document::{join, schema_pointer};
use crate::error::{Error, Result};
use crate::names::{ident, pascal};

/// Emits the open enum `name` with the values of `schema`.
pub(super) fn open_enum(name: &str, description: &str, schema: &Value) -> Result<TokenStream> {
    let (wire, variants) = values(name, schema)?;
    let docs = wire.iter().map(|text| format!("`{text}`"));
    let name_ident = format_ident!("{name}");
    let traits = traits(&name_ident);
    Ok(quote! {
        #[doc = #description]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name_ident {
            #(
                #[doc = #docs]
                #variants,
            )*
            /// A value that the contract does not list, as it was received; empty, and shown as
            /// `unknown`, where none could be read.
            Unknown(crate::wire::UnknownValue),
        }

        impl #name_ident {
            /// Every value that the contract lists, in its order.
            pub const KNOWN: &'static [Self] = &[#(Self::#variants),*];

            /// The value as it is sent and received.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #wire,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }

            /// Whether the contract lists this value.
            pub fn is_known(&self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl ::std::convert::From<&str> for #name_ident {
            fn from(value: &str) -> Self {
                match value {
                    #(#wire => Self::#variants,)*
                    other => Self::Unknown(crate::wire::UnknownValue::new(other)),
                }
            }
        }

        impl ::std::default::Default for #name_ident {
            /// The value that stands in where none could be read: empty, shown as `unknown`.
            fn default() -> Self {
                Self::Unknown(crate::wire::UnknownValue::new(""))
            }
        }

        #traits

        #[cfg(feature = "schema")]
        impl ::schemars::JsonSchema for #name_ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #name.into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({
                    "description": #description,
                    "type": "string",
                    "enum": [#(#wire),*],
                    "x-open-enum": true
                })
            }
        }
    })
}

/// What follows from `as_str` and `From<&str>`.
fn traits(name: &Ident) -> TokenStream {
    quote! {
        impl ::std::convert::From<::std::string::String> for #name {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for #name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self.as_str() {
                    "" => f.pad("unknown"),
                    value => f.pad(value),
                }
            }
        }

        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                crate::wire::from_text(deserializer, |text| Self::from(text))
            }
        }
    }
}

/// The values on the wire, and the variant of each.
fn values<'a>(name: &str, schema: &'a Value) -> Result<(Vec<&'a str>, Vec<Ident>)> {
    let (mut wire, mut variants) = (Vec::new(), Vec::new());
    let values = schema["enum"].as_array().into_iter().flatten();
    for (index, value) in values.enumerate() {
        let text = value.as_str().unwrap_or_default();
        let variant = ident(&pascal(text)).filter(|_| text.contains(char::is_alphanumeric));
        match variant {
            Some(variant) if variant != "Unknown" => variants.push(variant),
            _ => {
                let at = join(&join(&schema_pointer(name), "enum"), &index.to_string());
                let reason = format!("`{value}` makes no name of a Rust variant");
                return Err(Error::new(at, reason));
            }
        }
        wire.push(text);
    }
    Ok((wire, variants))
}
