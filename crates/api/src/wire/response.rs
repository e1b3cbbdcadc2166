//! The body of a response.

use progenitor_client::{Error, ResponseValue};
use serde::de::{DeserializeOwned, Error as _};

/// Decodes a response. It is checked for UTF-8 as a whole, not string by string.
pub(crate) async fn decode<T: DeserializeOwned, E>(
    response: reqwest::Response,
) -> Result<ResponseValue<T>, Error<E>> {
    let status = response.status();
    let headers = response.headers().clone();
    let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
    let decoded = std::str::from_utf8(&body)
        .map_err(serde_json::Error::custom)
        .and_then(serde_json::from_str);
    match decoded {
        Ok(inner) => Ok(ResponseValue::new(inner, status, headers)),
        Err(error) => Err(Error::InvalidResponsePayload(body, error)),
    }
}
