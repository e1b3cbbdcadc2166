//! The auto traits of every public type: a field that takes one away does not compile.

use std::panic::{RefUnwindSafe, UnwindSafe};

use futures::Stream;

use crate::{
    BatchFilter, BatchResponse, Beginning, CallReport, Checkpoint, Client, ClientBuilder, Dialect,
    Error, ErrorKind, Estimate, EventInfo, FailedPoll, FailedRequest, FileChunks, GetBatch,
    GetFile, History, InvalidField, Items, Known, ListBatches, Outcome, Page, Pages,
    ParseCheckpointError, ParseRegionError, PastDurations, Poll, RateLimit, RawResponse, Redacted,
    Region, RepeatedLine, ResultBody, ResultFile, ResultLine, ResultLines, Results,
    ResultsCheckpoint, ResultsReport, Retry, RetryPolicy, RowFinding, Sleep, TimeLeft,
    TokioRuntime, Tracker, UnreadableFile, UnreadableLine, UnreadableRow, UnreadableRows,
    WatchBatches, WatchEvent, WatchEvents,
};

/// Values, which any thread may have and which a panic cannot leave half done.
const fn value<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}

/// What any thread may use. It holds a hook, a runtime or a cause of which no more is known.
const fn shared<T: Send + Sync + Unpin + 'static>() {}

/// What goes to any thread, to be used by one at a time.
const fn stream<T: Stream + Send + Unpin + 'static>() {}

const _: () = {
    value::<BatchFilter>();
    value::<Beginning>();
    value::<Tracker>();
    value::<BatchResponse>();
    value::<Checkpoint>();
    value::<Dialect>();
    value::<ErrorKind>();
    value::<Estimate>();
    value::<EventInfo>();
    value::<History>();
    value::<PastDurations>();
    value::<TimeLeft>();
    value::<Page>();
    value::<ParseRegionError>();
    value::<Poll>();
    value::<InvalidField>();
    value::<Outcome>();
    value::<FailedRequest>();
    value::<RepeatedLine>();
    value::<ResultBody>();
    value::<ResultFile>();
    value::<ResultLine>();
    value::<ResultsCheckpoint>();
    value::<ResultsReport>();
    value::<UnreadableFile>();
    value::<UnreadableLine>();
    value::<RateLimit>();
    value::<Redacted>();
    value::<Region>();
    value::<RetryPolicy>();
    value::<TokioRuntime>();
    value::<RowFinding>();
    value::<Known<'static>>();
    value::<UnreadableRow>();
    value::<UnreadableRows>();

    shared::<WatchEvent>();
    shared::<CallReport<'static>>();
    shared::<Client>();
    shared::<ClientBuilder>();
    shared::<Error>();
    shared::<FailedPoll>();
    shared::<GetBatch>();
    shared::<GetFile>();
    shared::<ListBatches>();
    shared::<ParseCheckpointError>();
    shared::<RawResponse>();
    shared::<Results>();
    shared::<Retry<'static>>();
    shared::<WatchBatches>();

    stream::<FileChunks>();
    stream::<WatchEvents>();
    stream::<Items>();
    stream::<Pages>();
    stream::<ResultLines>();

    const fn sent<T: Send + Unpin + 'static>() {}
    sent::<Sleep>();
};

#[cfg(feature = "test-util")]
const _: () = shared::<crate::test_util::ErrorBuilder>();

#[cfg(feature = "blocking")]
const _: () = {
    use crate::blocking;

    const fn iterator<T: Iterator + Send + Unpin + 'static>() {}

    shared::<blocking::Client>();
    shared::<blocking::GetBatch>();
    shared::<blocking::GetFile>();
    shared::<blocking::ListBatches>();
    shared::<blocking::Results>();
    shared::<blocking::WatchBatches>();

    iterator::<blocking::FileChunks>();
    iterator::<blocking::WatchEvents>();
    iterator::<blocking::Items>();
    iterator::<blocking::Pages>();
    iterator::<blocking::ResultLines>();
};

#[cfg(test)]
mod tests {
    /// `lib.rs` names all there is; what it takes from the generated client is pinned by none here.
    #[test]
    fn no_public_type_is_forgotten() {
        const TRAITS: [&str; 3] = ["BatchExt", "IntoTimestamp", "Runtime"];

        let pinned = include_str!("auto_traits.rs");
        let statements = include_str!("lib.rs").split(';');
        let own = statements.filter(|text| {
            text.contains("pub use ")
                && !["qwen_batches_api", "jiff"]
                    .iter()
                    .any(|it| text.contains(it))
        });
        let names = own.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
        let types = names.filter(|name| name.starts_with(char::is_uppercase));
        let mut count = 0;
        for name in types.filter(|name| !TRAITS.contains(name)) {
            count += 1;
            let calls = [format!("<{name}>()"), format!("<{name}<'static>>()")];
            assert!(calls.iter().any(|call| pinned.contains(call)), "{name}");
        }
        assert!(count > 20, "{count}");
    }
}
