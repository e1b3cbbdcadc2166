//! A list as windows of creation time: what is known of it, without the calls.
//!
//! A window starts with what was created before some second, and goes on until it has a row of the
//! next older window, or the list ends. What it has of that window must be what that window starts
//! with, or one worker goes on alone from there. So the rows are those of one page after another,
//! whatever the service makes of its time filters, as long as it lists the newest batches first;
//! that the filters work only decides how fast they come. That it does not shows behind the first page
//! of a window, where the list goes on without its bound.
//!
//! Nothing here waits: [`scheduler`](super::scheduler) says which calls are worth making,
//! [`delivery`](super::delivery) gives pages to the reader, and [`workers`](super::workers) makes the
//! calls.

use std::collections::VecDeque;

use super::window::{Misfit, Window};
use crate::pagination::pager::FetchedPage;
use crate::policy::trace;
use crate::types::error::{Error, ErrorKind};
use crate::types::row_id::RowId;

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) page_size: u32,
    pub(super) workers: usize,
    /// The cap of all runs together.
    pub(super) max_items: Option<u64>,
    /// Rows given to the reader in earlier runs.
    pub(super) given: u64,
    /// The second before which nothing is listed, as far as is known.
    pub(super) oldest_listed: Option<i64>,
    /// Whether it is known in which zone the server reads times.
    pub(super) zone_is_known: bool,
}

/// Whether the time filters can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilterTrust {
    /// Nobody knows in which zone the server reads times.
    Unknown,
    /// Somebody is finding out.
    Probing,
    Trusted,
    /// One worker goes on.
    Untrusted,
}

#[derive(Debug)]
pub(super) struct Windows {
    pub(super) request: Request,
    /// Newest first; the reader is at the first one.
    pub(super) windows: VecDeque<Window>,
    /// The row that the list starts with.
    pub(super) first: Option<RowId>,
    pub(super) next_id: u64,
    pub(super) filters: FilterTrust,
    /// Calls made, as far as windows know: retries are not counted.
    pub(super) calls: u64,
    /// Rows seen, each once.
    pub(super) rows: u64,
    /// Calls under way.
    pub(super) under_way: usize,
    /// Rows given to the reader, in all runs together.
    pub(super) given: u64,
    pub(super) has_left_a_window: bool,
    /// Why the list cannot be whole.
    pub(super) failure: Option<Error>,
    pub(super) done: bool,
}

impl Windows {
    pub(super) fn new(request: Request) -> Self {
        Self {
            windows: VecDeque::from([Window::new(0, None)]),
            first: None,
            next_id: 1,
            filters: match request.zone_is_known {
                true => FilterTrust::Trusted,
                false => FilterTrust::Unknown,
            },
            calls: 0,
            rows: 0,
            under_way: 0,
            given: request.given,
            has_left_a_window: false,
            failure: None,
            done: false,
            request,
        }
    }

    /// Whether nothing is to be given any more.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Gives nothing any more.
    pub(super) fn stop(&mut self) {
        self.done = true;
    }

    /// Whether anybody needs the pages of this window.
    pub(super) fn has(&self, id: u64) -> bool {
        self.windows.iter().any(|window| window.id == id)
    }

    /// Where the window behind this one starts.
    pub(super) fn bound(&self, at: usize) -> Option<i64> {
        self.windows.get(at + 1).and_then(|next| next.start)
    }

    /// Takes what came of a call for a window.
    pub(super) fn receive(&mut self, id: u64, page: Option<Result<FetchedPage, Error>>) {
        let Some(at) = self.windows.iter().position(|known| known.id == id) else {
            return;
        };
        self.under_way -= 1;
        let bound = self.bound(at);
        let window = &mut self.windows[at];
        window.busy = false;
        match page {
            None => (window.ended, window.seems_ended) = (true, true),
            Some(Err(error)) => {
                if at > 0 {
                    trace::debug!("a window failed, to be tried again in its turn: {error}");
                }
                window.failure = Some(error);
            }
            Some(Ok(fetched)) => {
                if window.start.is_none() && self.first.is_none() {
                    self.first = fetched.sent.first().cloned();
                }
                // The next window may have those of the second in which it starts.
                let own = |created_at: i64| bound.is_none_or(|bound| created_at > bound);
                let rows = fetched.sent.iter().filter(|row| own(row.created_at));
                self.rows += rows.count() as u64;
                if let Err(misfit) = window.receive(fetched) {
                    // Between the windows that the reader has left, rows may be missing.
                    if misfit == Misfit::Unordered && self.has_left_a_window {
                        self.failure = Some(unordered());
                    }
                    self.fall_back_to_sequential(misfit.reason());
                    return;
                }
            }
        }
        if self.windows[at].seems_ended {
            // Nothing is older; what windows there have found all the same is not thrown away.
            for older in (at + 1..self.windows.len()).rev() {
                if self.windows[older].is_empty() {
                    self.close_window(older);
                }
            }
        }
    }

    /// Takes whether the zone was found in which the server reads times, and how many calls that
    /// took.
    pub(super) fn receive_zone(&mut self, calls: u64, found: Result<(), String>) {
        self.under_way -= 1;
        // One was counted when it was made.
        self.calls += calls.saturating_sub(1);
        match found {
            Ok(()) if self.filters == FilterTrust::Probing => self.filters = FilterTrust::Trusted,
            Ok(()) => {}
            Err(reason) => self.fall_back_to_sequential(&reason),
        }
    }

    /// Gives up all windows but the reader's, which goes on to the end of the list.
    pub(super) fn fall_back_to_sequential(&mut self, reason: &str) {
        if self.filters != FilterTrust::Untrusted {
            trace::warn!("listing goes on with one worker: {reason}");
        }
        self.filters = FilterTrust::Untrusted;
        while self.windows.len() > 1 {
            self.close_window(1);
        }
    }

    pub(super) fn close_window(&mut self, at: usize) {
        if self.windows.remove(at).is_some_and(|window| window.busy) {
            self.under_way -= 1;
        }
    }
}

/// The error of a list whose rows turn out to have no order when windows have been left.
fn unordered() -> Error {
    let summary = "the service does not list the newest batches first, so windows of creation time may \
                   have missed rows; the list may be incomplete. List anew, with one worker";
    Error::new(ErrorKind::Pagination, summary).losing_place()
}
