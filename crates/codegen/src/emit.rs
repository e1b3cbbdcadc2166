//! Rust that the contract asks for and progenitor does not write.

mod comma_separated;
mod limits;
mod open_enum;
mod secret;
mod secret_properties;

pub(crate) use comma_separated::comma_separated;
pub(crate) use limits::limits;
pub(crate) use open_enum::{open_enum, unknown_value};
pub(crate) use secret::{Secret, mask_url, secret};
pub(crate) use secret_properties::secret_properties;
