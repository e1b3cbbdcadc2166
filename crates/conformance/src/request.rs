//! A raw request, and whether it is legal.

use std::fmt;

use crate::contract::Contract;
use crate::deviation::{Deviation, Report};
use crate::document::join;
use crate::operation::Operation;
use crate::parameter::{self, Place};

/// A request as it stands on the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    query: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// A request without query and headers. `path` is the whole one, with that of the server.
    pub fn new(method: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            query: String::new(),
            headers: Vec::new(),
        }
    }

    /// The query as sent: percent-encoded, without the question mark.
    #[must_use]
    pub fn query(mut self, raw: impl Into<String>) -> Self {
        self.query = raw.into();
        self
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        values(&self.headers, name)
    }
}

/// The values of a header, whose name is in any case.
pub(crate) fn values<'a>(
    headers: &'a [(String, String)],
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    let of_name = headers
        .iter()
        .filter(move |(key, _)| key.eq_ignore_ascii_case(name));
    of_name.map(|(_, value)| value.as_str())
}

/// Neither the query nor the value of a header is shown: they may be secret.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

impl Contract {
    /// Judges a request.
    pub fn check_request(&self, request: &Request) -> Report {
        let (operation, path_values) = match self.operation(&request.method, &request.path) {
            Ok(found) => found,
            Err(deviation) => {
                return Report {
                    deviations: vec![deviation],
                };
            }
        };
        let mut deviations = check_query(operation, &request.query);
        for parameter in &operation.parameters {
            let sent: Vec<String> = match parameter.place {
                Place::Query => continue,
                Place::Path => path_values
                    .iter()
                    .filter(|(name, _)| *name == parameter.name)
                    .map(|(_, value)| value.clone())
                    .collect(),
                Place::Header => request
                    .header_values(&parameter.name)
                    .map(str::to_owned)
                    .collect(),
            };
            deviations.extend(parameter.check(&sent));
        }
        deviations.extend(operation.security.check(request));
        Report { deviations }
    }
}

fn check_query(operation: &Operation, query: &str) -> Vec<Deviation> {
    let mut deviations = Vec::new();
    let mut sent: Vec<(String, String)> = Vec::new();
    // The common HTTP clients write a space as `+`.
    let query = query.replace('+', " ");
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = parameter::decode(name) else {
            let message = "a name that is not percent-encoded UTF-8";
            deviations.push(Deviation::violation(
                "/query",
                &operation.parameters_pointer,
                message,
            ));
            continue;
        };
        let at = join("/query", &name);
        let known = operation
            .parameters
            .iter()
            .find(|parameter| parameter.place == Place::Query && parameter.name == name);
        let Some(known) = known else {
            let message = "no parameter of this operation";
            deviations.push(Deviation::violation(
                at,
                &operation.parameters_pointer,
                message,
            ));
            continue;
        };
        match parameter::decode(value) {
            Some(value) => sent.push((name, value)),
            None => {
                let message = "not percent-encoded UTF-8";
                deviations.push(Deviation::violation(at, &known.pointer, message));
            }
        }
    }
    for parameter in operation
        .parameters
        .iter()
        .filter(|it| it.place == Place::Query)
    {
        let of_name = sent.iter().filter(|(name, _)| *name == parameter.name);
        let values: Vec<String> = of_name.map(|(_, value)| value.clone()).collect();
        deviations.extend(parameter.check(&values));
    }
    deviations
}
