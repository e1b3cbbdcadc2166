//! JSON that is not JSON: members of a document that are written byte by byte.

use serde_json::Value;

use crate::script::MemberChange;

/// Stands in a string before the number of the bytes that belong there.
const MARK: &str = "\u{f8ff}";

/// The bytes of members that `serde_json` would not write.
#[derive(Default)]
pub(super) struct RawValues(Vec<Vec<u8>>);

impl RawValues {
    fn put(&mut self, bytes: impl Into<Vec<u8>>) -> Value {
        self.0.push(bytes.into());
        Value::from(format!("{MARK}{}", self.0.len() - 1))
    }

    /// The document, with the bytes in their places.
    pub(super) fn fill(&self, document: &str) -> Vec<u8> {
        let mark = format!("\"{MARK}");
        let mut parts = document.split(&*mark);
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            let raw = part.split_once('"').and_then(|(number, rest)| {
                let number: usize = number.parse().ok()?;
                Some((self.0.get(number)?, rest))
            });
            match raw {
                Some((raw, rest)) => {
                    bytes.extend_from_slice(raw);
                    bytes.extend_from_slice(rest.as_bytes());
                }
                None => bytes.extend_from_slice(format!("{mark}{part}").as_bytes()),
            }
        }
        bytes
    }
}

/// Changes the member of a document that a JSON pointer names; false if there is none to change.
pub(super) fn change(
    document: &mut Value,
    pointer: &str,
    change: &MemberChange,
    raw: &mut RawValues,
) -> bool {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return false;
    };
    let key = key.replace("~1", "/").replace("~0", "~");
    let Some(Value::Object(members)) = document.pointer_mut(parent) else {
        return false;
    };
    if *change == MemberChange::Absent {
        return members.shift_remove(&key).is_some();
    }
    match changed(&key, members.get(&key), change, raw) {
        Some(value) => {
            members.insert(key, value);
            true
        }
        None => false,
    }
}

fn changed(
    key: &str,
    value: Option<&Value>,
    change: &MemberChange,
    raw: &mut RawValues,
) -> Option<Value> {
    Some(match change {
        MemberChange::Absent => return None,
        MemberChange::Null => Value::Null,
        MemberChange::Value(value) => value.clone(),
        MemberChange::Text => value?.to_string().into(),
        MemberChange::Float => (value?.as_i64()? as f64 + 0.5).into(),
        MemberChange::Milliseconds => value?.as_i64()?.checked_mul(1000)?.into(),
        MemberChange::InvalidUtf8 => raw.put(*b"\"\xff\""),
        MemberChange::LoneSurrogate => raw.put(*br#""\ud800""#),
        MemberChange::Nan => raw.put("NaN"),
        MemberChange::HugeNumber => raw.put("1e999"),
        MemberChange::Nested(depth) => raw.put("[".repeat(*depth) + &"]".repeat(*depth)),
        MemberChange::Long(length) => "x".repeat(*length).into(),
        MemberChange::Twice => {
            let value = value?;
            raw.put(format!("{value},{}:{value}", Value::from(key)))
        }
    })
}
