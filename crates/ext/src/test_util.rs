//! Values for tests of your own code, made without a server. Feature `test-util`.
//!
//! ```
//! use qwen_batches::test_util::{error, finished, page};
//! use qwen_batches::{Batch, BatchStatus, Error, ErrorKind, Page, WatchEvent};
//!
//! // The code under test: what a program does with a page or an error, and with an event.
//! fn log_line(page: &Result<Page, Error>) -> String {
//!     match page {
//!         Ok(page) => format!("{} batches", page.rows.len()),
//!         Err(error) => format!("{}, {}", error.kind(), error.is_retryable()),
//!     }
//! }
//! fn failed(event: &WatchEvent) -> Option<&str> {
//!     let batch = event.batch().filter(|batch| batch.status == BatchStatus::Failed)?;
//!     Some(&batch.id)
//! }
//!
//! let mut batch = Batch::default();
//! batch.id = "batch_1".to_owned();
//! batch.status = BatchStatus::Failed;
//!
//! assert_eq!(log_line(&Ok(page([batch.clone()]))), "1 batches");
//! let throttled = error(ErrorKind::RateLimited).status(429).build();
//! assert_eq!(log_line(&Err(throttled)), "rate_limited, true");
//! assert_eq!(failed(&finished(batch, None)), Some("batch_1"));
//! ```
//!
//! Turn it on where tests alone are built: `cargo add --dev qwen-batches --features test-util`. What
//! a program does with whole lists, and with a server that misbehaves, is tested against the crate
//! `qwen-batches-sandbox`: see the [cookbook](crate::cookbook#test-without-an-account).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use qwen_batches_api::types::{Batch, BatchRequestCounts, BatchStatus};

use crate::types::checkpoint::Checkpoint;
use crate::types::error::{Error, ErrorKind};
use crate::types::page::Page;
use crate::watch::event::{EventInfo, FailedPoll, Poll, WatchEvent};

/// A page of these batches, the only one of its list. Its fields are public.
pub fn page(rows: impl IntoIterator<Item = Batch>) -> Page {
    Page {
        rows: rows.into_iter().collect(),
        attempts: 1,
        ..Page::empty()
    }
}

/// An error of this kind, after one attempt; retryable if the client makes such calls again.
pub fn error(kind: ErrorKind) -> ErrorBuilder {
    let retryable = matches!(
        kind,
        ErrorKind::RateLimited | ErrorKind::Server | ErrorKind::Transport | ErrorKind::Timeout
    );
    let error = Error::new(kind, format!("a test's error of the kind {kind}"));
    ErrorBuilder(error.retryable(retryable).with_attempts(1, Duration::ZERO))
}

/// Sets what an [`Error`] holds; see [`error`].
#[derive(Debug)]
#[must_use = "it becomes an error by `build`"]
pub struct ErrorBuilder(Error);

impl ErrorBuilder {
    /// See [`Error::is_retryable`].
    pub fn retryable(self, retryable: bool) -> Self {
        Self(self.0.retryable(retryable))
    }

    /// See [`Error::status`].
    pub fn status(self, status: u16) -> Self {
        Self(self.0.with_status(status))
    }

    /// See [`Error::code`].
    pub fn code(self, code: impl Into<String>) -> Self {
        let message = self.0.message().map(str::to_owned);
        Self(self.0.with_api(Some(code.into()), message))
    }

    /// See [`Error::message`].
    pub fn message(self, message: impl Into<String>) -> Self {
        let code = self.0.code().map(str::to_owned);
        Self(self.0.with_api(code, Some(message.into())))
    }

    /// See [`Error::request_id`].
    pub fn request_id(self, id: impl Into<String>) -> Self {
        Self(self.0.with_request_id(Some(id.into())))
    }

    /// See [`Error::attempts`].
    pub fn attempts(self, attempts: u32) -> Self {
        let elapsed = self.0.elapsed();
        Self(self.0.with_attempts(attempts, elapsed))
    }

