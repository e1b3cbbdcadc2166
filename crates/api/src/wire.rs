//! What the generator cannot write: types that stand in for generated ones, how the segments of a
//! path are encoded and a response is decoded, and what describes the objects in it.

mod comma_separated;
mod path_segment;
mod response;
mod secret;
mod shape;
mod unknown_value;

pub use comma_separated::{CommaSeparated, InvalidList};
pub(crate) use path_segment::path_segment;
pub(crate) use response::decode;
pub use secret::{SecretString, SecretUrl};
pub use shape::{Kind, Member, Shape};
pub use unknown_value::UnknownValue;
pub(crate) use unknown_value::from_text;
