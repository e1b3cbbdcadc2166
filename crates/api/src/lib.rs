#![doc = include_str!("../README.md")]

// Generated code is checked by its reviewed snapshot, not by lints; every line written by hand is
// under the lints of the workspace.
#[allow(
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    clippy::restriction,
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    rustdoc::all
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

mod transport;
pub mod wire;

pub use generated::{
    ByteStream, Client, ClientInfo, Error, ResponseValue, SECRET_PROPERTIES, builder, limits,
    prelude, shapes, types,
};
pub use transport::{Execution, Inner, Transport};
