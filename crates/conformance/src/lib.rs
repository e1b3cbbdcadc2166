#![doc = include_str!("../README.md")]

mod body;
mod check;
mod contract;
pub mod document;
mod error;
mod finding;
mod json_schema;
mod operation;
mod parameter;
mod request;
mod response;
mod schema_validator;
mod security;
mod undocumented;

pub use contract::Contract;
pub use error::Error;
pub use finding::{Finding, Kind, Report};
pub use request::Request;
pub use response::Response;
