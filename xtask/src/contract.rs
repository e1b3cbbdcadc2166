//! Where the contract stands.

/// The contract, from the root of the workspace.
pub(crate) const PATH: &str = "openapi/batches.yaml";
