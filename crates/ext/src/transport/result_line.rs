//! From the bytes of a line to what came of a request.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::foreign::{self, Said};
use super::{repair, row_scanner};
use crate::types::redact::KeyMask;
use crate::types::result_line::{
    FailedRequest, ResultBody, ResultFile, ResultLine, UnreadableLine,
};

/// The members of a line that are read; null is as good as absent.
#[derive(Deserialize)]
struct RawLine<'a, R> {
    #[serde(borrow)]
    custom_id: Option<&'a RawValue>,
    response: Option<R>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawResponse<'a> {
    #[serde(borrow)]
    status_code: Option<&'a RawValue>,
    #[serde(borrow)]
    request_id: Option<&'a RawValue>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// Reads the line with this number. It is judged by what it says itself: success is a status of 2xx
/// without an error beside it.
pub(crate) fn read(
    mask: &KeyMask,
    file: ResultFile,
    number: u64,
    line: &[u8],
) -> Result<ResultLine, UnreadableLine> {
    let refuse = |custom_id: Option<String>, reason: &str| UnreadableLine {
        custom_id: custom_id.map(|id| foreign::kept(mask, &id)),
        file,
        line: number,
        reason: reason.to_owned(),
    };
    let (raw, is_response_read) = match parse(line) {
        Ok(parsed) => parsed,
        Err(_) => {
            let members = row_scanner::members(line);
            let id = members.and_then(|members| repair::text_of(&members, "custom_id"));
            return Err(refuse(
                id,
                "it is not a JSON object as the contract describes it",
            ));
        }
    };
    let Some(custom_id) = raw.custom_id.and_then(string) else {
        return Err(refuse(None, "it has no `custom_id` that is a string"));
    };
    if mask.is_in(&custom_id) {
        return Err(refuse(
            Some(custom_id),
            "its `custom_id` repeats the API key",
        ));
    }
    if !is_response_read {
        return Err(refuse(Some(custom_id), "its `response` is no object"));
    }
    let response = raw.response;
    let error = raw.error.filter(|error| says_anything(error));
    let status = response
        .as_ref()
        .and_then(|it| it.status_code)
        .and_then(status);
    let result = match (status, error, &response) {
        (Some(status @ 200..=299), None, Some(response)) => {
            let body = response.body.map_or("null", RawValue::get);
            Ok(ResultBody::new(status, body))
        }
        (None, None, Some(_)) => {
            return Err(refuse(
                Some(custom_id),
                "its `response` has no `status_code`",
            ));
        }
        (None, None, None) => {
            let reason = "it has neither a `response` nor an `error`";
            return Err(refuse(Some(custom_id), reason));
        }
        (status, error, response) => {
            let body = response.as_ref().and_then(|it| it.body);
            Err(failure(mask, status, error, body))
        }
    };
    let request_id = response.and_then(|it| it.request_id).and_then(string);
    Ok(ResultLine {
        custom_id,
        request_id: request_id.map(|id| foreign::kept(mask, &id)),
        result,
        file,
        line: number,
    })
}

/// The line, and whether its response was read: where that is no object, the rest may be fine.
fn parse(line: &[u8]) -> serde_json::Result<(RawLine<'_, RawResponse<'_>>, bool)> {
    if let Ok(raw) = serde_json::from_slice(line) {
        return Ok((raw, true));
    }
    let raw: RawLine<'_, &RawValue> = serde_json::from_slice(line)?;
    let (custom_id, error) = (raw.custom_id, raw.error);
    let response = None;
    let raw = RawLine {
        custom_id,
        response,
        error,
    };
    Ok((raw, false))
}

/// Why a request failed: by the error of its line, else by the body of its response.
fn failure(
    mask: &KeyMask,
    status: Option<u16>,
    error: Option<&RawValue>,
    body: Option<&RawValue>,
) -> FailedRequest {
    let json = error.map_or("", RawValue::get);
    let members = row_scanner::members(json.as_bytes()).unwrap_or_default();
    // The vendor's documents name both forms.
    let either = |one: &str, other: &str| {
        let text = |name| repair::text_of(&members, name).filter(|text| !text.is_empty());
        text(one).or_else(|| text(other))
    };
    let mut code = either("code", "error_code");
    let mut message = either("message", "error_message").or_else(|| error.and_then(string));
    if code.is_none() && message.is_none() {
        let said = Said::read(mask, body.map_or("", RawValue::get).as_bytes());
        (code, message) = (said.code, said.message);
    }
    let shown = |text: String| foreign::kept(mask, &text);
    FailedRequest {
        status,
        code: code.map(shown),
        message: message.map(shown),
    }
}

fn says_anything(error: &RawValue) -> bool {
    let is_blank = |byte: &u8| byte.is_ascii_whitespace();
    let text: Vec<u8> = error
        .get()
        .bytes()
        .filter(|byte| !is_blank(byte))
        .take(6)
        .collect();
    !matches!(text.as_slice(), b"{}" | b"[]" | b"\"\"" | b"false")
}

fn string(json: &RawValue) -> Option<String> {
    serde_json::from_str(json.get()).ok()
}

/// A status, sent as a number or as its digits.
fn status(json: &RawValue) -> Option<u16> {
    let digits = json.get().trim_matches('"');
    digits
        .parse()
        .ok()
        .filter(|status| (100..1000).contains(status))
}
