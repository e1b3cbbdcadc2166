//! Cuts JSON into its parts without reading them: what is broken in one part leaves the others whole.
//!
//! A parser of JSON refuses a whole document for one byte that is not UTF-8, one number out of
//! range, one value nested too deeply. This scanner looks at nothing but strings and brackets, so
//! none of these stops it; nor does depth, since it does not recurse.

/// A member of an object as it was sent, without space around its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawMember<'a> {
    /// The key with its quotes; none where what stands between two commas is no member.
    pub(super) key: Option<&'a [u8]>,
    pub(super) value: &'a [u8],
}

/// `json` without the byte order mark that some servers begin with; a proxy may add another.
pub(super) fn without_mark(mut json: &[u8]) -> &[u8] {
    while let Some(rest) = json.strip_prefix(b"\xEF\xBB\xBF") {
        json = rest;
    }
    json
}

/// The members of the object that `json` is. None if it is no object, has no end, or its brackets
/// do not match.
pub(super) fn members(json: &[u8]) -> Option<Vec<RawMember<'_>>> {
    let parts = parts(json, b'{', b'}')?;
    Some(parts.into_iter().map(member).collect())
}

/// The items of the list that `json` is. None if it is no list, has no end, or its brackets do not
/// match.
pub(super) fn items(json: &[u8]) -> Option<Vec<&[u8]>> {
    parts(json, b'[', b']')
}

/// What stands between the commas of the list or object that `json` is.
fn parts(json: &[u8], open: u8, close: u8) -> Option<Vec<&[u8]>> {
    let json = json.trim_ascii();
    if json.first() != Some(&open) {
        return None;
    }
    let mut parts = Vec::new();
    let mut start = 1;
    // The brackets that are to close what is open.
    let mut closing = vec![close];
    let mut at = 1;
    while at < json.len() {
        match json[at] {
            b'"' => at = string_end(json, at)? - 1,
            // Only within strings. A quote is missing, and from there on nothing is what it seems:
            // rows would vanish in what is taken for a string.
            b'\\' => return None,
            b'{' => closing.push(b'}'),
            b'[' => closing.push(b']'),
            byte @ (b'}' | b']') => {
                if closing.pop() != Some(byte) {
                    return None;
                }
                if closing.is_empty() {
                    let last = json[start..at].trim_ascii();
                    if !(parts.is_empty() && last.is_empty()) {
                        parts.push(last);
                    }
                    return (at + 1 == json.len()).then_some(parts);
                }
            }
            b',' if closing.len() == 1 => {
                parts.push(json[start..at].trim_ascii());
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What follows the string that begins at `start`. None if it has no end.
fn string_end(json: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match json.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn member(part: &[u8]) -> RawMember<'_> {
    let read = || {
        let is_string = part.first() == Some(&b'"');
        let (key, rest) = part.split_at(string_end(part, 0).filter(|_| is_string)?);
        let value = rest.trim_ascii_start().strip_prefix(b":")?;
        Some((key, value.trim_ascii_start()))
    };
    match read() {
        Some((key, value)) => RawMember {
            key: Some(key),
            value,
        },
        None => RawMember {
            key: None,
            value: part,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;

    #[test]
    fn lists_are_cut_at_their_own_commas() {
        type Case<'a> = (&'a [u8], Option<&'a [&'a [u8]]>);
        let cases: &[Case<'_>] = &[
            (b"[]", Some(&[])),
            (b" [ \n] ", Some(&[])),
            (b"[1, 2 ,3]", Some(&[b"1", b"2", b"3"])),
            (
                b"[[1,2],{\"a\":[3,4]}]",
                Some(&[b"[1,2]", b"{\"a\":[3,4]}"]),
            ),
            (b"[\"],\\\",[\",1]", Some(&[b"\"],\\\",[\"", b"1"])),
            (b"[\"\\\\\",1]", Some(&[b"\"\\\\\"", b"1"])),
            (
                b"[NaN,1e999,\xFF,\"\xFF\"]",
                Some(&[b"NaN", b"1e999", b"\xFF", b"\"\xFF\""]),
            ),
            (b"[,1,]", Some(&[b"", b"1", b""])),
            (b"", None),
            (b"1", None),
            (b"{}", None),
            (b"[", None),
            (b"[1,2", None),
            (b"[\"a]", None),
            (b"[\"a\\", None),
            (b"[\\\"a\"]", None),
            (b"[}", None),
            (b"[{]}", None),
            (b"[]]", None),
            (b"[] x", None),
        ];
        for (json, expected) in cases {
            let found = items(json);
            assert_eq!(found.as_deref(), *expected, "{}", json.escape_ascii());
        }
    }

    #[test]
    fn objects_are_cut_into_members() {
        let member = |key, value| RawMember { key, value };
        let json = b"{\"a\" : 1, \"b}\":{\"c\":2} ,d:3,\"e\"}";
        let expected = [
            member(Some(&b"\"a\""[..]), &b"1"[..]),
            member(Some(b"\"b}\""), b"{\"c\":2}"),
            member(None, b"d:3"),
            member(None, b"\"e\""),
        ];
        assert_eq!(members(json).as_deref(), Some(&expected[..]));
        assert_eq!(members(b"{}").as_deref(), Some(&[][..]));
        assert_eq!(members(b"[]"), None);
    }

    #[test]
    fn no_depth_is_too_deep() {
        let deep = [b"[".repeat(1 << 20), b"]".repeat(1 << 20)].concat();
        let list = [b"[1,", &deep[..], b",2]"].concat();
        assert_eq!(items(&list), Some(vec![&b"1"[..], &deep, b"2"]));
        assert_eq!(items(&deep[..deep.len() - 1]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Default::default() })]

        #[test]
        fn any_bytes_can_be_cut(json: Vec<u8>) {
            let _ = (items(&json), members(&json));
        }

        #[test]
        fn brackets_and_quotes_can_be_cut(json in r#"[\[\]{}",:\\ a]{0,40}"#) {
            let _ = (items(json.as_bytes()), members(json.as_bytes()));
        }
    }
}
