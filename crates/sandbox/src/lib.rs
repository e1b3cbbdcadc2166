#![doc = include_str!("../README.md")]

// Each is a floor, the lowest first: a floor imports lower ones alone.
mod rows;

mod data;

mod listing;

mod script;

mod faults;

mod server;

pub use crate::data::{SimulatedList, generate, generate_lifecycles, simulate_list};
pub use crate::listing::{
    Bounds, Dialect, FilterParam, NameMatch, Order, PREFIX, Quirk, STATUSES, UnknownCursor,
};
pub use crate::rows::{BatchLifecycle, BatchRow, Lifecycle, row};
pub use crate::script::{
    EmptyCursor, Fault, IdsOf, MemberChange, Script, ScriptError, ScriptedBody, ScriptedResponse,
    Selection, Sent, Step, WrongId,
};
pub use crate::server::{Clock, RecordedRequest, Sandbox, SandboxBuilder, SandboxError};
