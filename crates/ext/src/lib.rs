#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auto_traits;
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
// Recipes alone: there is nothing in it to be called.
#[cfg(any(doc, doctest))]
pub mod cookbook;
mod list;
mod pagination;
mod policy;
mod results;
#[cfg(feature = "test-util")]
pub mod test_util;
mod transport;
mod types;
mod watch;

// What the interface is made of: their versions are part of ours.
pub use jiff::Timestamp;
pub use {bytes, http, jiff, reqwest};

pub use batch::GetBatch;
pub use client::builder::ClientBuilder;
pub use client::client::Client;
pub use list::ListBatches;
pub use pagination::stream::{Items, Pages, UnreadableRows};
pub use policy::call_report::CallReport;
pub use policy::rate_limit::RateLimit;
pub use policy::retry::{Retry, RetryPolicy};
pub use policy::runtime::{Runtime, Sleep, TokioRuntime};
pub use qwen_batches_api::types::{
    Batch, BatchError, BatchErrors, BatchMetadata, BatchRequestCounts, BatchStatus, InputFileId,
};
pub use qwen_batches_api::wire::{SecretString, UnknownValue};
pub use results::file::{FileChunks, GetFile};
pub use results::lines::ResultLines;
pub use results::request::Results;
pub use transport::raw::RawResponse;
pub use types::batch::BatchExt;
pub use types::batch_response::BatchResponse;
pub use types::checkpoint::{Checkpoint, ParseCheckpointError};
pub use types::dialect::Dialect;
pub use types::error::{Error, ErrorKind};
pub use types::filter::{BatchFilter, IntoTimestamp};
pub use types::invalid_field::InvalidField;
pub use types::known::Known;
pub use types::outcome::Outcome;
pub use types::page::{Page, RowFinding, UnreadableRow};
pub use types::redact::Redacted;
pub use types::region::{ParseRegionError, Region};
pub use types::result_line::{
    FailedRequest, RepeatedLine, ResultBody, ResultFile, ResultLine, UnreadableFile, UnreadableLine,
};
pub use types::results_checkpoint::ResultsCheckpoint;
pub use types::results_report::ResultsReport;
pub use watch::estimate::{Estimate, TimeLeft};
pub use watch::event::{Beginning, EventInfo, FailedPoll, Poll, WatchEvent};
pub use watch::events::WatchEvents;
pub use watch::history::History;
pub use watch::past_durations::PastDurations;
pub use watch::request::WatchBatches;
pub use watch::tracker::Tracker;
