//! A response, as far as probes ask about it.

use serde_json::Value;

use crate::words::count;

/// A response.
#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Empty,
    Json(Value),
    Html,
    Other,
}

/// Foreign words in a report are cut to this many characters.
const SHOWN: usize = 60;

impl Response {
    pub(super) fn new(status: u16, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let body = match serde_json::from_slice(body) {
            Ok(value) => Body::Json(value),
            Err(_) if text.trim().is_empty() => Body::Empty,
            Err(_) if text.trim_start().starts_with('<') => Body::Html,
            Err(_) => Body::Other,
        };
        Self {
            status,
            headers,
            body,
        }
    }

    /// The batches of a page, none if this is no page.
    pub(super) fn rows(&self) -> Option<&[Value]> {
        match self.json()?.get("data")? {
            Value::Null if self.status == 200 => Some(&[]),
            Value::Array(rows) if self.status == 200 => Some(rows),
            _ => None,
        }
    }

    pub(super) fn json(&self) -> Option<&Value> {
        match &self.body {
            Body::Json(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.rows().into_iter().flatten().any(|row| row["id"] == id)
    }

    pub(super) fn has_more(&self) -> bool {
        self.json().is_some_and(|page| page["has_more"] == true)
    }

    pub(super) fn is_html(&self) -> bool {
        matches!(self.body, Body::Html)
    }

    pub(super) fn is_error_in_success(&self) -> bool {
        self.status == 200 && self.rows().is_none() && self.error_shape().is_some()
    }

    /// Which of the known shapes of an error the body has.
    pub(super) fn error_shape(&self) -> Option<&'static str> {
        let body = self.json()?;
        if body.get("error").is_some_and(Value::is_object) {
            Some("compatible shape")
        } else if body.get("code").is_some() && body.get("message").is_some() {
            Some("native shape")
        } else {
            None
        }
    }

    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The headers of a rate limit, as `name: value`.
    pub(super) fn rate_limit_headers(&self) -> Vec<String> {
        self.headers
            .iter()
            .filter(|(name, _)| name == "retry-after" || name.contains("ratelimit"))
            .map(|(name, value)| format!("{name}: {}", cut(value)))
            .collect()
    }

    /// The response in a few words. The message of an error is left out: it may quote
    /// what it was sent.
    pub(super) fn describe(&self) -> String {
        let status = self.status;
        if let Some(rows) = self.rows() {
            return match rows.len() {
                0 => format!("{status} with an empty page"),
                rows => format!("{status} with {}", count(rows, "batch")),
            };
        }
        match (&self.body, self.error_shape()) {
            (Body::Json(body), Some(shape)) => {
                let detail = body.get("error").unwrap_or(body);
                let parts = ["type", "code", "param"].into_iter().filter_map(|key| {
                    let value = detail[key].as_str().filter(|value| !value.is_empty())?;
                    Some(format!(", {key} {}", cut(value)))
                });
                format!("{status}, {shape}{}", parts.collect::<String>())
            }
            (Body::Json(_), None) => format!("{status} with JSON of no known shape"),
            (Body::Html, _) => format!("{status} with HTML"),
            (Body::Empty, _) => format!("{status} with an empty body"),
            (Body::Other, _) => format!("{status} with text that is no JSON"),
        }
    }
}

/// Foreign text, cut where it gets long.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
