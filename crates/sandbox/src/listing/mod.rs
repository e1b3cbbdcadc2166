//! Which batches or results a request gets, or which error. Knows no socket.

mod access;
mod dialect;
mod error_response;
mod filter;
mod list;
mod page;
mod query;
mod quirk;
mod results;
mod route;
mod rules;

pub(crate) use access::check_access;
pub use dialect::{Dialect, PREFIX};
pub(crate) use error_response::ErrorResponse;
pub use filter::{FilterParam, STATUSES};
pub(crate) use list::{Listing, RowError};
pub(crate) use page::Page;
pub(crate) use query::{ListQuery, decode_lossy, pairs};
pub use quirk::{Bounds, NameMatch, Order, Quirk, UnknownCursor};
pub(crate) use results::{Content, text_of};
pub(crate) use route::Route;
pub(crate) use rules::Rules;
