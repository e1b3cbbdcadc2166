//! URLs in a text, shown without what is secret in them.

use std::borrow::Cow;

use super::escapes::Escapes;
use super::key_mask::MASK;

/// The text with user, query and fragment of each URL masked, and of what looks like one.
///
/// A URL ends where white space, a double quote, an angle bracket or a backtick stands. Text
/// without a scheme counts as a URL if it has a query with a value, as in `in.jsonl?Signature=...`.
pub(crate) fn without_queries(text: &str) -> Cow<'_, str> {
    if !text.contains(['?', '#', '@']) && !Escapes::any_in(text, |_| true) {
        return text.into();
    }
    let ends_url = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '<' | '>' | '`');
    let pieces = text.split_inclusive(ends_url);
    let masked: Vec<Cow<'_, str>> = pieces
        .map(|piece| {
            let url = piece.trim_end_matches(ends_url);
            match mask_url(url) {
                Some(masked) => (masked + &piece[url.len()..]).into(),
                None => piece.into(),
            }
        })
        .collect();
    if masked.iter().all(|piece| matches!(piece, Cow::Borrowed(_))) {
        return text.into();
    }
    masked.concat().into()
}

/// A text without white space as it may be shown, if anything in it is secret.
fn mask_url(text: &str) -> Option<String> {
    let unescaped = Escapes::find(text).unescaped();
    let (letters, starts): (Vec<u8>, Vec<usize>) = unescaped.into_iter().unzip();
    let query = query(&letters);
    let url = &letters[..query.unwrap_or(letters.len())];
    let mut masked = String::new();
    let mut kept = 0;
    for start in authorities(url) {
        let end = url[start..].iter().position(|byte| *byte == b'/');
        let authority = &url[start..end.map_or(url.len(), |end| start + end)];
        if let Some(user) = authority.iter().rposition(|byte| *byte == b'@') {
            masked.push_str(&text[kept..starts[start]]);
            masked.push_str(MASK);
            kept = starts[start + user];
        }
    }
    if let Some(query) = query {
        let end = starts.get(query + 1).copied().unwrap_or(text.len());
        masked.push_str(&text[kept..end]);
        masked.push_str(MASK);
        return Some(masked);
    }
    masked.push_str(&text[kept..]);
    (kept > 0).then_some(masked)
}

/// Where the authorities of URLs begin.
fn authorities(letters: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let bare = letters.starts_with(b"//").then_some(2);
    let windows = letters.windows(3).enumerate();
    let full = windows.filter(|(_, part)| part == b"://");
    bare.into_iter().chain(full.map(|(at, _)| at + 3))
}

/// Where the query or the fragment of the first URL begins.
fn query(letters: &[u8]) -> Option<usize> {
    let scheme = authorities(letters).next().unwrap_or(letters.len());
    let of_url = letters[scheme..]
        .iter()
        .position(|byte| matches!(byte, b'?' | b'#'))
        .map(|at| scheme + at);
    let bare = letters.iter().enumerate().position(|(at, byte)| {
        let name = &letters[at + 1..];
        let length = name.iter().take_while(|byte| is_of_name(**byte)).count();
        matches!(byte, b'?' | b'&') && length > 0 && name.get(length) == Some(&b'=')
    });
    [of_url, bare].into_iter().flatten().min()
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_in_texts() {
        for (text, shown) in [
            ("", ""),
            ("What is wrong? See #4 & ask me@example.com.", ""),
            ("100% of a/b?c d=e", ""),
            ("https://h.example/a and https://h.example:8/b", ""),
            (
                "bad URL https://h.example/in.jsonl?Expires=1&Signature=s.",
                "bad URL https://h.example/in.jsonl?***",
            ),
            (
                "`https://h/a?b` or <https://h/c#d>, \"https://u:p@h/e\" too",
                "`https://h/a?***` or <https://h/c#***>, \"https://***@h/e\" too",
            ),
            (
                "https://a,https://u@b,//c?d",
                "https://a,https://***@b,//c?***",
            ),
            ("//u@h/a", "//***@h/a"),
            ("h/in.jsonl?Signature=s t", "h/in.jsonl?*** t"),
            ("/batches?limit=0", "/batches?***"),
            ("https://h/a?b c&Signature=s", "https://h/a?*** c&***"),
            (
                r"https:\/\/h\/a\u003fSignature=s",
                r"https:\/\/h\/a\u003f***",
            ),
            (
                "https%3A%2F%2Fu%40h%2Fa%253FSignature%253Ds",
                "https%3A%2F%2F***%40h%2Fa%253F***",
            ),
            ("https://h/a&quest;b", "https://h/a&quest;***"),
            (
                r#"{\"url\":\"https://h/a?Signature=s\",\"n\":1}"#,
                r#"{\"url\":\"https://h/a?***",\"n\":1}"#,
            ),
            ("https://h/ü?ü=ß", "https://h/ü?***"),
            ("https://ü:ß@h/ü", "https://***@h/ü"),
            ("https://h/?", "https://h/?***"),
        ] {
            let expected = if shown.is_empty() { text } else { shown };
            assert_eq!(without_queries(text), expected, "{text}");
        }
    }
}
