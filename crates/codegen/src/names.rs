//! Rust names for the contract's names.

use proc_macro2::{Ident, Span};

/// `text` as the name of a type or a variant: `in_progress` becomes `InProgress`.
pub(crate) fn pascal(text: &str) -> String {
    words(text)
        .map(|word| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        })
        .collect()
}

/// `text` as the name of a constant: `BatchMetadata` becomes `BATCH_METADATA`.
pub(crate) fn screaming(text: &str) -> String {
    let mut name = String::new();
    let mut after_lower = false;
    for letter in text.chars() {
        if !letter.is_alphanumeric() {
            after_lower = false;
            if !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
            continue;
        }
        if letter.is_uppercase() && after_lower {
            name.push('_');
        }
        after_lower = letter.is_lowercase() || letter.is_numeric();
        name.extend(letter.to_uppercase());
    }
    name.trim_end_matches('_').to_owned()
}

/// Whether two names differ in case and separators at most.
pub(crate) fn same_words(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    plain(one) == plain(other)
}

/// `name` as an identifier, if Rust allows it as one.
pub(crate) fn ident(name: &str) -> Option<Ident> {
    syn::parse_str::<Ident>(name)
        .ok()
        .map(|_| Ident::new(name, Span::call_site()))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_rust() {
        for (text, expected_pascal, expected_screaming) in [
            ("in_progress", "InProgress", "IN_PROGRESS"),
            ("list-batches", "ListBatches", "LIST_BATCHES"),
            ("BatchMetadata", "BatchMetadata", "BATCH_METADATA"),
            ("v1/chat", "V1Chat", "V1_CHAT"),
            ("", "", ""),
            ("__", "", ""),
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
