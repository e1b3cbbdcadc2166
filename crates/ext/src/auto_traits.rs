//! The auto traits of every public type: a field that takes one away does not compile.

use std::panic::{RefUnwindSafe, UnwindSafe};

use futures::Stream;

use crate::{
    BatchFilter, Checkpoint, Client, ClientBuilder, Dialect, Error, ErrorKind, FailedPoll,
    InvalidField, Items, ListBatches, Page, Pages, ParseCheckpointError, ParseRegionError, Poll,
    RateLimit, RawResponse, Region, Retry, RetryPolicy, Sleep, TokioRuntime, UnreadableRow,
    UnreadableRows, WatchBatches, WatchEvent, WatchEvents,
};

/// Values, which any thread may have and which a panic cannot leave half done.
const fn value<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}

/// What any thread may use. It holds a hook, a runtime or a cause of which no more is known.
const fn shared<T: Send + Sync + Unpin + 'static>() {}

/// What goes to any thread, to be used by one at a time.
const fn stream<T: Stream + Send + Unpin + 'static>() {}

const _: () = {
    value::<BatchFilter>();
    value::<Checkpoint>();
    value::<Dialect>();
    value::<ErrorKind>();
    value::<Page>();
    value::<ParseRegionError>();
    value::<Poll>();
    value::<InvalidField>();
    value::<RateLimit>();
    value::<Region>();
    value::<RetryPolicy>();
    value::<TokioRuntime>();
    value::<UnreadableRow>();
    value::<UnreadableRows>();

    shared::<WatchEvent>();
    shared::<Client>();
    shared::<ClientBuilder>();
    shared::<Error>();
    shared::<FailedPoll>();
    shared::<ListBatches>();
    shared::<ParseCheckpointError>();
    shared::<RawResponse>();
    shared::<Retry<'static>>();
    shared::<WatchBatches>();

    stream::<WatchEvents>();
    stream::<Items>();
    stream::<Pages>();

    const fn sent<T: Send + Unpin + 'static>() {}
    sent::<Sleep>();
};

#[cfg(feature = "blocking")]
const _: () = {
    use crate::blocking;

    const fn iterator<T: Iterator + Send + Unpin + 'static>() {}

    shared::<blocking::Client>();
    shared::<blocking::ListBatches>();
    shared::<blocking::WatchBatches>();

    iterator::<blocking::WatchEvents>();
    iterator::<blocking::Items>();
    iterator::<blocking::Pages>();
};

#[cfg(test)]
mod tests {
    /// The reviewed text of the public API names all there is.
    #[test]
    fn no_public_type_is_forgotten() {
        let pinned = include_str!("auto_traits.rs");
        let api = include_str!("../public-api.txt");
        let mut path = "";
        let mut types = 0;
        for line in api.lines() {
            path = line.strip_prefix("# ").unwrap_or(path);
            let kinds = ["pub struct ", "pub enum ", "pub type "];
            if kinds.iter().any(|kind| line.starts_with(kind)) {
                types += 1;
                let is_pinned = [format!("<{path}>()"), format!("<{path}<'static>>()")]
                    .iter()
                    .any(|call| pinned.contains(call));
                assert!(is_pinned, "{path}");
            }
        }
        assert!(types > 20, "{types}");
    }
}
