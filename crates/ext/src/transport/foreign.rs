//! What a service says, as an error may quote it: without secrets, on one line, cut.

use http::{HeaderMap, header};
use serde_json::Value;

use crate::types::redact::{KeyMask, holds_secret_property};

/// How much of a text an error shows.
const SHOWN_CHARACTERS: usize = 200;

/// How much of a text is kept, and looked at for what can be shown of it.
const KEPT_BYTES: usize = 16 << 10;

/// What the body of an error says, in whichever of its shapes, without secrets.
pub(super) struct Said {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) request_id: Option<String>,
}

impl Said {
    pub(super) fn read(mask: &KeyMask, body: &[u8]) -> Self {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        // Compatible: {"error": {code, message}, "request_id"}; native: the same, flat. Some
        // servers write the error as a string.
        let detail = json
            .get("error")
            .filter(|error| error.is_object())
            .unwrap_or(&json);
        let string = |value: Option<&Value>| {
            let text = match value? {
                Value::String(text) if !text.is_empty() => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return None,
            };
            Some(kept(mask, &text))
        };
        Self {
            code: string(detail.get("code")).or_else(|| string(detail.get("type"))),
            message: string(detail.get("message")).or_else(|| string(json.get("error"))),
            request_id: string(json.get("request_id")),
        }
    }
}

/// The id of a request, by the headers of its response, which are [redacted].
///
/// [redacted]: super::response::Head::redacted
pub(super) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    Some(cut(&one_line(id))).filter(|id| !id.is_empty())
}

/// What an error quotes of a body that it cannot read: plain text or HTML. JSON may hold secrets in
/// any place, and is not quoted.
pub(super) fn excerpt(mask: &KeyMask, headers: &HeaderMap, body: &[u8]) -> String {
    let label = headers.get(header::CONTENT_TYPE);
    let label = label.map_or("", |label| label.to_str().unwrap_or("?"));
    let label = label.split(';').next().unwrap_or_default();
    let label = label.trim().to_ascii_lowercase();
    let text = std::str::from_utf8(body).ok();
    let text = text.filter(|text| !text.contains('\0'));
    let cleaned = text.map(|text| clean(mask, text));
    match (cleaned, label.as_str()) {
        (Some(cleaned), _) if cleaned.is_empty() => ", in an empty body".to_owned(),
        (cleaned, label)
            if label.contains("json")
                || text.is_some_and(|text| is_like_json(text) || holds_secret_property(text))
                || cleaned.as_deref().is_some_and(is_like_json) =>
        {
            format!(", in {} bytes of JSON", body.len())
        }
        (Some(cleaned), "" | "text/plain" | "text/html" | "application/xhtml+xml") => {
            format!(": {cleaned}")
        }
        _ => format!(", in {} bytes that are neither text nor HTML", body.len()),
    }
}

/// Foreign text as an error may show it: one line, without secrets, control characters or markup,
/// cut.
pub(super) fn clean(mask: &KeyMask, text: &str) -> String {
    // What the markup hid may come to light without it.
    let line = one_line(&kept(mask, text));
    cut(&mask.shown(&line))
}

/// Foreign text without secrets, and cut where it is longer than any that means something.
pub(super) fn kept(mask: &KeyMask, text: &str) -> String {
    mask.shown(start(text)).into_owned()
}

fn is_like_json(text: &str) -> bool {
    let is_blank =
        |letter: char| letter.is_whitespace() || letter.is_control() || letter == '\u{feff}';
    text.trim_start_matches(is_blank)
        .starts_with(['{', '[', '"'])
}

/// As much of a text as is looked at.
fn start(text: &str) -> &str {
    let most = text.len().min(KEPT_BYTES);
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}...", line[..end].trim_end()),
        None => line.to_owned(),
    }
}

fn one_line(text: &str) -> String {
    let mut line = String::new();
    let mut in_tag = false;
    let is_markup = text.trim_start().starts_with('<');
    for letter in text.chars() {
        match letter {
            '<' if is_markup => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                space(&mut line);
            }
            _ if in_tag => {}
            letter if letter.is_whitespace() || letter.is_control() => space(&mut line),
            letter => line.push(letter),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Ends a word.
fn space(line: &mut String) {
    if !line.is_empty() && !line.ends_with(' ') {
        line.push(' ');
    }
}
