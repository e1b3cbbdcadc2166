//! A response written by hand.

use std::collections::BTreeMap;

use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::Problem;

/// The headers that set where a body ends: a matter of the faults of delivery.
const FRAMING: [HeaderName; 3] = [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING];

/// A status with any headers and any body; made by [`Fault::status`](crate::Fault::status).
///
/// ```
/// use qwen_batches_sandbox::{Fault, Script};
///
/// Script::new()
///     .on(1, Fault::status(429).header("retry-after", "1"))
///     .on(2, Fault::status(503).text("upstream connect error"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptedResponse {
    pub(crate) status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "ScriptedBody::is_usual")]
    pub(crate) body: ScriptedBody,
}

/// The body of a [`ScriptedResponse`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScriptedBody {
    /// With a status from 200 to 299, the honest response, with the other faults of the same
    /// request; with another, an error of the service's shape.
    #[default]
    Usual,
    /// None, and no content type.
    Empty,
    /// JSON, labelled as the service does.
    Json(Value),
    /// HTML, labelled as such.
    Html(String),
    /// Any text, labelled `text/plain`.
    Text(String),
}

impl ScriptedResponse {
    pub(super) fn new(status: u16) -> Self {
        Self {
            status,
            headers: BTreeMap::new(),
            body: ScriptedBody::Usual,
        }
    }

    /// Adds a header, or replaces it. Those that set where a body ends (`connection`,
    /// `content-length`, `transfer-encoding`) are refused when the sandbox starts.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// The body.
    pub fn body(mut self, body: ScriptedBody) -> Self {
        self.body = body;
        self
    }

    /// [`ScriptedBody::Empty`].
    pub fn empty(self) -> Self {
        self.body(ScriptedBody::Empty)
    }

    /// [`ScriptedBody::Json`].
    pub fn json(self, value: impl Into<Value>) -> Self {
        self.body(ScriptedBody::Json(value.into()))
    }

    /// [`ScriptedBody::Html`].
    pub fn html(self, page: impl Into<String>) -> Self {
        self.body(ScriptedBody::Html(page.into()))
    }

    /// [`ScriptedBody::Text`].
    pub fn text(self, text: impl Into<String>) -> Self {
        self.body(ScriptedBody::Text(text.into()))
    }

    /// Whether nothing is left of the honest response.
    pub(crate) fn replaces(&self) -> bool {
        !self.body.is_usual() || !(200..300).contains(&self.status)
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        // Those below 200 announce a response.
        let Some(status) = StatusCode::from_u16(self.status)
            .ok()
            .filter(|status| (200..600).contains(&status.as_u16()))
        else {
            let text = format!("{} is not a status from 200 to 599", self.status);
            return Err(Problem::new(text).within("status"));
        };
        let bodiless = [
            StatusCode::NO_CONTENT,
            StatusCode::RESET_CONTENT,
            StatusCode::NOT_MODIFIED,
        ];
        if bodiless.contains(&status) && self.body != ScriptedBody::Empty {
            let text = format!("HTTP allows no body with {}", self.status);
            return Err(Problem::new(text).within("body"));
        }
        for (name, value) in &self.headers {
            check_header(name, value).map_err(|problem| problem.within(name).within("headers"))?;
        }
        Ok(())
    }
}

impl ScriptedBody {
    fn is_usual(&self) -> bool {
        matches!(self, Self::Usual)
    }
}

/// The page of a gateway in front of a service that does not respond.
pub(crate) fn gateway(status: u16) -> ScriptedResponse {
    let title = StatusCode::from_u16(status).unwrap_or_default();
    ScriptedResponse::new(status).html(format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n\
         <body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    ))
}

pub(super) fn check_header(name: &str, value: &str) -> Result<(), Problem> {
    let problem = match HeaderName::try_from(name) {
        Err(_) => "no header has such a name",
        Ok(name) if FRAMING.contains(&name) => {
            "it sets where the body ends; use a fault of the delivery for that"
        }
        Ok(_) if HeaderValue::from_str(value).is_err() => "it does not fit into a header",
        Ok(_) => return Ok(()),
    };
    Err(Problem::new(problem))
}
