//! Tests of the code generation. What belongs here: everything that can be said about a contract
//! and the code it becomes, with no other crate of the workspace.
//!
//! `library` is generated from the second contract, of a lending library. Its snapshot is compiled
//! into this binary, so the very text that `snapshots` proves equal to what is generated answers
//! for itself in `calls` and `values`.

// The generated code asks for a feature `schema`, which this package does not have. Such a lint
// cannot be allowed on the module alone.
#![allow(unexpected_cfgs)]

// Generated code is checked by its reviewed snapshot, not by lints.
#[allow(
    clippy::all,
    clippy::str_to_string,
    clippy::use_self,
    dead_code,
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    unused_imports
)]
#[path = "../../snapshots/library/client.rs"]
#[rustfmt::skip]
mod library;

mod calls;
mod mutations;
mod names;
mod refused;
mod rewrites;
mod snapshots;
mod values;

use progenitor_client::{ClientHooks, OperationInfo};

/// What the generated client carries for its hooks.
#[derive(Clone, Debug)]
struct Inner;

impl ClientHooks<Inner> for library::Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _: &OperationInfo,
    ) -> Result<(), library::Error<E>> {
        request.headers_mut().remove("api-version");
        Ok(())
    }
}
