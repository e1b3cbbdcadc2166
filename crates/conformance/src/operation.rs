//! An operation of the contract.

use crate::body::Body;
use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::json_schema::Compiler;
use crate::parameter::{Parameter, Place};
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
    responses: Vec<Declared>,
    pub(crate) responses_pointer: String,
}

/// The response under a status.
#[derive(Debug)]
pub(crate) struct Declared {
    status: u16,
    pub(crate) headers: Vec<Parameter>,
    pub(crate) body: Body,
}

impl Operation {
    /// Reads the operation of `method` in the path item at `item`.
    pub(crate) fn read(
        item: &str,
        method: &'static str,
        requests: &mut Compiler,
        responses: &mut Compiler,
    ) -> Result<Self> {
        let contract = requests.contract.clone();
        let pointer = join(item, method);
        let list = join(&pointer, "parameters");
        let mut parameters: Vec<Parameter> = Vec::new();
        for at in document::items(&contract, &list)? {
            let parameter = Parameter::read(&at, requests)?;
            let same =
                |known: &Parameter| known.name == parameter.name && known.place == parameter.place;
            if parameters.iter().any(same) {
                return Err(Error::new(at, "the parameter stands here twice"));
            }
            parameters.push(parameter);
        }
        let responses_pointer = join(&pointer, "responses");
        let statuses = document::object(&contract, &responses_pointer)?
            .ok_or_else(|| Error::new(&responses_pointer, "missing"))?;
        let declared = statuses
            .keys()
            .map(|status| Declared::read(&join(&responses_pointer, status), status, responses));
        Ok(Self {
            method,
            parameters_pointer: match parameters.is_empty() {
                true => pointer.clone(),
                false => list,
            },
            parameters,
            security: Security::read(&contract, &pointer)?,
            responses: declared.collect::<Result<_>>()?,
            responses_pointer,
        })
    }

    /// Each name in the path is a required parameter, and there is no other in the path.
    pub(crate) fn check_path(&self, template: &str) -> Result<()> {
        let segments = template.split('/');
        let named = segments.filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
        let mut named: Vec<&str> = named.collect();
        for parameter in self.parameters.iter().filter(|it| it.place == Place::Path) {
            let Some(index) = named.iter().position(|name| *name == parameter.name) else {
                return Err(Error::new(&parameter.pointer, "the path has no such name"));
            };
            if !parameter.required {
                let at = join(&parameter.pointer, "required");
                return Err(Error::new(at, "a parameter of a path is required"));
            }
            named.remove(index);
        }
        match named.first() {
            None => Ok(()),
            Some(name) => {
                let reason = format!("no parameter for `{name}` in the path");
                Err(Error::new(&self.parameters_pointer, reason))
            }
        }
    }

    /// The response that is declared for a status.
    pub(crate) fn response(&self, status: u16) -> Option<&Declared> {
        self.responses
            .iter()
            .find(|declared| declared.status == status)
    }
}

impl Declared {
    fn read(at: &str, status: &str, compiler: &mut Compiler) -> Result<Self> {
        let number = status
            .parse()
            .ok()
            .filter(|number| (100..600).contains(number));
        let status = number.ok_or_else(|| Error::new(at, "only statuses can be judged"))?;
        let contract = compiler.contract.clone();
        let (pointer, _) = document::resolve(&contract, at)?;
        let list = join(&pointer, "headers");
        let names = document::keys(&contract, &list)?;
        let headers = names.map(|name| Parameter::header(&join(&list, name), name, compiler));
        Ok(Self {
            status,
            headers: headers.collect::<Result<_>>()?,
            body: Body::read(&pointer, compiler)?,
        })
    }
}
