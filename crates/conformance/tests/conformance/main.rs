//! Requests, responses and contracts, good and bad.

mod contracts;
mod layers;
mod requests;
mod responses;
mod robustness;
mod support;
