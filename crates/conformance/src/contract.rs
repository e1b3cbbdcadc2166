//! A contract, ready to judge.

use std::sync::Arc;

use serde_json::Value;

use crate::document::{self, join};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::json_schema::{Compiler, Direction};
use crate::operation::{METHODS, Operation};
use crate::request;
use crate::undocumented::Undocumented;

/// A contract that has been read and checked.
#[derive(Debug)]
pub struct Contract {
    document: Arc<Value>,
    /// The paths of the servers, without a slash at the end, each once.
    server_paths: Vec<String>,
    paths: Vec<Path>,
    pub(crate) undocumented: Undocumented,
}

/// The values of a path, by the names in its template.
pub(crate) type PathValues = Vec<(String, String)>;

#[derive(Debug)]
struct Path {
    pointer: String,
    template: String,
    operations: Vec<Operation>,
}

impl Contract {
    /// The contract that this crate is released with.
    ///
    /// # Errors
    ///
    /// None that a release has: it is tested with this very text.
    pub fn published() -> Result<Self> {
        Self::parse(qwen_batches_openapi::DOCUMENT)
    }

    /// Reads a contract: OpenAPI 3.0, in YAML or JSON.
    ///
    /// # Errors
    ///
    /// A contract that is none, or that needs what cannot be judged: with the place and the reason.
    pub fn parse(text: &str) -> Result<Self> {
        Self::from_document(document::read(text)?)
    }

    /// Takes a contract that has been read already.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse).
    pub fn from_document(document: Value) -> Result<Self> {
        if !document.is_object() {
            return Err(Error::new("", "the top level is not an object"));
        }
        if !document::text(&document, "/openapi")?.starts_with("3.0.") {
            return Err(Error::new("/openapi", "only OpenAPI 3.0 can be judged"));
        }
        let document = Arc::new(document);
        let mut requests = Compiler::new(&document, Direction::Request)?;
        let mut responses = Compiler::new(&document, Direction::Response)?;
        let templates = document::object(&document, "/paths")?
            .ok_or_else(|| Error::new("/paths", "missing"))?;
        let mut paths = Vec::new();
        for template in templates.keys().filter(|key| !key.starts_with("x-")) {
            let pointer = join("/paths", template);
            if !template.starts_with('/') {
                return Err(Error::new(pointer, "a path starts with a slash"));
            }
            let item = document::object(&document, &pointer)?;
            if item.is_some_and(|item| item.contains_key("parameters")) {
                let at = join(&pointer, "parameters");
                return Err(Error::new(
                    at,
                    "only parameters of operations can be judged",
                ));
            }
            let has = |method: &&str| item.is_some_and(|item| item.contains_key(*method));
            let operations = METHODS
                .into_iter()
                .filter(has)
                .map(|method| Operation::read(&pointer, method, &mut requests, &mut responses))
                .collect::<Result<Vec<_>>>()?;
            for operation in &operations {
                operation.check_path(template)?;
            }
            paths.push(Path {
                pointer,
                template: template.clone(),
                operations,
            });
        }
        Ok(Self {
            server_paths: server_paths(&document)?,
            paths,
            undocumented: Undocumented::new(&mut responses)?,
            document,
        })
    }

    /// The contract as it was read.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The operation that a request asks for, with the values of its path.
    pub(crate) fn operation(
        &self,
        method: &str,
        path: &str,
    ) -> std::result::Result<(&Operation, PathValues), Finding> {
        let mut beyond_servers = self
            .server_paths
            .iter()
            .filter_map(|server| path.strip_prefix(server.as_str()));
        let found = beyond_servers.find_map(|rest| {
            let matches = |path: &Path| {
                Some((
                    path.template.matches('{').count(),
                    values(&path.template, rest)?,
                ))
            };
            let of_rest = self
                .paths
                .iter()
                .filter_map(|path| Some((path, matches(path)?)));
            // A path that is written out is meant before one with names in it.
            of_rest.min_by_key(|(_, (names, _))| *names)
        });
        let Some((path, (_, values))) = found else {
            return Err(Finding::violation(
                "/path",
                "/paths",
                "no path of the contract",
            ));
        };
        let of_method = path
            .operations
            .iter()
            .find(|it| it.method.eq_ignore_ascii_case(method));
        match of_method {
            Some(operation) => Ok((operation, values)),
            None => Err(Finding::violation(
                "/method",
                &path.pointer,
                "not served here",
            )),
        }
    }
}

/// The values that `path` has for the names in `template`; nothing if it does not match.
fn values(template: &str, path: &str) -> Option<PathValues> {
    let mut values = Vec::new();
    let mut steps = path.split('/');
    for expected in template.split('/') {
        let step = steps.next()?;
        match expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) if !step.is_empty() => {
                values.push((name.to_owned(), request::decode(step)?))
            }
            None if expected == step => {}
            _ => return None,
        }
    }
    steps.next().is_none().then_some(values)
}

/// The paths of the servers, each once; the empty one where no server is stated.
fn server_paths(document: &Value) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for at in document::items(document, "/servers")? {
        let mut url = document::text(document, &join(&at, "url"))?.to_owned();
        let variables = join(&at, "variables");
        for name in document::keys(document, &variables)? {
            let default = join(&join(&variables, name), "default");
            url = url.replace(&format!("{{{name}}}"), document::text(document, &default)?);
        }
        let path = match url.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("", |start| &rest[start..]),
            None => &url,
        };
        let path = path.trim_end_matches('/').to_owned();
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        paths.push(String::new());
    }
    Ok(paths)
}
