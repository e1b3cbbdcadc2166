//! Foreign text on its way to a terminal.
//!
//! Names and error messages are written by others. A control character in them could move the
//! cursor, change the title or forge a line, and a bidirectional one could reorder what is read.

use std::borrow::Cow;
use std::io::Write;

use unicode_width::UnicodeWidthStr as _;

/// `text` with the characters that a terminal would act upon written out, as in `\u{1b}`.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if acts(letter) {
            escaped.extend(letter.escape_default());
        } else {
            escaped.push(letter);
        }
    }
    escaped.into()
}

/// `json`, with what a terminal would act upon escaped as well: JSON itself escapes the first 32
/// characters only. To a parser the two are the same.
pub(crate) fn escape_json(json: String) -> String {
    // Outside of strings JSON has no such character but blanks, and inside of them no blank but this.
    let is_kept = |letter: char| letter == '\n' || !acts(letter);
    if is_harmless(json.as_bytes()) || json.chars().all(is_kept) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 64);
    for letter in json.chars() {
        match letter {
            '\t' | '\r' => escaped.push(' '),
            _ if is_kept(letter) => escaped.push(letter),
            _ => escaped.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    escaped
}

/// False of every text with a letter that [acts]. Results are long, and most have no such letter:
/// this looks at many bytes at once, first for the beginning of one.
fn is_harmless(text: &[u8]) -> bool {
    let may_begin = |byte: &u8| *byte < b' ' || matches!(byte, 0x7f | 0xc2 | 0xd8 | 0xe2 | 0xef);
    let none_begins = |bytes: &[u8]| !bytes.iter().fold(false, |any, byte| any | may_begin(byte));
    if text.chunks(64).all(none_begins) {
        return true;
    }
    // Chinese commas and curly quotes begin so as well. All is looked at, without a branch.
    let acts = |any, bytes: &[u8]| {
        let (one, two, three) = (bytes[0], bytes[1], bytes[2]);
        let mark = matches!(three, 0x8e..=0x8f | 0xa8..=0xae);
        let isolate = matches!(three, 0xa6..=0xa9);
        any | (one < b' ')
            | (one == 0x7f)
            | ((one == 0xc2) & (two < 0xa0))
            | ((one == 0xd8) & (two == 0x9c))
            | ((one == 0xe2) & (((two == 0x80) & mark) | ((two == 0x81) & isolate)))
            | ((one == 0xef) & (two == 0xbb) & (three == 0xbf))
    };
    let end = text.len().saturating_sub(2);
    none_begins(&text[end..]) && !text.windows(3).fold(false, acts)
}

/// `text`, escaped, in exactly `width` columns: filled up with spaces, or cut off with `…`.
pub(crate) fn fit(text: &str, width: usize) -> String {
    let text = escape(text);
    let mut fitted = if text.width() <= width {
        text.into_owned()
    } else {
        cut(&text, width)
    };
    let missing = width.saturating_sub(fitted.width());
    fitted.extend(std::iter::repeat_n(' ', missing));
    fitted
}

/// How many letters may share a column, as an `e` and its accents do.
const LETTERS_PER_COLUMN: usize = 8;

/// The beginning of `text`, with `…` behind it, in at most `width` columns.
fn cut(text: &str, width: usize) -> String {
    let Some(room) = width.checked_sub(1) else {
        return String::new();
    };
    // Letters are not as wide together as one by one: some join, some widen the one before.
    let ends = text
        .char_indices()
        .map(|(start, letter)| start + letter.len_utf8());
    // Thousands may take no room at all: what is behind so many of them is not looked at.
    let ends = ends.take(LETTERS_PER_COLUMN * width);
    let fits = ends.take_while(|end| text[..*end].width() <= room);
    let kept = text[..fits.last().unwrap_or(0)].trim_end_matches('\u{200d}');
    format!("{kept}…")
}

/// Writes a line to stderr. Whoever closed it does not want to hear of it.
pub(crate) fn line(err: &mut dyn Write, text: &str) {
    let _ = writeln!(err, "{}", escape(text));
}

/// `text` as one word of a shell command.
pub(crate) fn shell_word(text: &str) -> Cow<'_, str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.:/@,".contains(&b);
    if !text.is_empty() && text.bytes().all(plain) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', r"'\''")).into()
    }
}

