//! Responses as HTTP, before their delivery.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::listing::{ErrorResponse, Rules};
use crate::script::{Fault, ScriptedBody, ScriptedResponse, gateway};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const HTML: &str = "text/html";
const PLAIN_TEXT: &str = "text/plain";

pub(super) fn labelled(media_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    let label = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, label);
    response
}

/// An error as the rules have it.
pub(super) fn error(error: &ErrorResponse, request_id: &str, rules: &Rules) -> Response<Bytes> {
    let status = error.status;
    let mut response = if rules.html_errors {
        let page = format!("<html><body><h1>{status}</h1></body></html>");
        labelled(HTML, page)
    } else {
        let body = error.body(request_id, rules).to_string();
        labelled(rules.dialect.media_type(), body)
    };
    if !rules.errors_as_success {
        *response.status_mut() = status;
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = HeaderValue::from_static("GET");
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

/// Adds the header that every response carries, where it has none.
pub(super) fn identify(response: &mut Response<Bytes>, request_id: &str) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
}

/// What stands in place of the honest response; none for a fault that does not replace it. `usual`
/// makes an error of the service's shape.
pub(super) fn replacement(
    fault: &Fault,
    usual: impl FnOnce(StatusCode) -> Response<Bytes>,
    rules: &Rules,
) -> Option<Response<Bytes>> {
    let json = rules.dialect.media_type();
    Some(match fault {
        Fault::Response(response) if response.replaces() => scripted(response, usual, json),
        Fault::Html { status } => scripted(&gateway(*status), usual, json),
        Fault::ErrorAsSuccess => {
            let mut response = usual(StatusCode::INTERNAL_SERVER_ERROR);
            *response.status_mut() = StatusCode::OK;
            response
        }
        _ => return None,
    })
}

pub(super) fn scripted(
    scripted: &ScriptedResponse,
    usual: impl FnOnce(StatusCode) -> Response<Bytes>,
    json: &'static str,
) -> Response<Bytes> {
    let status = StatusCode::from_u16(scripted.status).unwrap_or_default();
    let mut response = match &scripted.body {
        ScriptedBody::Usual => usual(status),
        ScriptedBody::Empty => Response::default(),
        ScriptedBody::Json(value) => labelled(json, value.to_string()),
        ScriptedBody::Html(page) => labelled(HTML, page.clone()),
        ScriptedBody::Text(text) => labelled(PLAIN_TEXT, text.clone()),
    };
    *response.status_mut() = status;
    for (name, value) in &scripted.headers {
        set_header(&mut response, name, Some(value));
    }
    response
}

pub(super) fn set_header(response: &mut Response<Bytes>, name: &str, value: Option<&str>) {
    let Ok(name) = HeaderName::try_from(name) else {
        return;
    };
    match value.and_then(|value| HeaderValue::from_str(value).ok()) {
        Some(value) => response.headers_mut().insert(name, value),
        None => response.headers_mut().remove(name),
    };
}
