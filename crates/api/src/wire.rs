//! What the generator cannot write: types that stand in for generated ones, how a response is
//! decoded, and what describes the objects in it.

mod comma_separated;
mod response;
mod secret;
mod shape;
mod unknown_value;

pub use comma_separated::{CommaSeparated, InvalidList};
pub(crate) use response::decode;
pub use secret::{SecretString, SecretUrl};
pub use shape::{Kind, Member, Shape};
pub use unknown_value::UnknownValue;
pub(crate) use unknown_value::from_text;