/// Whether a terminal would act upon the letter instead of showing it.
fn acts(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}' // Arabic letter mark
            | '\u{200e}'..='\u{200f}' // left-to-right and right-to-left marks
            | '\u{2028}'..='\u{202e}' // separators of lines, embeddings, overrides
            | '\u{2066}'..='\u{2069}' // isolates
            | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_letter_that_acts_is_harmless() {
        for letter in (0..=0x10_ffff)
            .filter_map(char::from_u32)
            .filter(|it| acts(*it))
        {
            for text in [
                format!("{letter}"),
                format!("它，{letter}“”"),
                format!("{letter}  "),
            ] {
                assert!(!is_harmless(text.as_bytes()), "{text:?}");
            }
        }
        for text in [
            "{\"夜间\": \"它很好。 ~\"}",
            "{\"夜间\": \"它，“很好”… 5\u{a0}°C\"}",
        ] {
            assert!(is_harmless(text.repeat(9).as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_a_terminal_acts_upon_is_written_out() {
        for (text, expected) in [
            ("nightly", "nightly"),
            ("夜间评测 ☕ café", "夜间评测 ☕ café"),
            ("a\u{1b}[2Jb", r"a\u{1b}[2Jb"),
            ("a\tb\r\nc\u{7f}", r"a\tb\r\nc\u{7f}"),
            ("\u{9b}31m", r"\u{9b}31m"),
            ("abc\u{202e}fdp.exe", r"abc\u{202e}fdp.exe"),
            ("one\u{2028}two", r"one\u{2028}two"),
        ] {
            assert_eq!(escape(text), expected, "{text:?}");
        }
    }

    #[test]
    fn json_is_escaped_and_stays_the_same() {
        let value = serde_json::json!({ "a": ["x\u{7f}\u{9b}31m\u{202e}\n\"", "夜间 ☕"] });
        for json in [format!("{value}"), format!("{value:#}")] {
            let json = escape_json(json);
            assert!(json.contains(r#""x\u007f\u009b31m\u202e\n\"""#), "{json}");
            assert!(json.contains("夜间 ☕"), "{json}");
            let again: serde_json::Value = serde_json::from_str(&json).expect("JSON");
            assert_eq!(again, value);
        }
    }

    #[test]
    fn a_cell_has_its_width_whatever_is_in_it() {
        for (text, expected) in [
            ("", "      "),
            ("abc", "abc   "),
            ("abcdef", "abcdef"),
            ("abcdefg", "abcde…"),
            ("夜间评", "夜间评"),
            // A wide letter does not fit into the half that is left of it.
            ("夜间评测", "夜间… "),
            ("夜间a评", "夜间a…"),
            ("\u{1b}[0m", r"\u{1b…"),
            ("cafe\u{301}s", "cafe\u{301}s "),
            // A family is one letter to a terminal, and a heart is wide or not by what follows it.
            ("ab👩\u{200d}👧\u{200d}👧c", "ab👩\u{200d}👧\u{200d}👧c "),
            ("abc👩\u{200d}👧def", "abc👩\u{200d}👧…"),
            ("abcd❤\u{fe0f}e", "abcd❤…"),
            (
                &format!("a{}bcdefg", "\u{301}".repeat(1_000_000)),
                &format!("a{}…    ", "\u{301}".repeat(47)),
            ),
        ] {
            let fitted = fit(text, 6);
            assert_eq!(fitted, expected, "{text:?}");
            assert_eq!(fitted.width(), 6, "{text:?}");
        }
    }

    #[test]
    fn shell_words() {
        for (text, expected) in [
            ("batch_3d0b-7c9e", "batch_3d0b-7c9e"),
            ("", "''"),
            ("x; rm -rf ~", "'x; rm -rf ~'"),
            ("$(x)", "'$(x)'"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(shell_word(text), expected, "{text:?}");
        }
    }
}
