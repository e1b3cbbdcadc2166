//! A server of `GET /batches` that costs next to nothing: rows are pieced together from bytes that
//! stand ready, so that what is measured is its client.
//!
//! On request, each batch has results, in a file that is made while it is sent.
//!
//! It knows `limit`, `after`, `create_after` and `create_before`, and rejects everything else, so
//! that no client gets away with a filter that was ignored. What a good server says is the matter
//! of the sandbox; its batches are the pattern of the rows here.

mod http;
mod list;
mod query;
mod results;

pub use http::{Observer, Server};
pub use list::{List, Spread};
pub use results::ResultsFile;
