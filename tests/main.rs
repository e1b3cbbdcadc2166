//! Proof that the parts agree: only what needs two or more crates belongs here.

mod checks;
mod error_matrix;
mod examples;
mod invalid_examples;
mod laziness;
mod leaks;
mod mutations;
mod pagination;
mod requests;
mod schema;
mod three_way;
mod time_bounds;
