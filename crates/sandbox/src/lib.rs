#![doc = include_str!("../README.md")]

mod builder;
mod clock;
mod connection;
mod data;
mod deviation;
mod error;
mod filter;
mod gates;
mod journal;
mod life;
mod listing;
mod query;
mod raw;
mod reply;
mod row;
mod rules;
mod script;
mod server;
mod wire;

pub use crate::builder::SandboxBuilder;
pub use crate::clock::Clock;
pub use crate::data::{generate, generate_lives};
pub use crate::deviation::Deviation;
pub use crate::error::SandboxError;
pub use crate::filter::{Bounds, STATUSES};
pub use crate::journal::RecordedRequest;
pub use crate::life::{BatchLife, Life};
pub use crate::query::FilterParam;
pub use crate::row::{BatchRow, row};
pub use crate::script::{
    EmptyCursor, Fault, IdsOf, MemberChange, NameMatch, Order, Quirk, Requests, Script,
    ScriptError, ScriptedBody, ScriptedReply, Sent, Step, UnknownCursor, WrongId,
};
pub use crate::server::{PREFIX, Sandbox};
