//! An operation of the contract.

use std::sync::Arc;

use serde_json::Value;

use crate::body::Body;
use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::json_schema::Compiler;
use crate::parameter::Parameter;
use crate::security::Security;

pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// What a client can ask for, and which responses it may get.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    /// Where the parameters stand; the operation itself if it has none.
    pub(crate) parameters_pointer: String,
    pub(crate) security: Security,
    pub(crate) responses: Vec<Declared>,
    pub(crate) responses_pointer: String,
}

/// The response under a status, a range of them (`4XX`) or all others (`default`).
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) status: String,
    pub(crate) headers: Vec<Parameter>,
    pub(crate) body: Body,
}

impl Operation {
    /// Reads the operation of `method` in the path item at `item`.
    pub(crate) fn read(
        contract: &Arc<Value>,
        item: &str,
        method: &'static str,
        requests: &mut Compiler,
        responses: &mut Compiler,
    ) -> Result<Self> {
        let pointer = join(item, method);
        let own = join(&pointer, "parameters");
        let mut parameters: Vec<Parameter> = Vec::new();
        // An operation's own parameters stand before those of its path, which they override.
        for list in [&own, &join(item, "parameters")] {
            for at in document::items(contract, list)? {
                let parameter = Parameter::read(contract, &at, requests)?;
                let same = |known: &Parameter| {
                    known.name == parameter.name && known.place == parameter.place
                };
                match parameters.iter().any(same) {
                    true if *list == own => {
                        return Err(Error::new(at, "the parameter stands here twice"));
                    }
                    true => {}
                    false => parameters.push(parameter),
                }
            }
        }
        let responses_pointer = join(&pointer, "responses");
        let statuses = document::object(contract, &responses_pointer)?
            .ok_or_else(|| Error::new(&responses_pointer, "missing"))?;
        let responses = statuses
            .keys()
            .filter(|status| !status.starts_with("x-"))
            .map(|status| Declared::read(contract, &responses_pointer, status, responses))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            method,
            parameters,
            parameters_pointer: if contract.pointer(&own).is_some() {
                own
            } else {
                pointer.clone()
            },
            security: Security::read(contract, &pointer)?,
            responses,
            responses_pointer,
        })
    }

    /// The response for a status: by itself, by its range, or by `default`.
    pub(crate) fn response(&self, status: u16) -> Option<&Declared> {
        let names = [
            status.to_string(),
            format!("{}XX", status / 100),
            "default".to_owned(),
        ];
        let of_name = |name: &String| self.responses.iter().find(|it| it.status == *name);
        names.iter().find_map(of_name)
    }
}

impl Declared {
    fn read(
        contract: &Arc<Value>,
        list: &str,
        status: &str,
        compiler: &mut Compiler,
    ) -> Result<Self> {
        let at = join(list, status);
        if !is_status(status) {
            return Err(Error::new(at, "neither a status nor a range nor `default`"));
        }
        let (pointer, _) = document::resolve(contract, &at)?;
        let list = join(&pointer, "headers");
        let names = document::keys(contract, &list)?;
        // OpenAPI: a header `Content-Type` is ignored here, since `content` says it.
        let names = names.filter(|name| !name.eq_ignore_ascii_case("content-type"));
        let headers = names
            .map(|name| Parameter::header(contract, &join(&list, name), name, compiler))
            .collect::<Result<Vec<_>>>()?;
        let body = Body::read(contract, &pointer, compiler)?;
        Ok(Self {
            status: status.to_owned(),
            headers,
            body,
        })
    }
}

fn is_status(text: &str) -> bool {
    match text.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] => true,
        [b'1'..=b'5', rest @ ..] => rest.len() == 2 && rest.iter().all(u8::is_ascii_digit),
        _ => text == "default",
    }
}
