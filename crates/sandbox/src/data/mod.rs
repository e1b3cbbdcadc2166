//! Believable batches out of a seed.

mod generate;
mod lifecycles;
mod names;
mod random;
mod results;
mod simulated;
mod timeline;

pub use generate::generate;
pub(crate) use generate::{NOW, newcomer, request_id};
pub use lifecycles::generate_lifecycles;
pub(crate) use results::{Filing, ResultFile};
pub use simulated::{SimulatedList, simulate_list};
