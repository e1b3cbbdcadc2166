//! The key, found in foreign text however it is written there.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use fnv::FnvHashSet;

use super::escapes::Escapes;

/// What stands in the place of a secret.
pub(crate) const MASK: &str = "***";

/// A shorter key may be a common word.
const SHORTEST_KEY: usize = 8;

/// So many characters of a key in a row give too much of it away.
const LONGEST_PART: usize = 12;

/// How many characters in a row are looked up at once.
const GRAM: usize = 4;

/// Finds one key in any text, and puts `***` in its place: in any case, in hexadecimal digits, in
/// Base64, and in escapes of JSON, URLs and HTML around each of these. Likewise of a part of it
/// that is long enough to be worth something.
pub(crate) struct KeyMask {
    forms: Vec<Form>,
    /// By character, the places in forms at which a part may begin that is masked.
    starts: Vec<Vec<(usize, usize)>>,
    /// The characters of the forms.
    alphabet: Vec<bool>,
    /// All that stands in a form, four characters at a time.
    grams: FnvHashSet<u32>,
    /// By two bytes of any text, whether they may stand in a form: most texts need no other look.
    pairs: Vec<bool>,
    /// As little as is masked of any form.
    shortest: usize,
    is_short: bool,
}

/// One way to write the key, [folded](fold).
struct Form {
    text: Vec<u8>,
    /// As little as is masked of it.
    shortest: usize,
}

impl KeyMask {
    /// The mask of a key, which is sent in this header behind `scheme`.
    pub(crate) fn new(key: &str, header: &str, scheme: &str) -> Self {
        let is_short = key.len() < SHORTEST_KEY;
        let forms = match (is_short, scheme) {
            (false, _) => forms(key, LONGEST_PART),
            (true, "") => [": ", ":", "=", "\":\"", "\": \""]
                .iter()
                .flat_map(|colon| forms(&format!("{header}{colon}{key}"), usize::MAX))
                .collect(),
            (true, scheme) => forms(&format!("{scheme}{key}"), usize::MAX),
        };
        let mut starts = vec![Vec::new(); 256];
        for (index, form) in forms.iter().enumerate() {
            for start in 0..=form.text.len() - form.shortest {
                starts[usize::from(form.text[start])].push((index, start));
            }
        }
        let mut alphabet = vec![false; 256];
        for byte in forms.iter().flat_map(|form| &form.text) {
            alphabet[usize::from(*byte)] = true;
        }
        let windows = |length| forms.iter().flat_map(move |form| form.text.windows(length));
        let mut pairs = vec![false; 1 << 16];
        for window in windows(2) {
            for one in spellings(window[0]) {
                for other in spellings(window[1]) {
                    pairs[pair(one, other)] = true;
                }
            }
        }
        Self {
            alphabet,
            pairs,
            grams: windows(GRAM).map(gram).collect(),
            shortest: forms.iter().map(|form| form.shortest).min().unwrap_or(0),
            forms,
            starts,
            is_short,
        }
    }

    /// Whether the key is so short that it may be a common word: then it is masked only where the
    /// header is quoted that it is sent in.
    pub(crate) fn is_short(&self) -> bool {
        self.is_short
    }

    /// Whether a text holds the key.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        matches!(self.mask(text), Cow::Owned(_))
    }

    /// The text without the key.
    pub(crate) fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if !self.may_be_in(text) {
            return text.into();
        }
        let escapes = Escapes::find(text);
        let mut masked = String::new();
        let (mut at, mut kept) = (0, 0);
        while at < text.len() {
            match self.end_of_part(&escapes, at) {
                None => at += 1,
                Some(end) => {
                    masked.push_str(&text[kept..at]);
                    masked.push_str(MASK);
                    (at, kept) = (end, end);
                }
            }
        }
        if kept == 0 {
            return text.into();
        }
        masked.push_str(&text[kept..]);
        masked.into()
    }

    /// False only of a text without the key. Most texts hold no escape of its characters, and then a
    /// look at every few characters will do: whatever is masked is longer.
    fn may_be_in(&self, text: &str) -> bool {
        let windows = text.as_bytes().windows(GRAM);
        let mut windows = windows.step_by(self.shortest - GRAM + 1);
        let is_gram = |window: &[u8]| {
            // Both are looked up, as a branch for each would take longer.
            self.pairs[pair(window[0], window[1])] & self.pairs[pair(window[2], window[3])]
                && self.grams.contains(&gram(window))
        };
        let is_wanted = |byte: u8| self.alphabet[usize::from(fold(byte))];
        Escapes::any_in(text, is_wanted) || windows.any(is_gram)
    }

    /// Where the longest part of the key ends that begins at `at`, if it is to be masked.
    fn end_of_part(&self, escapes: &Escapes<'_>, at: usize) -> Option<usize> {
        let starts = escapes
            .at(at)
            .flat_map(|(byte, _)| &self.starts[usize::from(fold(byte))]);
        let ends = starts.filter_map(|&(form, start)| {
            let Form { text, shortest } = &self.forms[form];
            // Most end with their second character.
            let is_next = |byte: u8| fold(byte) == text[start + 1];
            let mut ends = escapes.at(at).map(|(_, end)| end);
            if !ends.any(|end| escapes.at(end).any(|(byte, _)| is_next(byte))) {
                return None;
            }
            let mut reached = vec![at];
            let mut length = 0;
            for wanted in &text[start..] {
                let next = escapes.after(&reached, |byte| fold(byte) == *wanted);
                if next.is_empty() {
                    break;
                }
                reached = next;
                length += 1;
            }
            (length >= *shortest).then(|| reached.last().copied())?
        });
        ends.max()
    }
}

