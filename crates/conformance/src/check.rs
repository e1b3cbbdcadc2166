//! Requests and responses by the contract.

use crate::contract::Contract;
use crate::document::join;
use crate::finding::{Finding, Report};
use crate::operation::Operation;
use crate::parameter::Place;
use crate::request::{self, Request};
use crate::response::Response;

impl Contract {
    /// Judges a request.
    pub fn check_request(&self, request: &Request) -> Report {
        let (operation, path_values) = match self.operation(&request.method, &request.path) {
            Ok(found) => found,
            Err(finding) => return Report::of(finding),
        };
        let mut findings = check_query(operation, &request.query);
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
            findings.extend(parameter.check(&sent));
        }
        findings.extend(operation.security.check(request));
        Report { findings }
    }

    /// Judges the response to a request, of which method and path count.
    pub fn check_response(&self, request: &Request, response: &Response) -> Report {
        let operation = match self.operation(&request.method, &request.path) {
            Ok((operation, _)) => operation,
            Err(finding) => return Report::of(finding),
        };
        let Some(declared) = operation.response(response.status) else {
            let message = format!("{} is not declared", response.status);
            let at = &operation.responses_pointer;
            return Report::of(Finding::violation("/status", at, message));
        };
        let mut findings = Vec::new();
        for header in &declared.headers {
            let sent: Vec<String> = request::values(&response.headers, &header.name)
                .map(str::to_owned)
                .collect();
            findings.extend(header.check(&sent));
        }
        let content_type = request::values(&response.headers, "content-type").next();
        let body = &declared.body;
        findings.extend(body.check(content_type, &response.body, &self.undocumented));
        Report { findings }
    }
}

fn check_query(operation: &Operation, query: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut sent: Vec<(String, String)> = Vec::new();
    // The common HTTP clients write a space as `+`.
    let query = query.replace('+', " ");
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = request::decode(name) else {
            let message = "a name that is not percent-encoded UTF-8";
            findings.push(Finding::violation(
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
            findings.push(Finding::violation(
                at,
                &operation.parameters_pointer,
                message,
            ));
            continue;
        };
        match request::decode(value) {
            Some(value) => sent.push((name, value)),
            None => {
                let message = "not percent-encoded UTF-8";
                findings.push(Finding::violation(at, &known.pointer, message));
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
        findings.extend(parameter.check(&values));
    }
    findings
}
