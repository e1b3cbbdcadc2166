//! Secrets, masked before anything that prints sees them.

use std::borrow::Cow;
use std::str::FromStr as _;

use qwen_batches::{Batch, BatchExt as _, BatchStatus, Client, Tracker, WatchEvent};
use serde_json::Value;

/// Takes out of a batch what may not be shown: the key in any case, all other secrets unless they
/// were asked for. After this there is nothing left to leak, whatever a format does.
pub(crate) fn batch(batch: &mut Batch, client: &Client, show_secrets: bool) {
    let text = serde_json::to_string(batch).unwrap_or_default();
    if !holds_key(&text, client) && (show_secrets || is_harmless(&text)) {
        return;
    }
    let mut value = match show_secrets {
        true => serde_json::from_str(&text).unwrap_or_default(),
        false => batch.redacted().into_value(),
    };
    without_key(&mut value, client);
    // What was a batch is one still: known names and the kinds of all values stay as they are.
    if let Ok(masked) = serde_json::from_value(value) {
        *batch = masked;
    }
}

/// A line of JSON without the key. What does not hold it stays as it is, to the byte.
pub(crate) fn json_line(line: String, client: &Client) -> String {
    if !holds_key(&line, client) {
        return line;
    }
    match serde_json::from_str(&line) {
        Ok(mut value) => {
            without_key(&mut value, client);
            value.to_string()
        }
        // It is nested too deep.
        Err(_) => client.without_key(&line).into_owned(),
    }
}

/// Likewise of what an event holds.
pub(crate) fn event(event: &mut WatchEvent, client: &Client) {
    let status = |status: &mut BatchStatus| {
        if let Cow::Owned(masked) = client.redact(status.as_str())
            && let Ok(masked) = BatchStatus::from_str(&masked)
        {
            *status = masked;
        }
    };
    let (batch, info) = match event {
        WatchEvent::Appeared { batch, info, .. }
        | WatchEvent::Progressed { batch, info, .. }
        | WatchEvent::Stuck { batch, info, .. }
        | WatchEvent::Unreadable { batch, info, .. }
        | WatchEvent::Gone { batch, info, .. } => (batch, info),
        WatchEvent::StatusChanged {
            batch, from, info, ..
        } => {
            status(from);
            (batch, info)
        }
        WatchEvent::Finished {
            batch, from, info, ..
        } => {
            from.iter_mut().for_each(status);
            (batch, info)
        }
        _ => return,
    };
    self::batch(batch, client, false);
    if let Cow::Owned(masked) = client.redact(&info.id) {
        info.id = masked;
    }
}

/// Takes the key out of what is stored of a watch.
pub(crate) fn tracker(tracker: &mut Tracker, client: &Client) {
    let text = serde_json::to_string(tracker).unwrap_or_default();
    if !holds_key(&text, client) {
        return;
    }
    let mut value = serde_json::from_str(&text).unwrap_or_default();
    without_key(&mut value, client);
    if let Ok(masked) = serde_json::from_value(value) {
        *tracker = masked;
    }
}

fn holds_key(text: &str, client: &Client) -> bool {
    matches!(client.without_key(text), Cow::Owned(_))
}

/// Whether a batch, as JSON, holds no callback, and nothing that only URLs with secrets or escapes
/// hold. Most do not.
fn is_harmless(json: &str) -> bool {
    const CALLBACK: &str = "\"ds_batch_finish_callback\":";

    let mut callbacks = json.split(CALLBACK).skip(1);
    !json.contains(['?', '#', '@', '%', '&', '\\']) && callbacks.all(|it| it.starts_with("null"))
}

/// Takes the key out of texts and of unknown names.
fn without_key(value: &mut Value, client: &Client) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(masked) = client.without_key(text) {
                *text = masked;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| without_key(item, client)),
        Value::Object(members) => {
            let all = std::mem::take(members).into_iter();
            members.extend(all.map(|(name, mut member)| {
                without_key(&mut member, client);
                // The contract's names are such words; no key is to turn one into another.
                let is_word = name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
                match is_word {
                    true => (name, member),
                    false => (client.without_key(&name).into_owned(), member),
                }
            }));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
