//! Refuses what cannot be served, with the place and the reason.
//!
//! Most of what stands here would make the generator panic, or generate a client that does
//! something else than the contract says.

mod names;
mod operations;
mod parameters;
mod references;
mod schemas;
mod shape;

use serde_json::Value;

use crate::error::{Error, Result};

/// Checks that a client can be generated from `contract`.
pub(crate) fn check(contract: &Value) -> Result<()> {
    version(contract)?;
    references::check(contract)?;
    schemas::check(contract)?;
    operations::check(contract)?;
    parameters::check(contract)?;
    names::check(contract)?;
    shape::check(contract)
}

fn version(contract: &Value) -> Result<()> {
    match contract.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0.") => Ok(()),
        Some(version) => Err(Error::new(
            "/openapi",
            format!("version {version} is not supported; write 3.0.x"),
        )),
        None => Err(Error::new(
            "/openapi",
            "must be a string that names a version 3.0.x",
        )),
    }
}
