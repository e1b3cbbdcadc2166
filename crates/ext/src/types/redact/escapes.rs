//! The ways in which a text may write one character: as it is, or escaped for JSON, a URL or HTML,
//! one inside the other.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// How many escapes may be nested in one another.
const DEPTH: usize = 4;

/// The characters with which an escape begins.
const STARTS: [u8; 3] = [b'\\', b'%', b'&'];

/// The names that HTML has for ASCII characters that may stand in a key or a URL.
const ENTITIES: [(&str, u8); 38] = [
    ("amp", b'&'),
    ("apos", b'\''),
    ("ast", b'*'),
    ("bsol", b'\\'),
    ("colon", b':'),
    ("comma", b','),
    ("commat", b'@'),
    ("dollar", b'$'),
    ("equals", b'='),
    ("excl", b'!'),
    ("grave", b'`'),
    ("diacriticalgrave", b'`'),
    ("gt", b'>'),
    ("hat", b'^'),
    ("lbrace", b'{'),
    ("lbrack", b'['),
    ("lcub", b'{'),
    ("lowbar", b'_'),
    ("lpar", b'('),
    ("lsqb", b'['),
    ("lt", b'<'),
    ("midast", b'*'),
    ("num", b'#'),
    ("percnt", b'%'),
    ("period", b'.'),
    ("plus", b'+'),
    ("quest", b'?'),
    ("quot", b'"'),
    ("rbrace", b'}'),
    ("rbrack", b']'),
    ("rcub", b'}'),
    ("rpar", b')'),
    ("rsqb", b']'),
    ("semi", b';'),
    ("sol", b'/'),
    ("underbar", b'_'),
    ("vert", b'|'),
    ("verbar", b'|'),
];

/// A text, with all escapes of ASCII characters in it. What is not ASCII is never part of one.
pub(super) struct Escapes<'a> {
    text: &'a [u8],
    /// By where they begin: the character and where its escape ends.
    found: BTreeMap<usize, Vec<(u8, usize)>>,
}

impl<'a> Escapes<'a> {
    /// Whether a text may hold an escape of one of these characters. JSON is full of others, such as
    /// those of quotes and ends of lines.
    pub(super) fn any_in(text: &str, is_wanted: impl Fn(u8) -> bool) -> bool {
        let text = text.as_bytes();
        let [one, two, three] = STARTS;
        // Most are these two, and all of them are seen in one look, without a branch.
        let quote = if is_wanted(b'"') { b'n' } else { b'"' };
        let is_other = |any, pair: &[u8]| {
            let is_usual = (pair[0] == b'\\') & ((pair[1] == b'n') | (pair[1] == quote));
            any | (((pair[0] == one) | (pair[0] == two) | (pair[0] == three)) & !is_usual)
        };
        if !text.windows(2).fold(false, is_other) {
            return false;
        }
        memchr::memchr3_iter(one, two, three, text).any(|at| {
            let Some(&next) = text.get(at + 1) else {
                return false;
            };
            // An escape may be written in escapes itself.
            let may_go_on = STARTS.contains(&next) || matches!(next, b'#' | b';');
            may_go_on
                || match text[at] {
                    b'\\' => {
                        let is_number = matches!(next, b'u' | b'U' | b'x' | b'X');
                        is_number || (next.is_ascii_punctuation() && is_wanted(next))
                    }
                    b'%' => next.is_ascii_hexdigit(),
                    _ => next.is_ascii_alphabetic(),
                }
        })
    }

    /// Finds the escapes of a text. However they are nested, each begins with a character that is
    /// not escaped itself.
    pub(super) fn find(text: &'a str) -> Self {
        let mut escapes = Self {
            text: text.as_bytes(),
            found: BTreeMap::new(),
        };
        let bytes = text.bytes().enumerate();
        let starts = bytes.filter(|(_, byte)| STARTS.contains(byte));
        let starts: Vec<usize> = starts.map(|(at, _)| at).collect();
        for _ in 0..DEPTH {
            let found = starts.iter().map(|&at| (at, escapes.beginning(at)));
            let found: BTreeMap<_, _> = found.filter(|(_, escapes)| !escapes.is_empty()).collect();
            if found == escapes.found {
                break;
            }
            escapes.found = found;
        }
        escapes
    }

