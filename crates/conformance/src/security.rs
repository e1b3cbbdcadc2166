//! What a request must carry to be let in.

use serde_json::Value;

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::request::Request;

/// The alternatives, one of which a request must meet.
#[derive(Debug)]
pub(crate) struct Security {
    /// Where they stand in the contract.
    pointer: String,
    /// Each with all schemes of HTTP authentication that it asks for.
    alternatives: Vec<Vec<String>>,
}

impl Security {
    /// What the operation at `operation` asks for, or else the contract as a whole.
    pub(crate) fn read(contract: &Value, operation: &str) -> Result<Self> {
        let own = join(operation, "security");
        let pointer = match contract.pointer(&own) {
            Some(_) => own,
            None => "/security".to_owned(),
        };
        let mut alternatives = Vec::new();
        for at in document::items(contract, &pointer)? {
            let names = document::keys(contract, &at)?;
            let schemes = names.map(|name| http_scheme(contract, &at, name));
            alternatives.push(schemes.collect::<Result<Vec<_>>>()?);
        }
        Ok(Self {
            pointer,
            alternatives,
        })
    }

    pub(crate) fn check(&self, request: &Request) -> Option<Finding> {
        let met = |schemes: &Vec<String>| {
            schemes
                .iter()
                .all(|scheme| carries_credentials(request, scheme))
        };
        if self.alternatives.is_empty() || self.alternatives.iter().any(met) {
            return None;
        }
        let schemes = self.alternatives.concat().join(" or ");
        let message = format!("carries no credentials of scheme {schemes}");
        Some(Finding::violation(
            "/headers/authorization",
            &self.pointer,
            message,
        ))
    }
}

fn http_scheme(contract: &Value, at: &str, name: &str) -> Result<String> {
    let pointer = join("/components/securitySchemes", name);
    if contract.pointer(&pointer).is_none() {
        return Err(Error::new(join(at, name), "names no security scheme"));
    }
    let (pointer, _) = document::resolve(contract, &pointer)?;
    let kind = join(&pointer, "type");
    if document::text(contract, &kind)? != "http" {
        return Err(Error::new(kind, "only `http` can be judged"));
    }
    Ok(document::text(contract, &join(&pointer, "scheme"))?.to_ascii_lowercase())
}

fn carries_credentials(request: &Request, scheme: &str) -> bool {
    request.header_values("authorization").any(|value| {
        let parts = value.split_once(' ');
        parts.is_some_and(|(sent, key)| sent.eq_ignore_ascii_case(scheme) && !key.trim().is_empty())
    })
}
