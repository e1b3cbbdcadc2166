//! What it means that one value of a keyword takes the place of another.
//!
//! Each function is given two values that differ; nothing stands for an absent keyword.

use std::cmp::Ordering;

use serde_json::Value;

use super::change::Effect;

/// True or false, false where absent; nothing for what is neither.
pub(crate) fn flag(value: Option<&Value>) -> Option<bool> {
    value.map_or(Some(false), Value::as_bool)
}

pub(crate) fn restriction(old: Option<&Value>, new: Option<&Value>) -> Effect {
    match (old, new) {
        (None, Some(_)) => Effect::Narrower,
        (Some(_), None) => Effect::Wider,
        _ => Effect::Different,
    }
}

/// Something that callers may build on once it is said.
pub(crate) fn promise(old: Option<&Value>, _: Option<&Value>) -> Option<Effect> {
    Some(match old {
        None => Effect::News,
        Some(_) => Effect::Different,
    })
}

pub(crate) fn at_most(old: Option<&Value>, new: Option<&Value>) -> Effect {
    match (old, new) {
        (Some(old), Some(new)) => match compare(old, new) {
            Some(Ordering::Less) => Effect::Wider,
            Some(Ordering::Greater) => Effect::Narrower,
            Some(Ordering::Equal) | None => Effect::Different,
        },
        _ => restriction(old, new),
    }
}

pub(crate) fn at_least(old: Option<&Value>, new: Option<&Value>) -> Effect {
    match (old, new) {
        (Some(_), Some(_)) => at_most(new, old),
        _ => restriction(old, new),
    }
}

pub(crate) fn multiple_of(old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    let step = |value: Option<&Value>| value.and_then(Value::as_u64).filter(|step| *step > 0);
    Some(match (step(old), step(new)) {
        (Some(old), Some(new)) if new % old == 0 => Effect::Narrower,
        (Some(old), Some(new)) if old % new == 0 => Effect::Wider,
        _ => restriction(old, new),
    })
}

pub(crate) fn type_of(old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    ordered(&[("integer", "number")], old, new)
}

pub(crate) fn format(old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    ordered(&[("int32", "int64"), ("float", "double")], old, new)
}

/// `pairs` name a narrower value and the wider one that holds it.
fn ordered(pairs: &[(&str, &str)], old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    let are = |narrow: Option<&Value>, wide: Option<&Value>| {
        let mut pairs = pairs.iter();
        pairs.any(|pair| narrow.is_some_and(|v| v == pair.0) && wide.is_some_and(|v| v == pair.1))
    };
    Some(if are(old, new) {
        Effect::Wider
    } else if are(new, old) {
        Effect::Narrower
    } else {
        restriction(old, new)
    })
}

/// The mark `x-secret`, from nothing over the query of a URL to the whole value.
pub(crate) fn secret(old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    match (strength(old), strength(new)) {
        (Some(old), Some(new)) if old == new => None,
        (Some(old), Some(new)) if old < new => Some(Effect::News),
        _ => Some(Effect::Different),
    }
}

fn strength(secret: Option<&Value>) -> Option<u8> {
    match secret {
        None | Some(Value::Bool(false)) => Some(0),
        Some(Value::String(text)) if text == "url-query" => Some(1),
        Some(Value::Bool(true)) => Some(2),
        Some(_) => None,
    }
}

/// The keyword `openapi`: `3.0.3` and `3.0.4` say the same.
pub(crate) fn specification(old: Option<&Value>, new: Option<&Value>) -> Option<Effect> {
    let minor = |value: Option<&Value>| {
        let (minor, _patch) = value?.as_str()?.rsplit_once('.')?;
        minor.contains('.').then(|| minor.to_owned())
    };
    Some(match (minor(old), minor(new)) {
        (Some(old), Some(new)) if old == new => Effect::Words,
        _ => Effect::Different,
    })
}

pub(crate) fn style_of_parameter(parameter: &Value) -> Value {
    match parameter.get("in").and_then(Value::as_str) {
        Some("path" | "header") => "simple".into(),
        _ => "form".into(),
    }
}

pub(crate) fn explode_of_parameter(parameter: &Value) -> Value {
    explode(parameter, style_of_parameter)
}

pub(crate) fn style_of_header(_: &Value) -> Value {
    "simple".into()
}

pub(crate) fn explode_of_header(header: &Value) -> Value {
    explode(header, style_of_header)
}

pub(crate) fn style_of_encoding(_: &Value) -> Value {
    "form".into()
}

pub(crate) fn explode_of_encoding(encoding: &Value) -> Value {
    explode(encoding, style_of_encoding)
}

fn explode(holder: &Value, style: fn(&Value) -> Value) -> Value {
    let style = holder
        .get("style")
        .cloned()
        .unwrap_or_else(|| style(holder));
    Value::from(style == "form")
}

fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    let whole = |value: &Value| {
        let signed = value.as_i64().map(i128::from);
        signed.or_else(|| value.as_u64().map(i128::from))
    };
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

/// A value as it stands in a sentence.
pub(crate) fn short(value: &Value) -> String {
    const MAX: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(MAX) {
        None => text,
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_compared_as_numbers() {
        let most = |old: Value, new: Value| at_most(Some(&old), Some(&new));
        assert_eq!(most(json!(9), json!(10)), Effect::Wider);
        assert_eq!(most(json!(1.5), json!(1)), Effect::Narrower);
        assert_eq!(most(json!(u64::MAX), json!(-1)), Effect::Narrower);
        assert_eq!(most(json!("9"), json!(10)), Effect::Different);
    }

    #[test]
    fn multiples() {
        let step = |old: Value, new: Value| multiple_of(Some(&old), Some(&new)).unwrap();
        assert_eq!(step(json!(2), json!(4)), Effect::Narrower);
        assert_eq!(step(json!(4), json!(2)), Effect::Wider);
        assert_eq!(step(json!(4), json!(6)), Effect::Different);
        assert_eq!(step(json!(0), json!(6)), Effect::Different);
    }

    #[test]
    fn secrets_have_an_order() {
        let change = |old: Value, new: Value| secret(Some(&old), Some(&new)).unwrap();
        assert_eq!(change(json!("url-query"), json!(true)), Effect::News);
        assert_eq!(change(json!(true), json!("url-query")), Effect::Different);
        assert_eq!(change(json!(true), json!("path")), Effect::Different);
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(short(&json!("ä")), "\"ä\"");
        assert_eq!(short(&json!("ä".repeat(99))).chars().count(), 63);
    }
}
