//! Responses: pages and errors.

#![no_main]

#[allow(dead_code)] // Of all targets' bodies, this uses one.
#[path = "../../crates/ext/tests/corpus/bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|input: &[u8]| bodies::response(input));
