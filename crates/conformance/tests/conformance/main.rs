//! Requests, replies and contracts, good and bad.

mod contracts;
mod replies;
mod requests;
mod robustness;
mod support;
