//! Floor 7: following batches until they are done.

mod backoff;
pub(crate) mod event;
pub(crate) mod events;
pub(crate) mod request;
mod tracker;
mod watcher;
