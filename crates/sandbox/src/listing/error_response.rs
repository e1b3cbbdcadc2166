//! The errors that the sandbox responds with, in the shape of its dialect.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::dialect::Dialect;
use super::rules::Rules;

const INVALID_REQUEST: &str = "invalid_request_error";

/// Why a request gets nothing of what it asks for.
pub(crate) struct ErrorResponse {
    pub(crate) status: StatusCode,
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<&'static str>,
    message: String,
}

impl ErrorResponse {
    fn invalid(status: StatusCode, code: Option<&'static str>, message: String) -> Self {
        Self {
            status,
            kind: INVALID_REQUEST,
            code,
            param: None,
            message,
        }
    }

    /// A parameter's value is not acceptable.
    pub(crate) fn parameter(name: &'static str, value: &str, problem: &str) -> Self {
        let message = format!("Invalid value {} of '{name}': {problem}.", quoted(value));
        Self {
            param: Some(name),
            ..Self::invalid(StatusCode::BAD_REQUEST, None, message)
        }
    }

    /// No batch has the id of a cursor.
    pub(crate) fn unknown_cursor(id: &str) -> Self {
        Self::parameter("after", id, "no batch has this id")
    }

    /// No batch has the id of a cursor, which is then not found.
    pub(super) fn no_batch(id: &str) -> Self {
        Self {
            param: Some("after"),
            ..Self::nothing("batch", id)
        }
    }

    /// No batch or no file has this id.
    pub(super) fn nothing(kind: &str, id: &str) -> Self {
        let message = format!("There is no {kind} {}.", quoted(id));
        Self::invalid(StatusCode::NOT_FOUND, Some("NotFound"), message)
    }

    /// The input of a batch cannot be read back.
    pub(super) fn is_input(id: &str) -> Self {
        let message = format!("The file {} cannot be downloaded.", quoted(id));
        Self::invalid(StatusCode::BAD_REQUEST, None, message)
    }

    /// The server fails at an id that is not in the form that it takes.
    pub(crate) fn wrong_form(id: &str) -> Self {
        Self {
            message: format!("Cannot process the id {}.", quoted(id)),
            ..Self::scripted(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }

    pub(super) fn no_key(dialect: Dialect) -> Self {
        let header = match dialect {
            Dialect::AzureOpenAi => "api-key: <key>",
            _ => "Authorization: Bearer <key>",
        };
        Self::unauthorized(format!("You didn't provide an API key: send '{header}'."))
    }

    pub(super) fn wrong_key() -> Self {
        Self::unauthorized("Incorrect API key provided.".to_owned())
    }

    fn unauthorized(message: String) -> Self {
        Self::invalid(StatusCode::UNAUTHORIZED, Some("invalid_api_key"), message)
    }

    pub(super) fn not_found(path: &str) -> Self {
        let message = format!("There is nothing at {}.", quoted(path));
        Self::invalid(StatusCode::NOT_FOUND, Some("NotFound"), message)
    }

    pub(super) fn method_not_allowed(method: &Method) -> Self {
        let message = format!("{} is not served here, only GET.", quoted(method.as_str()));
        let code = Some("method_not_allowed");
        Self::invalid(StatusCode::METHOD_NOT_ALLOWED, code, message)
    }

    /// What the service sends with a status, as far as that is known, to a request that gives no
    /// cause for it.
    pub(crate) fn scripted(status: StatusCode) -> Self {
        let (kind, code) = match status.as_u16() {
            401 => (INVALID_REQUEST, Some("invalid_api_key")),
            403 => (INVALID_REQUEST, Some("access_denied")),
            404 => (INVALID_REQUEST, Some("NotFound")),
            429 => ("limit_requests", Some("limit_requests")),
            500..=599 => ("internal_server_error", Some("internal_server_error")),
            _ => (INVALID_REQUEST, None),
        };
        Self {
            kind,
            ..Self::invalid(status, code, format!("Scripted: {status}."))
        }
    }

    pub(crate) fn body(&self, request_id: &str, rules: &Rules) -> Value {
        let message = &self.message;
        if rules.native_errors {
            let code = self.code.unwrap_or("InvalidParameter");
            return json!({ "code": code, "message": message, "request_id": request_id });
        }
        let (kind, param, code) = (self.kind, self.param, self.code);
        let error = json!({ "message": message, "type": kind, "param": param, "code": code });
        match rules.dialect {
            Dialect::Qwen => json!({ "error": error, "request_id": request_id }),
            Dialect::OpenAi => json!({ "error": error }),
            Dialect::AzureOpenAi => {
                let code = code.unwrap_or(self.status.as_str());
                json!({ "error": { "code": code, "message": message } })
            }
        }
    }
}

/// A value in quotes, cut where it gets long.
fn quoted(value: &str) -> String {
    const SHOWN: usize = 100;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("'{}...'", &value[..end]),
        None => format!("'{value}'"),
    }
}
