//! One batch, by hand: as it stands, or as time changes it.

mod lifecycle;
mod row;

pub use lifecycle::{BatchLifecycle, Lifecycle};
pub use row::{BatchRow, row};
