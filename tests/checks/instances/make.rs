//! Values by chance, but within a schema of the contract.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::openapi::{self, items, join, members};

/// Makes values; the same seed makes the same ones.
pub(super) struct Maker<'a> {
    document: &'a Value,
    random: fastrand::Rng,
    /// Where in the body something stands that the contract does not list.
    pub(super) undocumented: BTreeSet<String>,
}

impl<'a> Maker<'a> {
    pub(super) fn new(document: &'a Value, seed: u64) -> Self {
        Self {
            document,
            random: fastrand::Rng::with_seed(seed),
            undocumented: BTreeSet::new(),
        }
    }

    /// A value of the schema at `pointer`, to stand at `at`.
    pub(super) fn make(&mut self, pointer: &str, at: &str) -> Result<Value, String> {
        let found = openapi::unwrap(self.document, pointer);
        let (pointer, schema, nullable) =
            found.ok_or_else(|| format!("{pointer}: nothing stands here"))?;
        if nullable && self.random.u8(..4) == 0 {
            return Ok(Value::Null);
        }
        if let shapes @ [_, ..] = items(schema, "oneOf") {
            let index = self.random.usize(..shapes.len());
            return self.make(&join(&join(&pointer, "oneOf"), &index.to_string()), at);
        }
        if let listed @ [_, ..] = items(schema, "enum") {
            if schema["x-open-enum"] == true && self.random.u8(..4) == 0 {
                self.undocumented.insert(at.to_owned());
                return Ok(json!("status of tomorrow"));
            }
            return Ok(listed[self.random.usize(..listed.len())].clone());
        }
        match schema["type"].as_str() {
            Some("string") => self.string(schema).map(Value::String),
            Some("integer") => Ok(self.integer(schema).into()),
            Some("number") => Ok(json!(f64::from(self.random.i32(..)) / 8.0)),
            Some("boolean") => Ok(self.random.bool().into()),
            Some("array") => self.array(&pointer, schema, at),
            Some("object") => self.object(&pointer, schema, at),
            _ => Err(format!("{pointer}: no type to make a value of")),
        }
    }

    fn array(&mut self, pointer: &str, schema: &Value, at: &str) -> Result<Value, String> {
        let least = schema["minItems"].as_u64().unwrap_or(0);
        let most = schema["maxItems"].as_u64().unwrap_or(least + 3);
        let count = self.random.u64(least..=most.max(least));
        let items = join(pointer, "items");
        (0..count)
            .map(|index| self.make(&items, &join(at, &index.to_string())))
            .collect()
    }

    fn object(&mut self, pointer: &str, schema: &Value, at: &str) -> Result<Value, String> {
        let mut object = Map::new();
        for (name, _) in members(schema, "properties") {
            let is_required = items(schema, "required").iter().any(|it| it == name);
            if is_required || self.random.bool() {
                let property = join(&join(pointer, "properties"), name);
                object.insert(name.to_owned(), self.make(&property, &join(at, name))?);
            }
        }
        for index in 0..self.random.usize(..3) {
            let name = format!("x-{index}/~");
            let at = join(at, &name);
            match &schema["additionalProperties"] {
                Value::Bool(false) => {}
                Value::Object(_) => {
                    let made = self.make(&join(pointer, "additionalProperties"), &at)?;
                    object.insert(name, made);
                }
                additional => {
                    if additional.is_null() && schema.get("properties").is_some() {
                        self.undocumented.insert(at);
                    }
                    let values = [
                        json!(null),
                        json!({ "a": [1, {}] }),
                        json!(1.5),
                        json!("text"),
                    ];
                    object.insert(name, values[self.random.usize(..values.len())].clone());
                }
            }
        }
        Ok(object.into())
    }

    /// An integer, often at the ends of what is allowed.
    fn integer(&mut self, schema: &Value) -> i64 {
        let (low, high) = match schema["format"].as_str() {
            Some("int32") => (i32::MIN.into(), i32::MAX.into()),
            _ => (i64::MIN, i64::MAX),
        };
        let low = schema["minimum"].as_i64().unwrap_or(low);
        let high = schema["maximum"].as_i64().unwrap_or(high).max(low);
        let ordinary = self.random.i64(1_700_000_000..1_900_000_000);
        let among = [
            low,
            high,
            0,
            1,
            ordinary,
            ordinary,
            self.random.i64(low..=high),
        ];
        among[self.random.usize(..among.len())].clamp(low, high)
    }

    /// A string, often of a length at the ends of what is allowed.
    fn string(&mut self, schema: &Value) -> Result<String, String> {
        if let Some(pattern) = schema["pattern"].as_str() {
            return self.matching(pattern);
        }
        let least = schema["minLength"].as_u64().unwrap_or(0);
        let most = schema["maxLength"]
            .as_u64()
            .unwrap_or(least + 20)
            .max(least);
        let lengths = [least, most, self.random.u64(least..=most)];
        let letters = [
            'a',
            'B',
            '7',
            ' ',
            '夜',
            '\u{1f600}',
            '"',
            '\\',
            '\n',
            '\u{0}',
            '/',
            '?',
        ];
        let length = lengths[self.random.usize(..lengths.len())];
        Ok((0..length)
            .map(|_| letters[self.random.usize(..letters.len())])
            .collect())
    }

    /// A string that matches a pattern of letters and classes, each with `*`, `+`, `?` or `{n}`.
    fn matching(&mut self, pattern: &str) -> Result<String, String> {
        let mut text = String::new();
        let mut rest = pattern.trim_start_matches('^').trim_end_matches('$');
        while let Some(first) = rest.chars().next() {
            let unknown = || format!("{pattern}: no strings can be made of this pattern");
            let letters: Vec<char>;
            (letters, rest) = match first {
                '[' => {
                    let (class, rest) = rest[1..].split_once(']').ok_or_else(unknown)?;
                    (class_letters(class).ok_or_else(unknown)?, rest)
                }
                letter if letter.is_alphanumeric() || "-_/:".contains(letter) => {
                    (vec![letter], &rest[letter.len_utf8()..])
                }
                _ => return Err(unknown()),
            };
            let (least, most, after) = match rest.as_bytes().first() {
                Some(b'*') => (0, 3, &rest[1..]),
                Some(b'+') => (1, 3, &rest[1..]),
                Some(b'?') => (0, 1, &rest[1..]),
                Some(b'{') => {
                    let (count, after) = rest[1..].split_once('}').ok_or_else(unknown)?;
                    let count = count.parse().map_err(|_| unknown())?;
                    (count, count, after)
                }
                _ => (1, 1, rest),
            };
            rest = after;
            for _ in 0..self.random.usize(least..=most) {
                text.push(letters[self.random.usize(..letters.len())]);
            }
        }
        Ok(text)
    }
}

/// The letters of a class such as `1-9` or `hd`.
fn class_letters(class: &str) -> Option<Vec<char>> {
    let letters: Vec<char> = class.chars().collect();
    match letters[..] {
        [] | ['^', ..] => None,
        [first, '-', last] => Some((first..=last).collect()),
        _ if class.contains(['-', '\\']) => None,
        _ => Some(letters),
    }
}