    /// See [`Error::elapsed`].
    pub fn elapsed(self, elapsed: Duration) -> Self {
        let attempts = self.0.attempts();
        Self(self.0.with_attempts(attempts, elapsed))
    }

    /// See [`Error::retry_after`].
    pub fn retry_after(self, pause: Duration) -> Self {
        Self(self.0.with_retry_after(Some(pause)))
    }

    /// See [`Error::checkpoint`]. A list that was never read has one, too:
    /// [`Items::checkpoint`](crate::Items::checkpoint).
    pub fn checkpoint(self, checkpoint: Checkpoint) -> Self {
        Self(self.0.with_checkpoint(checkpoint))
    }

    /// See [`source`](std::error::Error::source).
    pub fn source(self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(self.0.with_source(source))
    }

    /// The error.
    pub fn build(self) -> Error {
        self.0
    }
}

/// A [`WatchEvent::Appeared`]. As in each event of a batch here, it was seen at the start of Unix time,
/// and there is no estimate of its progress.
pub fn appeared(batch: Batch) -> WatchEvent {
    let info = info(&batch, "appeared");
    WatchEvent::Appeared { batch, info }
}

/// A [`WatchEvent::StatusChanged`].
pub fn status_changed(batch: Batch, from: BatchStatus) -> WatchEvent {
    let info = info(&batch, batch.status.as_str());
    WatchEvent::StatusChanged { batch, from, info }
}

/// A [`WatchEvent::Progressed`].
pub fn progressed(batch: Batch, from: Option<BatchRequestCounts>) -> WatchEvent {
    let counts = batch.request_counts.as_ref();
    let done = counts.map_or(0, |counts| counts.completed.saturating_add(counts.failed));
    let info = info(&batch, &format!("progressed/{done}"));
    WatchEvent::Progressed { batch, from, info }
}

/// A [`WatchEvent::Finished`].
pub fn finished(batch: Batch, from: Option<BatchStatus>) -> WatchEvent {
    let info = info(&batch, batch.status.as_str());
    WatchEvent::Finished { batch, from, info }
}

/// A [`WatchEvent::Stuck`].
pub fn stuck(batch: Batch) -> WatchEvent {
    let info = info(&batch, "stuck");
    WatchEvent::Stuck { batch, info }
}

/// A [`WatchEvent::Gone`].
pub fn gone(batch: Batch) -> WatchEvent {
    let info = info(&batch, "gone");
    WatchEvent::Gone { batch, info }
}

/// A [`WatchEvent::Unreadable`].
pub fn unreadable(batch: Batch) -> WatchEvent {
    let info = info(&batch, "unreadable");
    WatchEvent::Unreadable { batch, info }
}

fn info(batch: &Batch, what: &str) -> EventInfo {
    EventInfo {
        id: format!("{}/{what}", batch.id),
        at: Timestamp::UNIX_EPOCH,
        estimate: None,
    }
}

/// A poll for [`WatchEvent::Polled`]: one call, no change, nothing unfinished, at the start of Unix
/// time, and the last of its watch. Its fields are public.
pub fn poll() -> Poll {
    Poll {
        at: Timestamp::UNIX_EPOCH,
        calls: 1,
        changes: 0,
        unfinished: 0,
        estimates: BTreeMap::new(),
        newest: None,
        forgotten: Vec::new(),
        missed: BTreeSet::new(),
        unreadable: Vec::new(),
        pause: None,
    }
}

/// A poll for [`WatchEvent::PollFailed`]: the first in a row, at the start of Unix time, with a pause
/// of a minute. Its fields are public.
pub fn failed_poll(error: Error) -> FailedPoll {
    FailedPoll {
        at: Timestamp::UNIX_EPOCH,
        calls: u64::from(error.attempts()),
        error,
        failures: 1,
        pause: Duration::from_secs(60),
    }
}
