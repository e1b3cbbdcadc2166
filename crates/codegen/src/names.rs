//! Rust names for the contract's names.

use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};
use proc_macro2::{Ident, Span};

/// `text` as the name of a type: `in_progress` becomes `InProgress`.
///
/// To the letter what typify makes of the name of a component, since it is by this name that a
/// type of ours takes the place of a generated one.
pub(crate) fn pascal(text: &str) -> String {
    finish(words(text).to_pascal_case(), "X")
}

/// `text` as the name of a function or a field: `listBatches` becomes `list_batches`.
pub(crate) fn snake(text: &str) -> String {
    finish(words(text).to_snake_case(), "x")
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
        for (text, expected_pascal, expected_snake, expected_screaming) in [
            ("in_progress", "InProgress", "in_progress", "IN_PROGRESS"),
            (
                "list-batches",
                "ListBatches",
                "list_batches",
                "LIST_BATCHES",
            ),
            (
                "BatchMetadata",
                "BatchMetadata",
                "batch_metadata",
                "BATCH_METADATA",
            ),
            ("ISBNCode", "IsbnCode", "isbn_code", "ISBN_CODE"),
            ("v1/chat", "V1Chat", "v1_chat", "V1_CHAT"),
            ("24h", "X24h", "x24h", "X24H"),
            ("self", "Self_", "self_", "SELF"),
            ("type", "Type", "type_", "TYPE"),
            ("it's", "Its", "its", "ITS"),
            ("", "X", "x", "X"),
            ("__", "X", "x", "X"),
        ] {
            assert_eq!(pascal(text), expected_pascal, "{text}");
            assert_eq!(snake(text), expected_snake, "{text}");
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
