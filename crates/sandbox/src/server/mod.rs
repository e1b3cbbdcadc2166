//! The server: a journal, a listing, a script, and the way of a request through them.

mod builder;
mod clock;
mod connection;
mod delivery;
mod error;
mod gates;
mod journal;
mod sandbox;
mod service;

pub use builder::SandboxBuilder;
pub use clock::Clock;
pub use error::SandboxError;
pub use journal::RecordedRequest;
pub use sandbox::Sandbox;
