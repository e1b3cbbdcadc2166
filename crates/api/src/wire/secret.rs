//! Strings that show themselves masked and travel unmasked.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A string that is secret.
///
/// `Debug` and `Display` show `***` in its place; `expose` and `Serialize` give it as it is.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct SecretString(String);

/// A string that may be a URL with a secret in its query.
///
/// `Debug` and `Display` show a URL without its query; `expose` and `Serialize` give it as it is.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretString {
    /// The value as it may be shown.
    pub fn masked(&self) -> Cow<'_, str> {
        "***".into()
    }
}

impl SecretUrl {
    /// The value as it may be shown.
    pub fn masked(&self) -> Cow<'_, str> {
        mask_url(&self.0)
    }

    /// Whether a part of the value is masked when it is shown.
    pub fn is_masked(&self) -> bool {
        matches!(self.masked(), Cow::Owned(_))
    }
}

macro_rules! secret {
    ($name:ident, $extension:expr) => {
        impl $name {
            /// The value as it is, secrets included.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(value)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.masked())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.masked(), f)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "x-secret": $extension })
            }
        }
    };
}

secret!(SecretString, true);
secret!(SecretUrl, "url-query");

/// A URL with its user information, query and fragment masked; other text as it is.
fn mask_url(text: &str) -> Cow<'_, str> {
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
    let mut masked = match user {
        Some((start, end)) => format!("{}***{}", &shown[..start], &shown[end..]),
        None => shown.to_owned(),
    };
    if let Some(first) = tail.chars().next() {
        masked.push(first);
        masked.push_str("***");
    }
    masked.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_url_shows_neither_user_nor_query() {
        for (text, shown) in [
            ("", ""),
            ("file-batch-1", "file-batch-1"),
            ("https://example.com/a", "https://example.com/a"),
            ("https://example.com/a?key=1", "https://example.com/a?***"),
            ("https://example.com/a#part", "https://example.com/a#***"),
            ("https://example.com/a?b#c", "https://example.com/a?***"),
            ("https://example.com/a#b?c", "https://example.com/a#***"),
            ("https://me:word@example.com/a", "https://***@example.com/a"),
            ("https://me:w@rd@example.com", "https://***@example.com"),
            (
                "https://me:word@example.com?a=@b",
                "https://***@example.com?***",
            ),
            ("https://example.com/a@b", "https://example.com/a@b"),
            ("//me:word@example.com/a", "//***@example.com/a"),
            ("HTTPS://me@example.com", "HTTPS://***@example.com"),
            ("oss://key:word@bucket/path", "oss://***@bucket/path"),
            ("oss:region:bucket/path", "oss:region:bucket/path"),
            ("example.com/a?b=c", "example.com/a?***"),
            (
                "https://bücher.example/ü?ß=ä",
                "https://bücher.example/ü?***",
            ),
            ("https://ü:ß@bücher.example", "https://***@bücher.example"),
            ("?", "?***"),
            ("@", "@"),
            ("https://", "https://"),
            ("https://@", "https://***@"),
        ] {
            let url = SecretUrl::from(text);
            assert_eq!(url.to_string(), shown, "{text}");
            assert_eq!(format!("{url:?}"), format!("{shown:?}"), "{text}");
            assert_eq!(url.is_masked(), text != shown, "{text}");
            assert_eq!(url.expose(), text);
            assert_eq!(serde_json::to_value(&url).expect("JSON"), json!(text));
            let decoded: SecretUrl = serde_json::from_value(json!(text)).expect("a string");
            assert_eq!(decoded, url);
        }
    }

    #[test]
    fn a_secret_shows_nothing() {
        for text in ["", "hidden"] {
            let secret = SecretString::from(text);
            assert_eq!(secret.to_string(), "***");
            assert_eq!(format!("{secret:?}"), "\"***\"");
            assert_eq!(secret.expose(), text);
            assert_eq!(serde_json::to_value(&secret).expect("JSON"), json!(text));
        }
        assert_eq!(format!("[{:>5}]", SecretString::from("a")), "[  ***]");
    }
}