impl fmt::Debug for KeyMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyMask").finish_non_exhaustive()
    }
}

/// So many characters as one number, folded.
fn gram(window: &[u8]) -> u32 {
    let folded = window.iter().map(|byte| u32::from(fold(*byte)));
    folded.fold(0, |gram, byte| gram << 8 | byte)
}

/// Case does not count, nor which of its alphabets Base64 is written in.
fn fold(byte: u8) -> u8 {
    match byte {
        b'-' => b'+',
        b'_' => b'/',
        _ => byte.to_ascii_lowercase(),
    }
}

/// The bytes that fold to this one.
fn spellings(folded: u8) -> [u8; 2] {
    match folded {
        b'+' => [b'+', b'-'],
        b'/' => [b'/', b'_'],
        _ => [folded, folded.to_ascii_uppercase()],
    }
}

/// Two bytes as one number.
fn pair(one: u8, other: u8) -> usize {
    usize::from(u16::from_be_bytes([one, other]))
}

/// The ways to write a text; so many of its characters in a row are masked.
fn forms(text: &str, longest_part: usize) -> Vec<Form> {
    let form = |text: &[u8], shortest: usize| Form {
        text: text.iter().copied().map(fold).collect(),
        shortest: shortest.min(text.len()),
    };
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![
        form(text.as_bytes(), longest_part),
        form(hex.as_bytes(), longest_part.saturating_mul(2)),
    ];
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend(text.bytes());
        let base64 = STANDARD_NO_PAD.encode(&bytes);
        // The characters that stand for nothing but the text.
        let (start, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        let part = longest_part.saturating_mul(8) / 6 - 1;
        forms.push(form(&base64.as_bytes()[start..end], part));
    }
    forms
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};

    use super::*;

    const KEY: &str = "sk-AbCd/Ef==01_234";

    fn mask() -> KeyMask {
        KeyMask::new(KEY, "authorization", "Bearer ")
    }

    #[test]
    fn every_way_to_write_it_is_masked() {
        let all = |write: fn(u8) -> String| KEY.bytes().map(write).collect::<String>();
        let json = all(|byte| format!("\\u{byte:04x}"));
        let percent = all(|byte| format!("%{byte:02x}"));
        let hex = all(|byte| format!("{byte:02x}"));
        for text in [
            KEY.to_owned(),
            KEY.to_uppercase(),
            r"sk-AbCd\/Ef\u003d\u003d01_234".to_owned(),
            json.replace('\\', "\\\\"),
            json,
            percent.replace('%', "%25"),
            percent.replace('%', "&percnt;"),
            percent,
            "sk-AbCd&sol;Ef&#61;&#x3D;01&lowbar;234".to_owned(),
            hex.to_uppercase(),
            hex,
        ] {
            for around in ["", "x", " "] {
                let whole = format!("{around}{text}{around}");
                let masked = format!("{around}***{around}");
                assert_eq!(mask().mask(&whole), masked, "{whole}");
            }
        }
    }

    #[test]
    fn base64_is_masked_wherever_the_key_begins() {
        for before in ["", "a", "ab", "Bearer ", "user:", "{\"k\":\""] {
            for after in ["", "b", "\"}"] {
                let text = format!("{before}{KEY}{after}");
                for engine in [STANDARD, URL_SAFE] {
                    let base64 = engine.encode(&text);
                    for shown in [base64.as_str(), base64.trim_end_matches('=')] {
                        let masked = mask().mask(shown).into_owned();
                        assert!(masked.contains("***"), "{text}: {shown}");
                        // A character of Base64 that stands for a part of the text alone.
                        let (start, end) = masked.split_once("***").expect("a mask");
                        let around = |text: &str| text.len() * 8 / 6 + 3;
                        assert!(start.len() <= around(before), "{text}: {masked}");
                        assert!(end.len() <= around(after) + 1, "{text}: {masked}");
                    }
                }
            }
        }
    }

    #[test]
    fn each_byte_is_a_spelling_of_what_it_folds_to() {
        for byte in 0..=u8::MAX {
            assert!(spellings(fold(byte)).contains(&byte), "{byte}");
        }
    }

    #[test]
    fn parts_count_from_twelve_characters() {
        for (text, masked) in [
            (&KEY[..11], &KEY[..11]),
            (&KEY[..12], "***"),
            (&KEY[5..17], "***"),
            ("keys begin with sk-", "keys begin with sk-"),
        ] {
            assert_eq!(mask().mask(text), masked);
        }
    }

    #[test]
    fn a_short_key_is_masked_behind_its_header_alone() {
        for (scheme, text, masked) in [
            ("Bearer ", "the batch, Bearer batch", "the batch, ***"),
            ("Bearer ", "bearer%20b%61tch", "***"),
            ("", "api-key: batch, batch", "***, batch"),
            ("", "{\"Api-Key\":\"batch\"}", "{\"***\"}"),
        ] {
            let mask = KeyMask::new("batch", "api-key", scheme);
            assert!(mask.is_short());
            assert_eq!(mask.mask(text), masked);
        }
    }
}
