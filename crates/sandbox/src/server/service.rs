//! The way of a request to its response: journal, clock, faults, listing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};

use super::clock::Started;
use super::delivery::Broken;
use super::gates::Gates;
use super::journal::Journal;
use crate::data;
use crate::faults::FaultRun;
use crate::listing::{Dialect, Listing, check_access};
use crate::script::{Fault, Script};

/// What the connections and the handle share.
pub(super) struct Service {
    pub(super) seed: u64,
    pub(super) dialect: Dialect,
    /// The only key that is accepted; any is, if there is none.
    pub(super) api_key: Option<String>,
    pub(super) clock: Started,
    pub(super) listing: RwLock<Listing>,
    pub(super) script: Script,
    /// When each throttle of the script began, by its position.
    pub(super) throttles: Mutex<HashMap<usize, Duration>>,
    pub(super) journal: Journal,
    pub(super) gates: Gates,
}

/// The response to a request.
pub(super) enum Outcome {
    /// To be sent as HTTP promises.
    Whole(Response<Bytes>),
    /// To be sent otherwise.
    Broken(Broken),
}

impl Service {
    pub(super) fn respond(&self, head: &Parts) -> Outcome {
        let n = self.journal.record(head);
        let request_id = data::request_id(self.seed, n);
        self.advance(n);
        let mut run = FaultRun::new(self.script.faults(n), self.dialect);
        let response = if self.is_throttled(n) {
            run.throttled(&request_id)
        } else {
            self.found(head, &mut run, &request_id)
        };
        let response = run.finish(response, &request_id);
        let delivery = run.delivery();
        self.journal.note(n, run.into_names());
        match delivery {
            None => Outcome::Whole(response),
            Some(delivery) => Outcome::Broken(Broken {
                n,
                response: match head.method {
                    Method::HEAD => response.map(|_| Bytes::new()),
                    _ => response,
                },
                delivery,
            }),
        }
    }

    fn found(&self, head: &Parts, run: &mut FaultRun<'_>, request_id: &str) -> Response<Bytes> {
        if run.moves_rows() {
            let mut listing = self.listing.write().unwrap_or_else(PoisonError::into_inner);
            run.move_rows(&mut listing, self.seed);
        }
        if let Some(replacement) = run.replacement(request_id) {
            return replacement;
        }
        let result = check_access(head, self.dialect, self.api_key.as_deref())
            .and_then(|route| run.find(&self.listing(), route, head));
        run.render(result, request_id)
    }

    /// Whether a throttle of the script holds at the `n`-th request, or begins with it.
    fn is_throttled(&self, n: usize) -> bool {
        let now = self.clock.passed(n);
        let mut began = self
            .throttles
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut throttled = false;
        for (position, step) in self.script.steps().iter().enumerate() {
            let Fault::Throttle { seconds } = step.fault else {
                continue;
            };
            if step.on.holds(n) {
                began.entry(position).or_insert(now);
            }
            let length = Duration::from_secs(seconds.into());
            let began = began.get(&position);
            throttled |= began.is_some_and(|began| now < began.saturating_add(length));
        }
        throttled
    }

    /// Lets it be the time of the `n`-th request.
    fn advance(&self, n: usize) {
        if self.clock.moves() {
            let mut listing = self.listing.write().unwrap_or_else(PoisonError::into_inner);
            listing.advance(self.clock.at(n));
        }
    }

    /// The listing as it is now.
    pub(super) fn present(&self) -> RwLockReadGuard<'_, Listing> {
        self.advance(self.journal.len());
        self.listing()
    }

    pub(super) fn listing(&self) -> RwLockReadGuard<'_, Listing> {
        // A row is placed whole or not at all, even in a panic.
        self.listing.read().unwrap_or_else(PoisonError::into_inner)
    }
}
