//! What the generated types promise, and that what was built is what was reviewed.

mod decoding;
mod open_enum;
mod reviewed;
