//! Floor 7: following batches until they are done.

mod backoff;
pub(crate) mod estimate;
pub(crate) mod event;
pub(crate) mod events;
pub(crate) mod history;
pub(crate) mod past_durations;
pub(crate) mod request;
mod roster;
pub(crate) mod tracker;
mod watcher;
