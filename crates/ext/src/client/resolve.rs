//! Which key goes where: what was set, else what is in the environment, else what is usual.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::base_url;
use super::environment::{self, Environment};
use crate::policy::trace;
use crate::types::dialect::Dialect;
use crate::types::error::Error;
use crate::types::redact::KeyMask;
use crate::types::region::Region;

/// Where OpenAI is (documented).
const OPENAI_URL: &str = "https://api.openai.com/v1";

/// Whom to ask, and with which key, as far as that was set.
#[derive(Default)]
pub(super) struct Target {
    pub(super) api_key: Option<String>,
    pub(super) dialect: Dialect,
    pub(super) api_version: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) base_url: Option<String>,
    pub(super) region: Option<Region>,
    pub(super) workspace: Option<String>,
    pub(super) environment: Environment,
    pub(super) allow_plain_http: bool,
}

impl Target {
    /// The header with the key.
    pub(super) fn authorization(&self) -> Result<(HeaderName, HeaderValue, KeyMask), Error> {
        let key = self
            .api_key
            .as_deref()
            .or(self.environment().api_key.as_deref());
        let key = key
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .ok_or_else(|| {
                Error::config(match self.dialect {
                    Dialect::Qwen => format!(
                        "no API key; set the environment variable {} or give one to the builder",
                        environment::API_KEY
                    ),
                    other => format!("no API key of {other}; give one to the builder"),
                })
            })?;
        let (header, scheme) = self.dialect.key_header();
        let mut value = HeaderValue::from_str(&format!("{scheme}{key}")).map_err(|_| {
            Error::config("the API key holds characters that cannot be sent, such as a line break")
        })?;
        value.set_sensitive(true);
        let mask = KeyMask::new(key, header.as_str(), scheme);
        if mask.is_short() {
            trace::warn!(
                "the API key is so short that it may be a common word: it cannot be kept out of \
                 everything that is shown of what the service sends"
            );
        }
        Ok((header, value, mask))
    }

    /// The environment is that of Qwen Cloud: its key is not for others.
    fn environment(&self) -> &Environment {
        const NONE: &Environment = &Environment::NONE;

        match self.dialect {
            Dialect::Qwen => &self.environment,
            Dialect::OpenAi | Dialect::AzureOpenAi => NONE,
        }
    }

    pub(super) fn check_api_version(&self, base_url: &str) -> Result<(), Error> {
        let wrong = match (self.dialect, self.api_version.as_deref().map(str::trim)) {
            (_, Some("")) => "the API version is empty",
            (Dialect::AzureOpenAi, None) if !base_url.ends_with("/v1") => {
                "no API version; Azure OpenAI wants one, such as 2024-10-21, unless the base URL \
                 ends in /openai/v1"
            }
            (Dialect::Qwen, Some(_)) => {
                "an API version is for Azure OpenAI; set its dialect as well"
            }
            _ => return Ok(()),
        };
        Err(Error::config(wrong))
    }

    /// The base URL: one that was set, else that of the environment, the region or the vendor.
    pub(super) fn base_url(&self) -> Result<String, Error> {
        let explicit_place = self.region.is_some() || self.workspace.is_some();
        let environment = self.environment();
        let normalize = |url| base_url::normalize(url, self.dialect, self.allow_plain_http);
        if explicit_place && self.dialect != Dialect::Qwen {
            return Err(Error::config(format!(
                "regions and workspaces are those of Qwen Cloud; for {}, set a base URL",
                self.dialect
            )));
        }
        match (&self.base_url, self.dialect) {
            (Some(url), _) => return normalize(url),
            (None, Dialect::Qwen) => {}
            (None, Dialect::OpenAi) => return Ok(OPENAI_URL.to_owned()),
            (None, Dialect::AzureOpenAi) => {
                return Err(Error::config(
                    "no base URL; for Azure OpenAI, write that of the resource, as in \
                     https://my-resource.openai.azure.com/openai",
                ));
            }
        }
        if let (false, Some(url)) = (explicit_place, &environment.base_url) {
            return normalize(url)
                .map_err(|error| Error::config(format!("{}: {error}", environment::BASE_URL)));
        }
        let region = match (self.region, &environment.region) {
            (Some(region), _) => region,
            (None, Some(text)) => text
                .trim()
                .parse()
                .map_err(|error| Error::config(format!("{}: {error}", environment::REGION)))?,
            (None, None) => Region::default(),
        };
        // A workspace lies in one region: that of the environment does not follow a region that
        // is set explicitly.
        let workspace = self
            .workspace
            .as_deref()
            .or(environment
                .workspace
                .as_deref()
                .filter(|_| self.region.is_none()))
            .map(str::trim);
        if let Some(id) = workspace
            && (id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        {
            return Err(Error::config(format!(
                "workspace `{id}` is not an id: letters, digits and hyphens"
            )));
        }
        Ok(region.base_url(workspace))
    }

    /// The headers that were set, if they can be sent. An error names no value.
    pub(super) fn headers(&self) -> Result<HeaderMap, Error> {
        let mut own = HeaderMap::new();
        for (name, value) in &self.headers {
            let name: HeaderName = name
                .parse()
                .map_err(|_| Error::config("a header's name has characters that cannot be sent"))?;
            if name == header::AUTHORIZATION || name == "api-key" {
                return Err(Error::config(format!(
                    "header `{name}`: it holds the API key, which is set on its own"
                )));
            }
            let mut value = HeaderValue::from_str(value).map_err(|_| {
                Error::config(format!(
                    "header `{name}`: its value has characters that cannot be sent"
                ))
            })?;
            value.set_sensitive(true);
            own.append(name, value);
        }
        Ok(own)
    }
}
