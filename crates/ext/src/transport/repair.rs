//! Reads as much of a row as can be read, by what the contract says of its members.
//!
//! A member that is absent, null or of another type gets the empty value of its kind, and a flaw
//! that says so. The result is what the generated types take.

use std::collections::HashMap;

use qwen_batches_api::wire::{Kind, Member, Shape};
use serde_json::{Map, Value};

use super::row_scanner::{self, RawMember};

/// What is wrong with a part of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// Where in the row: a JSON pointer.
    pub(super) pointer: String,
    pub(super) reason: &'static str,
    /// Whether the value could be read all the same.
    pub(super) is_legible: bool,
}

/// Why a value could not be read.
enum Illegible {
    Because(&'static str),
    /// The last flaw says it.
    OfAPart,
}

/// Collects what is wrong with one row.
pub(super) struct Reader<'a> {
    pub(super) flaws: Vec<Flaw>,
    /// The name of a member that the contract does not know, as it may be shown.
    shown: &'a dyn Fn(&str) -> String,
}

impl<'a> Reader<'a> {
    pub(super) fn new(shown: &'a dyn Fn(&str) -> String) -> Self {
        Self {
            flaws: Vec::new(),
            shown,
        }
    }

    /// Reads a row. None if what identifies it cannot be read; the last flaw then says why.
    pub(super) fn row(&mut self, shape: &'static Shape, row: &[RawMember<'_>]) -> Option<Value> {
        self.object(shape, "", row).ok()
    }

    /// The object of these members, of which the last flaw says why, if it cannot be read.
    fn object(
        &mut self,
        shape: &'static Shape,
        at: &str,
        members: &[RawMember<'_>],
    ) -> Result<Value, Illegible> {
        let mut members = self.by_name(at, members);
        let mut object = Map::new();
        for member in shape.members {
            let pointer = join(at, member.name);
            let sent = members.remove(member.name).map(|(_, json)| json);
            let read = match sent {
                None if member.nullable || !member.required => continue,
                None => Err(Illegible::Because("it is missing")),
                Some(None) => Err(Illegible::Because("it comes twice, with different values")),
                Some(Some(b"null")) if !member.required => continue,
                Some(Some(json)) => self.value(&member.kind, member.nullable, &pointer, json),
            };
            let value = match read {
                Ok(value) => value,
                Err(illegible) => {
                    let sent = sent.flatten();
                    self.stand_in(member, pointer, illegible, sent)?
                }
            };
            object.insert(member.name.to_owned(), value);
        }
        let mut others: Vec<_> = members.into_iter().collect();
        others.sort_unstable_by_key(|(_, (place, _))| *place);
        for (name, (_, json)) in others {
            let read = json.ok_or("it comes twice, with different values");
            match read.and_then(parse) {
                Ok(value) => _ = object.insert(name, value),
                Err(reason) => {
                    let pointer = join(at, &(self.shown)(&name));
                    self.report(pointer, reason, false);
                }
            }
        }
        Ok(Value::Object(object))
    }

    /// The members by their names; none for one that comes with different values.
    fn by_name<'j>(&mut self, at: &str, members: &[RawMember<'j>]) -> Members<'j> {
        let mut found = Members::with_capacity(members.len());
        for (place, member) in members.iter().enumerate() {
            let Some(Ok(Value::String(name))) = member.key.map(parse) else {
                self.report(at.to_owned(), "the name of a member cannot be read", false);
                continue;
            };
            match found.get_mut(&name) {
                None => _ = found.insert(name, (place, Some(member.value))),
                Some((_, first)) if *first == Some(member.value) => {
                    let pointer = join(at, &(self.shown)(&name));
                    self.report(pointer, "it comes twice", true);
                }
                Some((_, first)) => *first = None,
            }
        }
        found
    }

    fn value(
        &mut self,
        kind: &'static Kind,
        nullable: bool,
        at: &str,
        json: &[u8],
    ) -> Result<Value, Illegible> {
        match kind {
            Kind::Object(shape) if json.first() == Some(&b'{') => {
                let members = row_scanner::members(json).ok_or(Illegible::Because(NOT_JSON))?;
                return self.object(shape, at, &members);
            }
            Kind::Array(kind) if json.first() == Some(&b'[') => {
                let items = row_scanner::items(json).ok_or(Illegible::Because(NOT_JSON))?;
                return Ok(self.items(kind, at, &items));
            }
            _ => {}
        }
        let value = parse(json).map_err(Illegible::Because)?;
        let expected = match (kind, value) {
            (_, Value::Null) if nullable => return Ok(Value::Null),
            (Kind::Any, value)
            | (Kind::String, value @ Value::String(_))
            | (Kind::Boolean, value @ Value::Bool(_))
            | (Kind::Number, value @ Value::Number(_)) => return Ok(value),
            (Kind::Integer, Value::Number(number)) if number.is_i64() => {
                return Ok(Value::Number(number));
            }
            (_, Value::Null) => "it is null",
            (Kind::Integer, value) => match whole_number(&value) {
                Some(whole) => {
                    self.report(at.to_owned(), "it is a whole number of another type", true);
                    return Ok(whole.into());
                }
                None => "a whole number was expected",
            },
            (Kind::String, _) => "a string was expected",
            (Kind::Boolean, _) => "true or false was expected",
            (Kind::Number, _) => "a number was expected",
            (Kind::Array(_), _) => "a list was expected",
            (Kind::Object(_), _) => "an object was expected",
        };
        Err(Illegible::Because(expected))
    }

    /// The items of a list that can be read.
    fn items(&mut self, kind: &'static Kind, at: &str, items: &[&[u8]]) -> Value {
        let mut read = Vec::with_capacity(items.len());
        for (index, json) in items.iter().enumerate() {
            let pointer = join(at, &index.to_string());
            match self.value(kind, false, &pointer, json) {
                Ok(value) => read.push(value),
                Err(Illegible::Because(reason)) => self.report(pointer, reason, false),
                Err(Illegible::OfAPart) => {}
            }
        }
        Value::Array(read)
    }

    /// The empty value in place of one that cannot be read.
    fn stand_in(
        &mut self,
        member: &Member,
        pointer: String,
        illegible: Illegible,
        sent: Option<&[u8]>,
    ) -> Result<Value, Illegible> {
        // Without it, the whole object would be lost.
        let is_number = member.identity && matches!(member.kind, Kind::Integer);
        if let Some(whole) = sent.filter(|_| is_number).and_then(without_fraction) {
            self.report(pointer, "it is no whole number", true);
            return Ok(whole.into());
        }
        if let Illegible::Because(reason) = illegible {
            self.report(pointer, reason, false);
        }
        member.empty().ok_or(Illegible::OfAPart)
    }

    fn report(&mut self, pointer: String, reason: &'static str, is_legible: bool) {
        self.flaws.push(Flaw {
            pointer,
            reason,
            is_legible,
        });
    }
}

