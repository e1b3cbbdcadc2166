//! What is secret, taken out of what is shown: the key of the client, user and query of every URL,
//! and the properties that the contract marks secret.

mod escapes;
mod key_mask;
mod urls;

use std::borrow::Cow;

use qwen_batches_api::SECRET_PROPERTIES;
use qwen_batches_api::types::{Batch, InputFileId};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

pub(crate) use key_mask::{KeyMask, MASK};
pub(crate) use urls::without_queries;

use super::known::leave_out_unknown;

/// A view of a [`Batch`] to serialise, without its secrets: see
/// [`BatchExt::redacted`](crate::BatchExt::redacted).
///
/// It has the members of the batch, in their order; what is secret is `***`. What is not known of the
/// batch is left out, as [`BatchExt::known`](crate::BatchExt::known) does.
#[derive(Clone, Debug, PartialEq)]
pub struct Redacted(Value);

impl Redacted {
    pub(crate) fn of(batch: &Batch) -> Self {
        // All keys of a batch are strings, so that there is a value for it.
        let mut value = serde_json::to_value(batch).unwrap_or_default();
        redact(&mut value, &|text| without_queries(text));
        Self(value)
    }

    /// The batch without its secrets as a value that a [`Batch`] can be read from: with empty members
    /// in place of those that are not known.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl Serialize for Redacted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut known = self.0.clone();
        leave_out_unknown(&mut known);
        known.serialize(serializer)
    }
}

/// Masks what is secret in a value, at any depth, names of members included. `text` masks a text.
pub(crate) fn redact(value: &mut Value, text: &dyn Fn(&str) -> Cow<'_, str>) {
    match value {
        Value::String(content) => {
            if holds_secret_property(content) {
                MASK.clone_into(content);
            } else if let Cow::Owned(masked) = text(content) {
                *content = masked;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redact(item, text)),
        Value::Object(members) => redact_members(members, text),
        // A key may be all digits.
        Value::Number(number) => {
            if let Cow::Owned(masked) = text(&number.to_string()) {
                *value = masked.into();
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn redact_members(members: &mut Map<String, Value>, text: &dyn Fn(&str) -> Cow<'_, str>) {
    for (name, member) in members.iter_mut() {
        if SECRET_PROPERTIES.contains(&name.as_str()) && !member.is_null() {
            *member = MASK.into();
            continue;
        }
        // A file may be named by its URL, which need not have a scheme.
        if let Value::String(file) = member
            && name.ends_with("_file_id")
        {
            *file = InputFileId::from(std::mem::take(file)).to_string();
        }
        redact(member, text);
    }
    if members
        .keys()
        .any(|name| matches!(text(name), Cow::Owned(_)))
    {
        let all = std::mem::take(members).into_iter();
        members.extend(all.map(|(name, member)| (text(&name).into_owned(), member)));
    }
}

/// Whether a text is JSON, or holds some, with a property that the contract marks secret.
pub(crate) fn holds_secret_property(text: &str) -> bool {
    text.contains('{') && SECRET_PROPERTIES.iter().any(|name| text.contains(name))
}

impl KeyMask {
    /// Foreign text as it may be shown: without the key, and without the queries of URLs.
    pub(crate) fn shown<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.mask(text) {
            Cow::Borrowed(text) => without_queries(text),
            Cow::Owned(masked) => without_queries(&masked).into_owned().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_at_any_depth() {
        let mut value = json!({
            "output_file_id": "h.example/out.jsonl?s",
            "metadata": { "ds_batch_finish_callback": { "url": "hidden" }, "ds_name": "a? #b" },
            "errors": [{ "message": "bad https://h/in?Signature=s" }, 12345678, true],
            "note": "{\"ds_batch_finish_callback\":\"https://h/hidden\"}",
            "detail": "the ds_batch_finish_callback is wrong",
            "https://h/?k=hidden": null,
        });
        let expected = json!({
            "output_file_id": "h.example/out.jsonl?***",
            "metadata": { "ds_batch_finish_callback": "***", "ds_name": "a? #b" },
            "errors": [{ "message": "bad https://h/in?***" }, "***", true],
            "note": "***",
            "detail": "the ds_batch_finish_callback is wrong",
            "https://h/?***": null,
        });
        let mask = KeyMask::new("12345678", "authorization", "Bearer ");
        redact(&mut value, &|text| mask.shown(text));
        assert_eq!(value, expected);
        assert!(
            value
                .as_object()
                .expect("members")
                .keys()
                .eq(expected.as_object().expect("members").keys())
        );
    }
}
