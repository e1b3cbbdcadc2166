#![doc = include_str!("../README.md")]

mod auto_traits;
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
mod checkpoint;
mod client;
mod concurrent;
// Recipes alone: there is nothing in it to be called.
#[cfg(any(doc, doctest))]
pub mod cookbook;
mod error;
mod filter;
mod list;
mod page;
mod place;
mod prefetch;
mod rate_limit;
mod raw;
mod retry;
mod runtime;
mod stream;
mod task;
mod trace;
mod walk;
mod wall_clock;
mod watch;

pub use batch::BatchExt;
pub use checkpoint::{Checkpoint, ParseCheckpointError};
pub use client::{Client, ClientBuilder, Dialect, ParseRegionError, Region};
pub use error::{Error, ErrorKind};
pub use filter::{BatchFilter, Problem};
pub use list::ListBatches;
pub use page::{Page, UnreadableRow};
pub use qwen_batches_api::types::{
    Batch, BatchError, BatchErrors, BatchMetadata, BatchRequestCounts, BatchStatus, InputFileId,
    SecretString, UnknownValue,
};
pub use rate_limit::RateLimit;
pub use raw::RawReply;
pub use retry::{Retry, RetryPolicy};
pub use runtime::{Runtime, Sleep, TokioRuntime};
pub use stream::{Items, Pages, UnreadableRows};
pub use watch::{Change, Changes, FailedPoll, Poll, WatchBatches};