    /// The characters that may be written at `at`, each with where it ends.
    pub(super) fn at(&self, at: usize) -> impl Iterator<Item = (u8, usize)> + '_ {
        let plain = self.text.get(at).map(|byte| (*byte, at + 1));
        let escaped = self.found.get(&at).into_iter().flatten();
        plain.into_iter().chain(escaped.copied())
    }

    /// The text with everything unescaped that can be: each character with where it begins.
    pub(super) fn unescaped(&self) -> Vec<(u8, usize)> {
        let mut characters = Vec::with_capacity(self.text.len());
        let mut at = 0;
        while let Some((byte, end)) = self.at(at).max_by_key(|(_, end)| *end) {
            characters.push((byte, at));
            at = end;
        }
        characters
    }

    /// The escapes that begin at `at`, as far as those inside them are known.
    fn beginning(&self, at: usize) -> Vec<(u8, usize)> {
        let mut found = Vec::new();
        for (start, end) in self.at(at) {
            match start {
                b'%' => found.extend(self.number(end, 16, 2..=2)),
                b'\\' => self.backslash(end, &mut found),
                b'&' => self.entity(end, &mut found),
                _ => {}
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn backslash(&self, at: usize, found: &mut Vec<(u8, usize)>) {
        for (kind, end) in self.at(at) {
            match kind {
                b'u' | b'U' => found.extend(self.number(end, 16, 4..=4)),
                b'x' | b'X' => found.extend(self.number(end, 16, 2..=2)),
                _ if kind.is_ascii_punctuation() => found.push((kind, end)),
                _ => {}
            }
        }
    }

    fn entity(&self, at: usize, found: &mut Vec<(u8, usize)>) {
        let mut open = Vec::new();
        for end in self.literal(at, b"#") {
            open.extend(self.number(end, 10, 1..=7));
            for end in self.literal(end, b"x") {
                open.extend(self.number(end, 16, 1..=6));
            }
        }
        for (name, character) in ENTITIES {
            let ends = self.literal(at, name.as_bytes()).into_iter();
            open.extend(ends.map(|end| (character, end)));
        }
        for (character, end) in open {
            // Browsers read it without a semicolon as well.
            found.push((character, end));
            let closed = self.literal(end, b";").into_iter();
            found.extend(closed.map(|end| (character, end)));
        }
    }

    /// The ASCII characters whose numbers may be written at `at`, in so many digits.
    fn number(&self, at: usize, radix: u32, digits: RangeInclusive<usize>) -> Vec<(u8, usize)> {
        let mut found = Vec::new();
        let mut reached = vec![(0, at)];
        for count in 1..=*digits.end() {
            let longer = reached.iter().flat_map(|&(number, at)| {
                self.at(at).filter_map(move |(byte, end)| {
                    let digit = char::from(byte).to_digit(radix)?;
                    Some((number * radix + digit, end))
                })
            });
            reached = longer.collect();
            reached.sort_unstable();
            reached.dedup();
            if digits.contains(&count) {
                let ascii = reached.iter().filter(|(number, _)| *number < 128);
                found.extend(ascii.map(|&(number, end)| (number as u8, end)));
            }
        }
        found
    }

    /// Where `word` may end that begins at `at`, in any case.
    fn literal(&self, at: usize, word: &[u8]) -> Vec<usize> {
        // Most words are none that is looked for.
        let first = word.first();
        if !self
            .at(at)
            .any(|(byte, _)| first.is_some_and(|it| it.eq_ignore_ascii_case(&byte)))
        {
            return Vec::new();
        }
        let mut ends = vec![at];
        for wanted in word {
            ends = self.after(&ends, |byte| byte.eq_ignore_ascii_case(wanted));
            if ends.is_empty() {
                break;
            }
        }
        ends
    }

    /// Where a character may end that begins at one of `starts` and is `wanted`.
    pub(super) fn after(&self, starts: &[usize], wanted: impl Fn(u8) -> bool) -> Vec<usize> {
        let characters = starts.iter().flat_map(|&at| self.at(at));
        let ends = characters.filter(|(byte, _)| wanted(*byte));
        let mut ends: Vec<usize> = ends.map(|(_, end)| end).collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescaping() {
        for (text, expected) in [
            ("plain text", "plain text"),
            (r"https:\/\/h", "https://h"),
            (r"\u003d\u003D\U003d\x3d\=", "====="),
            ("%3d%3D%253d%25253D", "===="),
            (
                "&#61;&#x3d;&#X3D;&#0061;&#61&equals;&EQUALS;&amp;#61;",
                "========",
            ),
            (r"%5Cu003d \u0025\u0033d &#37;3d %26%2361%3B", "= = = ="),
            (
                r"100% sure & \n &c. \u12 %zz %4",
                r"100% sure & \n &c. \u12 %zz %4",
            ),
            (r"\u00e9 %C3%A9", r"\u00e9 %C3%A9"),
        ] {
            let unescaped = Escapes::find(text).unescaped();
            let unescaped: Vec<u8> = unescaped.into_iter().map(|(byte, _)| byte).collect();
            assert_eq!(String::from_utf8_lossy(&unescaped), expected, "{text}");
        }
    }

    /// No escape of a wanted character is missed, however it is nested.
    #[test]
    fn what_holds_no_wanted_escape_is_seen_at_once() {
        let parts = [
            "\\", "%", "&", "#", ";", "u", "x", "0", "5", "c", "3", "d", "=", "\"", "n", "amp", " ",
        ];
        let mut skipped = 0;
        let mut text = String::new();
        for n in 0..parts.len().pow(4) {
            text.clear();
            for place in 0..4 {
                text.push_str(parts[n / parts.len().pow(place) % parts.len()]);
            }
            text.push_str("3d");
            for wanted in *b"=\"" {
                if !Escapes::any_in(&text, |byte| byte == wanted) {
                    let found = Escapes::find(&text).found;
                    let is_wanted = |(byte, _): &(u8, usize)| *byte == wanted;
                    assert!(!found.values().flatten().any(is_wanted), "{text}");
                    skipped += 1;
                }
            }
        }
        assert!(skipped > 10_000, "{skipped}");
        assert!(!Escapes::any_in(r#""a\"b\nc", 9% & x"#, |byte| byte == b'='));
    }

    #[test]
    fn a_text_of_escapes_alone_is_read_in_time() {
        for text in [r"\", "%25", "%", "&#37;", "&amp;", r"\u005c", "&#"] {
            let text = text.repeat(4_000 / text.len());
            assert!(!Escapes::find(&text).unescaped().is_empty());
        }
    }
}
