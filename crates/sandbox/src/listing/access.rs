//! Path, method and key, which are checked before the parameters are read.

use http::request::Parts;
use http::{HeaderMap, Method};

use super::dialect::Dialect;
use super::error_response::ErrorResponse;
use super::route::Route;

/// What a request asks for. Path, then method, then key: the first that fails is the response.
pub(crate) fn check_access(
    head: &Parts,
    dialect: Dialect,
    api_key: Option<&str>,
) -> Result<Route, ErrorResponse> {
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let Some(route) = Route::of(dialect, path, query) else {
        return Err(ErrorResponse::not_found(path));
    };
    if head.method != Method::GET {
        return Err(ErrorResponse::method_not_allowed(&head.method));
    }
    match (sent_key(&head.headers, dialect), api_key) {
        (None, _) => Err(ErrorResponse::no_key(dialect)),
        (Some(sent), Some(expected)) if sent != expected => Err(ErrorResponse::wrong_key()),
        _ => Ok(route),
    }
}

fn sent_key(headers: &HeaderMap, dialect: Dialect) -> Option<&str> {
    let (header, scheme) = dialect.key_header();
    let value = headers.get(header)?.to_str().ok()?;
    let key = match scheme {
        "" => value,
        scheme => {
            let (sent, key) = value.split_once(' ')?;
            sent.eq_ignore_ascii_case(scheme).then_some(key)?
        }
    };
    Some(key.trim()).filter(|key| !key.is_empty())
}
