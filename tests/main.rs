//! Proof that the parts agree: only what needs two or more crates belongs here.

mod examples;
mod laziness;
mod pagination;
mod requests;
mod schema;
mod time_bounds;
