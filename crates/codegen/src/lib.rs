#![doc = include_str!("../README.md")]

mod document;
mod duplicates;
mod error;
mod generate;
mod items;
mod lint;
mod names;
mod postprocess;
mod preprocess;

pub use error::{Error, Result};

/// What a contract becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// The client: formatted Rust, to be included as a module.
    ///
    /// It names the crates `progenitor_client`, `reqwest`, `serde`, `serde_json` and, where a
    /// parameter has a pattern, `regress`; behind its user's feature `schema` also `schemars` 1.x.
    pub client: String,
    /// The generator view that the client was generated from: OpenAPI in YAML.
    pub view: String,
}

/// Turns the text of a contract (OpenAPI 3.0, YAML or JSON) into a client.
///
/// The same text gives the same client, always: nothing else is read.
///
/// # Errors
///
/// A contract that cannot be read, or that cannot be served, with the place and the reason.
///
/// ```
/// let error = qwen_batches_codegen::generate("openapi: 3.1.0").unwrap_err();
/// assert_eq!(error.pointer(), "/openapi");
/// ```
pub fn generate(contract: &str) -> Result<Generated> {
    let contract = document::parse(contract)?;
    lint::check(&contract)?;
    let view = preprocess::view(&contract)?;
    let client = generate::client(&contract, &view)?;
    let view = serde_norway::to_string(&view.document)
        .map_err(|error| Error::new("", format!("the view cannot be written: {error}")))?;
    Ok(Generated { client, view })
}
