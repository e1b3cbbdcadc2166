//! A raw reply, and whether it obeys.

use std::fmt;

use crate::contract::Contract;
use crate::deviation::{Deviation, Report};
use crate::request::{self, Request};

/// A reply as it stands on the wire, but for a compression of its body.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    /// A reply without headers and body.
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The body, decompressed.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self
    }
}

/// Neither the body nor the value of a header is shown: they may be secret.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl Contract {
    /// Judges the reply to a request, of which method and path count.
    pub fn check_reply(&self, request: &Request, reply: &Reply) -> Report {
        let operation = match self.operation(&request.method, &request.path) {
            Ok((operation, _)) => operation,
            Err(deviation) => {
                return Report {
                    deviations: vec![deviation],
                };
            }
        };
        let Some(answer) = operation.answer(reply.status) else {
            let message = format!("{} is not declared", reply.status);
            let deviation = Deviation::violation("/status", &operation.answers_pointer, message);
            return Report {
                deviations: vec![deviation],
            };
        };
        let mut deviations = Vec::new();
        for header in &answer.headers {
            let sent: Vec<String> = request::values(&reply.headers, &header.name)
                .map(str::to_owned)
                .collect();
            deviations.extend(header.check(&sent));
        }
        let content_type = request::values(&reply.headers, "content-type").next();
        deviations.extend(answer.body.check(content_type, &reply.body, &self.news));
        Report { deviations }
    }
}
