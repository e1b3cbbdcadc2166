//! An enum that takes values which the contract does not list.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::document::join;
use crate::error::{Error, Result};
use crate::names::{ident, pascal};

/// The variant for values that the contract does not list.
const UNKNOWN: &str = "Unknown";

/// Emits the open enum `name` with the values of `schema`, which stands at `pointer`.
pub(crate) fn open_enum(pointer: &str, name: &str, schema: &Value) -> Result<TokenStream> {
    let at = join(pointer, "enum");
    let values = schema
        .get("enum")
        .and_then(Value::as_array)
        .filter(|values| !values.is_empty());
    let Some(values) = values else {
        return Err(Error::new(
            pointer,
            "an extensible enum must list the values known today",
        ));
    };
    let mut wire: Vec<&str> = Vec::new();
    let mut variants = Vec::new();
    // A nullable enum lists null; whether there is a value is for the reference to say.
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let values = values.iter().enumerate();
    for (index, value) in values.filter(|(_, value)| !(is_nullable && value.is_null())) {
        let at = join(&at, &index.to_string());
        let Some(text) = value.as_str() else {
            return Err(Error::new(
                at,
                format!("an extensible enum holds strings, not `{value}`"),
            ));
        };
        let named = text.contains(char::is_alphanumeric);
        let Some(variant) = ident(&pascal(text)).filter(|_| named) else {
            return Err(Error::new(
                at,
                format!("`{text}` makes no name of a Rust variant"),
            ));
        };
        if variants.contains(&variant) || variant == UNKNOWN {
            return Err(Error::new(
                at,
                format!("`{text}` would be the variant `{variant}`, which is taken"),
            ));
        }
        wire.push(text);
        variants.push(variant);
    }
    let Some(name_ident) = ident(name) else {
        return Err(Error::new(
            pointer,
            format!("`{name}` makes no name of a Rust type"),
        ));
    };
    let description = schema
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or(name);
    let variant_docs = wire.iter().map(|text| format!("`{text}`"));
    let count = wire.len();

    Ok(quote! {
        #[doc = #description]
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name_ident {
            #(
                #[doc = #variant_docs]
                #variants,
            )*
            /// A value that the contract does not list, as it was received.
            Unknown(UnknownValue),
        }

        impl #name_ident {
            /// Every value that the contract lists, in its order.
            pub const KNOWN: [Self; #count] = [#(Self::#variants),*];

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
                    other => Self::Unknown(UnknownValue(other.to_owned())),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for #name_ident {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for #name_ident {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for #name_ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for #name_ident {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #name_ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                struct Visitor;

                impl ::serde::de::Visitor<'_> for Visitor {
                    type Value = #name_ident;

                    fn expecting(
                        &self,
                        f: &mut ::std::fmt::Formatter<'_>,
                    ) -> ::std::fmt::Result {
                        f.write_str("a string")
                    }

                    fn visit_str<E: ::serde::de::Error>(
                        self,
                        value: &str,
                    ) -> ::std::result::Result<Self::Value, E> {
                        Ok(Self::Value::from(value))
                    }
                }

                deserializer.deserialize_str(Visitor)
            }
        }

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
                    "x-extensible-enum": true
                })
            }
        }
    })
}

/// Emits the type that an open enum holds an unlisted value in.
pub(crate) fn unknown_value() -> TokenStream {
    quote! {
        /// A value that the contract does not list.
        ///
        /// Only parsing makes one, so that a listed value is never taken for an unknown one.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct UnknownValue(::std::string::String);

        impl UnknownValue {
            /// The value as it was received.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    }
}
