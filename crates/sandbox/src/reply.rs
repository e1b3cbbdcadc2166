//! The replies: a page, or an error of the OpenAI-compatible shape.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::deviation::{Deviation, Deviations};
use crate::raw::{self, RawValues};
use crate::script::MemberChange;

pub(crate) const MEDIA_TYPE: HeaderValue =
    HeaderValue::from_static("application/json;charset=UTF-8");
pub(crate) const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain");
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const INVALID_REQUEST: &str = "invalid_request_error";

/// A page of a list; an empty one is rendered with `"data": null`.
pub(crate) struct Page {
    pub(crate) rows: Vec<Value>,
    pub(crate) first_id: Option<String>,
    pub(crate) last_id: Option<String>,
    pub(crate) has_more: bool,
    /// Whether a filter was set.
    pub(crate) filtered: bool,
    /// Whether there are as many rows as were asked for.
    pub(crate) full: bool,
    /// Changes of the page's own members, by JSON pointer.
    pub(crate) members: Vec<(String, MemberChange)>,
    /// What the rows hold that is no JSON.
    pub(crate) raw: RawValues,
}

/// What a reply holds.
pub(crate) enum Body {
    Json(Value),
    /// JSON, byte by byte.
    Raw(Vec<u8>),
    Html(String),
}

/// Why a request gets no page.
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    kind: &'static str,
    pub(crate) code: Option<&'static str>,
    param: Option<&'static str>,
    pub(crate) message: String,
}

impl Refusal {
    /// A parameter's value is not acceptable.
    pub(crate) fn parameter(name: &'static str, value: &str, problem: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: INVALID_REQUEST,
            code: None,
            param: Some(name),
            message: format!("Invalid value {} of '{name}': {problem}.", quoted(value)),
        }
    }

    pub(crate) fn no_key() -> Self {
        Self::unauthorized("You didn't provide an API key: send 'Authorization: Bearer <key>'.")
    }

    pub(crate) fn wrong_key() -> Self {
        Self::unauthorized("Incorrect API key provided.")
    }

    pub(crate) fn not_found(path: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            kind: INVALID_REQUEST,
            code: Some("NotFound"),
            param: None,
            message: format!("There is nothing at {}.", quoted(path)),
        }
    }

    /// No batch has the id of a cursor.
    pub(crate) fn no_batch(id: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            kind: INVALID_REQUEST,
            code: Some("NotFound"),
            param: Some("after"),
            message: format!("There is no batch {}.", quoted(id)),
        }
    }

    /// The server fails at an id that is not in the form that it takes.
    pub(crate) fn wrong_form(id: &str) -> Self {
        Self {
            message: format!("Cannot process the id {}.", quoted(id)),
            ..Self::unprovoked(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }

    pub(crate) fn method_not_allowed(method: &Method) -> Self {
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            kind: INVALID_REQUEST,
            code: Some("method_not_allowed"),
            param: None,
            message: format!("{} is not served here, only GET.", quoted(method.as_str())),
        }
    }

    /// What the service says with a status, as far as that is known, to a request that gives no
    /// cause for it.
    pub(crate) fn unprovoked(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            401 => Some("invalid_api_key"),
            403 => Some("access_denied"),
            404 => Some("NotFound"),
            429 => Some("limit_requests"),
            500..=599 => Some("internal_server_error"),
            _ => None,
        };
        Self {
            status,
            kind: match status.as_u16() {
                429 | 500..=599 => code.unwrap_or(INVALID_REQUEST),
                _ => INVALID_REQUEST,
            },
            code,
            param: None,
            message: format!("Scripted: {status}."),
        }
    }

    fn unauthorized(message: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            kind: INVALID_REQUEST,
            code: Some("invalid_api_key"),
            param: None,
            message: message.to_owned(),
        }
    }
}

pub(crate) fn render(
    answer: Result<Page, Refusal>,
    request_id: &str,
    deviations: &Deviations,
) -> Response<Bytes> {
    let (status, body) = match answer {
        Ok(mut page) => {
            deviations.bend_page(&mut page);
            let empty = if deviations.has(Deviation::EmptyArray) {
                json!([])
            } else {
                Value::Null
            };
            (StatusCode::OK, page_body(page, empty))
        }
        Err(refusal) => {
            let body = deviations.error_body(&refusal, request_id);
            (
                refusal.status,
                body.unwrap_or_else(|| Body::Json(error_body(refusal, request_id))),
            )
        }
    };
    let media_type = match body {
        Body::Html(_) => HTML,
        _ if deviations.has(Deviation::PlainText) => PLAIN_TEXT,
        _ => MEDIA_TYPE,
    };
    let mut response = Response::new(body.into_bytes());
    if !deviations.has(Deviation::ErrorsAsSuccess) {
        *response.status_mut() = status;
    }
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    identify(&mut response, request_id, deviations);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = HeaderValue::from_static("GET");
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// Adds the header that every reply carries, where it has none.
pub(crate) fn identify(response: &mut Response<Bytes>, request_id: &str, deviations: &Deviations) {
    if let (false, Ok(id)) = (
        deviations.has(Deviation::NoRequestId),
        HeaderValue::from_str(request_id),
    ) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
}

impl Body {
    fn into_bytes(self) -> Bytes {
        match self {
            Self::Json(value) => value.to_string().into(),
            Self::Raw(bytes) => bytes.into(),
            Self::Html(text) => text.into(),
        }
    }
}

fn page_body(mut page: Page, empty: Value) -> Body {
    let data = match page.rows {
        rows if rows.is_empty() => empty,
        rows => rows.into(),
    };
    let mut body = json!({
        "object": "list",
        "data": data,
        "first_id": page.first_id,
        "last_id": page.last_id,
        "has_more": page.has_more,
    });
    for (pointer, becomes) in &page.members {
        raw::change(&mut body, pointer, becomes, &mut page.raw);
    }
    Body::Raw(page.raw.fill(&body.to_string()))
}

fn error_body(refusal: Refusal, request_id: &str) -> Value {
    json!({
        "error": {
            "message": refusal.message,
            "type": refusal.kind,
            "param": refusal.param,
            "code": refusal.code,
        },
        "request_id": request_id,
    })
}

/// A value in quotes, cut where it gets long.
fn quoted(value: &str) -> String {
    const SHOWN: usize = 100;
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("'{}...'", &value[..end]),
        None => format!("'{value}'"),
    }
}
