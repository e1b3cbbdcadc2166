#![doc = include_str!("../README.md")]

mod builder;
mod data;
mod deviation;
mod error;
mod filter;
mod journal;
mod listing;
mod query;
mod reply;
mod row;
mod server;

pub use crate::builder::SandboxBuilder;
pub use crate::data::generate;
pub use crate::deviation::Deviation;
pub use crate::error::SandboxError;
pub use crate::filter::{Bounds, STATUSES};
pub use crate::journal::RecordedRequest;
pub use crate::row::{BatchRow, row};
pub use crate::server::{PREFIX, Sandbox};
