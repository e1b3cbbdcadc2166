//! The table: what a change of each keyword means, and why.
//!
//! It holds the keywords of contracts that the code generation serves. A keyword without a rule is
//! breaking, so that nothing passes unclassified; adding a line is how it gets a meaning.

use std::cmp::Ordering;

use serde_json::Value;

use super::change::{Effect, Side};
use super::document::{Object, Pair, WORDS};

/// The objects of OpenAPI 3.0 that hold keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Root,
    Info,
    Server,
    Variable,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Schema,
}

/// How the two values of a keyword are compared.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    /// Any change has this effect.
    Is(Effect),
    /// Something that callers may build on once it is there.
    Promise,
    /// A flag, off by default: the effects of turning it on and off.
    Flag(Effect, Effect),
    /// A restriction; two of them cannot be compared.
    Restricts,
    /// An upper limit: a greater one is wider.
    AtMost,
    /// A lower limit: a greater one is narrower.
    AtLeast,
    /// The effect depends on both objects; none where they mean the same.
    Compared(fn(&Pair<'_>) -> Option<Effect>),
    /// One object, and the effects of adding and removing it.
    Below(Kind, Effect, Effect),
    /// Objects with names, in an object or a list, and the effects of one more and one less.
    Each(Kind, Effect, Effect),
    /// Schemas that make up another one, and the effects of one more and one less.
    Parts(Effect, Effect),
    /// The values of an enum.
    Values,
    /// The members `properties`, `required` and `additionalProperties` of an object's schema.
    Properties,
    Required,
    OtherProperties,
    /// Alternatives, any one of which a call needs.
    Security,
    /// Nothing: what it means is seen elsewhere.
    Elsewhere,
}

use Effect::{Addition, Different, Narrower, Wider, Words};
use Kind::*;
use Rule::*;

const PEOPLE: &str = "words for people; nothing on the wire depends on them";
const INSIDE: &str = "each thing inside it is judged alone";
const LIMIT: &str = "a limit is a promise to readers and a condition for callers";
const MISSED: &str = "callers use what is there, and need not use what is new";

#[rustfmt::skip] // A line is a rule.
const TABLE: &[(Kind, &[&str], Rule, &str)] = &[
    (Root, &["openapi"], Is(Words), "no other version than 3.0 is generated, and its patch releases mean the same"),
    (Root, &["info"], Below(Info, Different, Different), INSIDE),
    (Root, &["servers"], Each(Server, Addition, Different), MISSED),
    (Root, &["security"], Security, "callers need any one of the alternatives"),
    (Root, &["paths"], Each(PathItem, Addition, Different), MISSED),
    (Root, &["components"], Elsewhere, "a component counts where it is used"),
    (Root, &["tags", "externalDocs"], Is(Words), PEOPLE),
    (Info, &["contact", "license", "termsOfService"], Is(Words), PEOPLE),
    (Info, &["version"], Is(Words), "it follows from the other changes"),
    (Server, &["url"], Is(Different), "another url is another server"),
    (Server, &["variables"], Each(Variable, Addition, Different), MISSED),
    (Variable, &["enum"], Values, "the caller picks the value"),
    (Variable, &["default"], Promise, "callers that set nothing reach another host"),
    (PathItem, &["get", "put", "post", "delete", "patch", "head", "options"],
        Below(Operation, Addition, Different), MISSED),
    (Operation, &["operationId"], Promise, "generated clients name their methods after it"),
    (Operation, &["tags", "externalDocs"], Is(Words), PEOPLE),
    (Operation, &["deprecated"], Is(Addition), "it works as before; callers have something to act upon"),
    (Operation, &["parameters"], Each(Parameter, Addition, Different), MISSED),
    (Operation, &["requestBody"], Below(RequestBody, Addition, Different), MISSED),
    (Operation, &["responses"], Each(Response, Addition, Different), "nothing is known any more of one that is gone"),
    (Operation, &["security"], Security, "callers need any one of the alternatives"),
    (Parameter, &["name", "in"], Is(Words), "it identifies a parameter; headers know no case"),
    (Parameter, &["required"], Flag(Narrower, Wider), "without it a request is rejected"),
    (Parameter, &["deprecated"], Is(Addition), "it works as before; callers have something to act upon"),
    (Parameter, &["style"], Is(Words), "no other than the usual one is generated"),
    (Parameter, &["explode"], Compared(explode), "the same value is written in another way"),
    (Parameter, &["schema"], Below(Schema, Narrower, Wider), "without a schema any value is allowed"),
    (Header, &["required"], Flag(Narrower, Wider), "readers rely on it"),
    (Header, &["schema"], Below(Schema, Narrower, Wider), "without a schema any value is allowed"),
    (RequestBody, &["required"], Flag(Narrower, Wider), "without it a request is rejected"),
    (RequestBody, &["content"], Each(MediaType, Addition, Different), MISSED),
    (Response, &["headers"], Each(Header, Addition, Different), MISSED),
    (Response, &["content"], Each(MediaType, Addition, Different), MISSED),
    (MediaType, &["schema"], Below(Schema, Narrower, Wider), "without a schema any value is allowed"),
    (Schema, &["externalDocs"], Is(Words), PEOPLE),
    (Schema, &["deprecated"], Is(Addition), "it works as before; callers have something to act upon"),
    (Schema, &["type"], Compared(type_of), "a number may be an integer; no other type holds values of another"),
    (Schema, &["format"], Compared(format), "a format restricts; 64 bits hold all values of 32 bits"),
    (Schema, &["enum"], Values, "other values are rejected, and unknown to readers unless `x-open-enum` warned them"),
    (Schema, &["x-open-enum"], Compared(open_enum), "readers may meet any value from now on; requests stay closed"),
    (Schema, &["x-identity"], Is(Words), "what a client needs to read, not what the service sends"),
    (Schema, &["x-secret"], Compared(secret), "hiding less shows what callers rely on not to be shown"),
    (Schema, &["default"], Promise, "it is what a caller means who sends nothing"),
    (Schema, &["nullable"], Flag(Wider, Narrower), "null is one more value"),
    (Schema, &["maximum", "maxLength", "maxItems", "maxProperties"], AtMost, LIMIT),
    (Schema, &["minimum", "minLength", "minItems", "minProperties"], AtLeast, LIMIT),
    (Schema, &["exclusiveMaximum", "exclusiveMinimum", "uniqueItems"], Flag(Narrower, Wider), LIMIT),
    (Schema, &["pattern"], Restricts, "which of two patterns matches more cannot be seen"),
    (Schema, &["properties"], Properties, "readers miss one that is gone"),
    (Schema, &["required"], Required, "without it a request is rejected; readers rely on it"),
    (Schema, &["additionalProperties"], OtherProperties, "without it any other is allowed"),
    (Schema, &["items"], Below(Schema, Narrower, Wider), "without a schema any item is allowed"),
    (Schema, &["allOf"], Parts(Narrower, Wider), "a value conforms to all of them"),
    (Schema, &["anyOf", "oneOf"], Parts(Wider, Narrower), "a value conforms to one of them"),
];

impl Kind {
    /// The rule of `keyword`, and the reason for it.
    pub(crate) fn rule(self, keyword: &str) -> (Rule, &'static str) {
        if WORDS.contains(&keyword) {
            return (Is(Words), PEOPLE);
        }
        let mut lines = TABLE.iter();
        let line = lines.find(|(kind, keywords, ..)| *kind == self && keywords.contains(&keyword));
        line.map_or(
            (Is(Different), "there is no rule for it"),
            |(_, _, rule, why)| (*rule, why),
        )
    }

    /// Who meets changes of what is in an object of this kind, which is in one of `outer`.
    pub(crate) fn side(self, outer: Side) -> Side {
        match self {
            Parameter | RequestBody => Side::Request,
            Response => Side::Response,
            _ => outer,
        }
    }

    /// What identifies an object of this kind among others beside it.
    pub(crate) fn name(self, key: &str, object: Option<&Object<'_>>) -> String {
        match (self, object) {
            (Header, _) => format!("header `{}`", key.to_lowercase()),
            (Response, _) => format!("status `{key}`"),
            (MediaType, _) => format!("media type `{}`", key.to_lowercase().replace(' ', "")),
            (Server, Some(server)) => format!("server `{}`", server.text("url")),
            (Parameter, Some(parameter)) if parameter.text("in") == "header" => {
                format!(
                    "parameter `{}` in header",
                    parameter.text("name").to_lowercase()
                )
            }
            (Parameter, Some(it)) => {
                format!("parameter `{}` in {}", it.text("name"), it.text("in"))
            }
            _ => format!("`{key}`"),
        }
    }

    /// The effect of one more object of this kind, where the table has `usual`.
    pub(crate) fn added(self, name: &str, object: Option<&Object<'_>>, usual: Effect) -> Effect {
        match self {
            // What has to be there; callers meet errors of any status anyway.
            Parameter | RequestBody | Header if object.is_some_and(|it| it.is("required")) => {
                Narrower
            }
            Response if name.starts_with("status `2") || name.starts_with("status `3") => Wider,
            _ => usual,
        }
    }
}

impl Rule {
    /// The effect of a change of `keyword` to two values that differ; none where they mean the same.
    pub(crate) fn effect(self, keyword: &str, pair: &Pair<'_>) -> Option<Effect> {
        let (old, new) = (pair.old.value(keyword), pair.new.value(keyword));
        if let Compared(compare) = self {
            return compare(pair);
        }
        if old == new {
            return None;
        }
        match self {
            Is(effect) => Some(effect),
            Promise if old.is_none() => Some(Addition),
            Flag(on, off) => match (pair.old.is(keyword), pair.new.is(keyword)) {
                (false, true) => Some(on),
                (true, false) => Some(off),
                _ => Some(Words),
            },
            AtMost => ordered(old, new),
            AtLeast if old.is_some() && new.is_some() => ordered(new, old),
            Restricts | AtLeast => Some(restriction(old, new)),
            _ => Some(Different),
        }
    }
}

fn restriction(old: Option<&Value>, new: Option<&Value>) -> Effect {
    match (old, new) {
        (None, Some(_)) => Narrower,
        (Some(_), None) => Wider,
        _ => Different,
    }
}

fn ordered(old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    let (Some(old), Some(new)) = (old, new) else {
        return Some(restriction(old, new));
    };
    let order = match (old.as_i64(), new.as_i64()) {
        (Some(old), Some(new)) => Some(old.cmp(&new)),
        _ => old
            .as_f64()
            .zip(new.as_f64())
            .and_then(|(old, new)| old.partial_cmp(&new)),
    };
    match order {
        Some(Ordering::Less) => Some(Wider),
        Some(Ordering::Greater) => Some(Narrower),
        // 20 and 20.0.
        Some(Ordering::Equal) => Some(Words),
        None => Some(Different),
    }
}

fn type_of(pair: &Pair<'_>) -> Option<Effect> {
    narrower_or_wider(&[("integer", "number")], "type", pair)
}

fn format(pair: &Pair<'_>) -> Option<Effect> {
    narrower_or_wider(&[("int32", "int64"), ("float", "double")], "format", pair)
}

/// `pairs` name a narrower value and the wider one that holds it.
fn narrower_or_wider(pairs: &[(&str, &str)], key: &str, pair: &Pair<'_>) -> Option<Effect> {
    let (old, new) = (pair.old.value(key), pair.new.value(key));
    let texts = (pair.old.text(key), pair.new.text(key));
    if old == new {
        None
    } else if pairs.contains(&texts) {
        Some(Wider)
    } else if pairs.contains(&(texts.1, texts.0)) {
        Some(Narrower)
    } else {
        Some(restriction(old, new))
    }
}

fn explode(pair: &Pair<'_>) -> Option<Effect> {
    let [old, new] = [&pair.old, &pair.new].map(|it| it.value("explode").and_then(Value::as_bool));
    // In the query a list is written as `a=1&a=2` by default.
    let by_default = pair.new.text("in") == "query";
    match old.unwrap_or(by_default) == new.unwrap_or(by_default) {
        true => (old != new).then_some(Words),
        false => Some(Different),
    }
}

fn open_enum(pair: &Pair<'_>) -> Option<Effect> {
    let key = "x-open-enum";
    match (pair.side, pair.old.is(key), pair.new.is(key)) {
        (_, old, new) if old == new => None,
        (Side::Response, false, _) => Some(Wider),
        (Side::Response, true, _) => Some(Narrower),
        _ => Some(Words),
    }
}

fn secret(pair: &Pair<'_>) -> Option<Effect> {
    let [old, new] = [&pair.old, &pair.new].map(|it| it.value("x-secret"));
    let strength = |value: Option<&Value>| match value {
        None => Some(0),
        Some(Value::String(text)) if text == "url-query" => Some(1),
        Some(Value::Bool(true)) => Some(2),
        Some(_) => None,
    };
    match (strength(old), strength(new)) {
        _ if old == new => None,
        (Some(old), Some(new)) if old < new => Some(Addition),
        _ => Some(Different),
    }
}
