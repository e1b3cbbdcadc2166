#![doc = include_str!("../README.md")]

mod body;
mod contract;
mod deviation;
mod document;
mod error;
mod json_schema;
mod judge;
mod news;
mod operation;
mod parameter;
mod reply;
mod request;
mod security;

pub use contract::Contract;
pub use deviation::{Deviation, Kind, Report};
pub use error::Error;
pub use reply::Reply;
pub use request::Request;
