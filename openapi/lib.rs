#![doc = include_str!("README.md")]

/// The contract of `GET /batches`: the text of `batches.yaml`, OpenAPI 3.0.3 in YAML.
pub const DOCUMENT: &str = include_str!("batches.yaml");
