//! Fault scripts: what goes wrong, and at which request, as data.

mod check;
mod error;
mod fault;
mod member_change;
mod response;
mod selection;
mod steps;

pub use error::ScriptError;
pub use fault::{EmptyCursor, Fault, IdsOf, Sent, WrongId};
pub use member_change::MemberChange;
pub(crate) use response::gateway;
pub use response::{ScriptedBody, ScriptedResponse};
pub use selection::Selection;
pub use steps::{Script, Step};
