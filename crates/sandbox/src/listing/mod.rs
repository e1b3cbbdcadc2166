//! Which batches a request lists, or which error it gets. Knows no socket.

mod access;
mod dialect;
mod error_response;
mod filter;
mod list;
mod page;
mod query;
mod quirk;
mod rules;

pub(crate) use access::check_access;
pub use dialect::{Dialect, PREFIX};
pub(crate) use error_response::ErrorResponse;
pub use filter::{FilterParam, STATUSES};
pub(crate) use list::{Listing, RowError};
pub(crate) use page::Page;
pub(crate) use query::{ListQuery, decode_lossy, pairs};
pub use quirk::{Bounds, NameMatch, Order, Quirk, UnknownCursor};
pub(crate) use rules::Rules;
