//! Rust names for the contract's names.

use heck::{ToPascalCase, ToShoutySnakeCase};
use proc_macro2::{Ident, Span};

/// `text` as the name of a type: `in_progress` becomes `InProgress`.
///
/// To the letter what typify makes of the name of a component, since it is by this name that a
/// type of ours takes the place of a generated one.
pub(crate) fn pascal(text: &str) -> String {
    finish(words(text).to_pascal_case(), "X")
}

/// `text` as the name of a constant: `BatchMetadata` becomes `BATCH_METADATA`.
pub(crate) fn screaming(text: &str) -> String {
    finish(words(text).to_shouty_snake_case(), "X")
}

/// `name` as an identifier, if Rust allows it as one.
pub(crate) fn ident(name: &str) -> Option<Ident> {
    syn::parse_str::<Ident>(name)
        .ok()
        .map(|_| Ident::new(name, Span::call_site()))
}

fn words(text: &str) -> String {
    text.replace('\'', "")
        .replace(|c: char| !(c.is_alphanumeric() || c == '_'), "-")
}

fn finish(name: String, prefix: &str) -> String {
    let name = if name.starts_with(|c: char| c.is_alphabetic()) {
        name
    } else {
        format!("{prefix}{name}")
    };
    if name == "Self" || (name.starts_with(char::is_lowercase) && ident(&name).is_none()) {
        format!("{name}_")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rust() {
        for (text, expected_pascal, expected_screaming) in [
            ("in_progress", "InProgress", "IN_PROGRESS"),
            ("list-things", "ListThings", "LIST_THINGS"),
            ("BatchMetadata", "BatchMetadata", "BATCH_METADATA"),
            ("ISBNCode", "IsbnCode", "ISBN_CODE"),
            ("v1/chat", "V1Chat", "V1_CHAT"),
            ("24h", "X24h", "X24H"),
            ("self", "Self_", "SELF"),
            ("it's", "Its", "ITS"),
            ("", "X", "X"),
        ] {
            assert_eq!(pascal(text), expected_pascal, "{text}");
            assert_eq!(screaming(text), expected_screaming, "{text}");
        }
    }

    #[test]
    fn not_every_text_is_an_identifier() {
        assert!(ident("Completed").is_some());
        for text in ["", "1st", "Self", "a b"] {
            assert!(ident(text).is_none(), "{text}");
        }
    }
}