/// The place of each member and its JSON; none where several disagree.
type Members<'a> = HashMap<String, (usize, Option<&'a [u8]>)>;

const NOT_JSON: &str = "it is not valid JSON";

/// Reads a value, or says in plain words why that cannot be done.
pub(super) fn parse(json: &[u8]) -> Result<Value, &'static str> {
    let text = std::str::from_utf8(json).map_err(|_| "it holds bytes that are not UTF-8")?;
    serde_json::from_str(text).map_err(|error| {
        // The parser has no other way to say what kind of error it is.
        let text = error.to_string();
        if text.starts_with("recursion limit exceeded") {
            "it is nested too deeply"
        } else if text.starts_with("number out of range") {
            "it is a number out of range"
        } else {
            NOT_JSON
        }
    })
}

/// The text of a member, if all members of this name agree on it.
pub(super) fn text_of(members: &[RawMember<'_>], name: &str) -> Option<String> {
    let mut values = members
        .iter()
        .filter(|member| member.key.and_then(text).as_deref() == Some(name))
        .map(|member| member.value);
    let first = values.next()?;
    values.all(|value| value == first).then(|| text(first))?
}

/// The string that `json` is, if it can be read.
pub(super) fn text(json: &[u8]) -> Option<String> {
    match parse(json) {
        Ok(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The whole number that a value stands for: a float without a fraction, or decimal digits.
fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::String(digits) => digits.parse().ok(),
        Value::Number(number) => whole_part(number.as_f64().filter(|it| it.fract() == 0.0)?),
        _ => None,
    }
}

/// What a number is without its fraction.
fn without_fraction(json: &[u8]) -> Option<i64> {
    whole_part(parse(json).ok()?.as_f64()?)
}

fn whole_part(number: f64) -> Option<i64> {
    /// Up to here, every whole number is a float.
    const EXACT: f64 = 9_007_199_254_740_992.0;

    (number.abs() < EXACT).then(|| number.floor() as i64)
}

fn join(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}
