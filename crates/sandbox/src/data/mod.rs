//! Believable batches out of a seed.

mod generate;
mod lifecycles;
mod names;
mod random;
mod simulated;
mod timeline;

pub use generate::generate;
pub(crate) use generate::{NOW, newcomer, request_id};
pub use lifecycles::generate_lifecycles;
pub use simulated::{SimulatedList, simulate_list};
