//! Strings that show themselves masked and travel unmasked.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

/// How much of a string is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    /// All of it.
    Whole,
    /// The query (and fragment, and user information) of a URL.
    UrlQuery,
}

impl Secret {
    /// Reads the mark `x-secret` of the contract.
    pub(crate) fn of_mark(mark: &Value) -> Option<Self> {
        match mark {
            Value::Bool(true) => Some(Self::Whole),
            Value::String(text) if text == "url-query" => Some(Self::UrlQuery),
            _ => None,
        }
    }

    /// The mark as the contract writes it.
    pub(crate) fn mark(self) -> Value {
        match self {
            Self::Whole => Value::Bool(true),
            Self::UrlQuery => Value::String("url-query".to_owned()),
        }
    }

    /// What to say about the type that strings marked in place share.
    pub(crate) fn shared_description(self) -> &'static str {
        match self {
            Self::Whole => "A string that is secret.",
            Self::UrlQuery => "A string that may be a URL with a secret in its query.",
        }
    }
}

/// Emits the type `name` for a string marked as a secret.
pub(crate) fn secret(name: &str, description: &str, secret: Secret) -> TokenStream {
    let ident = format_ident!("{name}");
    let (note, masked) = match secret {
        Secret::Whole => (
            "`Debug` and `Display` show `***` in its place; `expose` and `Serialize` give it as it is.",
            quote! { "***".into() },
        ),
        Secret::UrlQuery => (
            "`Debug` and `Display` show a URL without its query; `expose` and `Serialize` give it as \
             it is.",
            quote! { mask_url(&self.0) },
        ),
    };
    let helper = (secret == Secret::UrlQuery).then(|| {
        quote! {
            impl #ident {
                /// Whether a part of the value is masked when it is shown.
                pub fn is_masked(&self) -> bool {
                    matches!(self.masked(), ::std::borrow::Cow::Owned(_))
                }
            }
        }
    });
    let mark = match secret.mark() {
        Value::Bool(flag) => quote!(#flag),
        mark => {
            let text = mark.as_str().unwrap_or_default().to_owned();
            quote!(#text)
        }
    };
    quote! {
        #[doc = #description]
        #[doc = ""]
        #[doc = #note]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Deserialize, ::serde::Serialize)]
        #[serde(transparent)]
        pub struct #ident(::std::string::String);

        impl #ident {
            /// The value as it is, secrets included.
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// The value as it may be shown.
            pub fn masked(&self) -> ::std::borrow::Cow<'_, str> {
                #masked
            }
        }

        #helper

        impl ::std::convert::From<::std::string::String> for #ident {
            fn from(value: ::std::string::String) -> Self {
                Self(value)
            }
        }

        impl ::std::convert::From<&str> for #ident {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl ::std::str::FromStr for #ident {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.masked())
            }
        }

        impl ::std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&*self.masked(), f)
            }
        }

        #[cfg(feature = "schema")]
        impl ::schemars::JsonSchema for #ident {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #name.into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({
                    "description": #description,
                    "type": "string",
                    "x-secret": #mark
                })
            }
        }
    }
}

/// Emits the function by which URLs are masked.
pub(crate) fn mask_url() -> TokenStream {
    quote! {
        /// A URL with its user information, query and fragment masked; other text as it is.
        fn mask_url(text: &str) -> ::std::borrow::Cow<'_, str> {
            let query = text.find(['?', '#']);
            let (shown, tail) = text.split_at(query.unwrap_or(text.len()));
            let start = match shown.starts_with("//") {
                true => Some(2),
                false => shown.find("://").map(|scheme| scheme + 3),
            };
            let user = start.and_then(|start| {
                let authority = &shown[start..];
                let authority = &authority[..authority.find('/').unwrap_or(authority.len())];
                Some((start, start + authority.rfind('@')?))
            });
            if user.is_none() && tail.is_empty() {
                return text.into();
            }
            let mut masked = ::std::string::String::new();
            match user {
                Some((start, end)) => {
                    masked.push_str(&shown[..start]);
                    masked.push_str("***");
                    masked.push_str(&shown[end..]);
                }
                None => masked.push_str(shown),
            }
            if let Some(mark) = tail.chars().next() {
                masked.push(mark);
                masked.push_str("***");
            }
            masked.into()
        }
    }
}
