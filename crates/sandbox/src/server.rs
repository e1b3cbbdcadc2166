//! The server: a journal, a script, and the way of a request through them.
//!
//! A request passes through steps that each have a module: it is read (`connection`), recorded
//! (`journal`), answered (`listing`, which knows no socket), rendered (`reply`), and sent. What a
//! script does to it on this way is in `script`; a reply that it breaks is sent by `wire`.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::builder::SandboxBuilder;
use crate::clock::Started;
use crate::connection::{self, Stop};
use crate::data;
use crate::deviation::Deviations;
use crate::error::SandboxError;
use crate::gates::Gates;
use crate::journal::{Journal, RecordedRequest};
use crate::listing::Listing;
use crate::rules::Rules;
use crate::script::Script;
use crate::wire::Broken;

/// The path under which the sandbox serves, as the service does:
/// `/compatible-mode/v1`.
pub const PREFIX: &str = "/compatible-mode/v1";

/// A running server of `GET {prefix}/batches`.
///
/// It serves on the Tokio runtime that it was started on, and stops when it is
/// dropped; [`shutdown`](Sandbox::shutdown) waits until it has stopped.
pub struct Sandbox {
    address: SocketAddr,
    base_url: String,
    site: Arc<Site>,
    // Dropping the sender is the signal to stop.
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// The settings of a new sandbox, all at their defaults.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// What a client takes as its base URL, such as
    /// `http://127.0.0.1:40123/compatible-mode/v1`; without a slash at its end.
    /// When bound to the unspecified address it names the loopback one.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address it listens on; the port is the real one where port 0 was asked
    /// for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The sandbox's time, in Unix seconds: where its clock
    /// [counts requests](crate::Clock::PerRequest), that of the last one.
    pub fn now(&self) -> i64 {
        self.site.present().now()
    }

    /// What a walk without filters lists at present, newest first: every row within the horizon
    /// of 30 days.
    ///
    /// It changes with [`Fault::AppearAtHead`](crate::Fault::AppearAtHead),
    /// [`Fault::ExpireAtTail`](crate::Fault::ExpireAtTail) and the sandbox's
    /// [clock](crate::SandboxBuilder::clock) alone.
    pub fn rows(&self) -> Vec<Value> {
        self.site.present().rows()
    }

    /// What [`rows`](Sandbox::rows) were at the start, whatever has appeared or expired since.
    pub fn initial_rows(&self) -> Vec<Value> {
        self.site.listing().initial_rows()
    }

    /// Every request so far, refused ones included, in order of arrival; of very many only the
    /// last ([`SandboxBuilder::journal`]).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.site.journal.requests()
    }

    /// How many requests have arrived so far.
    pub fn request_count(&self) -> usize {
        self.site.journal.len()
    }

    /// Waits until a script holds at least so many replies at once
    /// ([`Fault::Stall`](crate::Fault::Stall), [`Fault::SlowBytes`](crate::Fault::SlowBytes)),
    /// and gives the numbers of their requests, in the order in which they came to a halt.
    ///
    /// A test that has seen this return knows that its client is waiting, without having slept.
    pub async fn stalled(&self, count: usize) -> Vec<usize> {
        self.site.gates.held(count).await
    }

    /// Lets every reply go that is held at present; gives how many that were.
    pub fn release(&self) -> usize {
        self.site.gates.release(|_| true)
    }

    /// Lets the reply to the `n`-th request go; false if it is not held.
    pub fn release_request(&self, n: usize) -> bool {
        self.site.gates.release(|held| held == n) > 0
    }

    /// Stops listening, closes idle connections, lets replies under way end, and waits for that.
    /// A reply that a script holds or breaks is not waited for: its connection is closed.
    ///
    /// A client that has sent half a request holds this up for as long as it stays
    /// connected; the future may be dropped at any time, which is as good as
    /// dropping the sandbox.
    pub async fn shutdown(self) {
        let Self { stop, server, .. } = self;
        drop(stop);
        // An error here says that the task died with its runtime: it has stopped.
        let _ = server.await;
    }

    pub(crate) async fn start(plan: Plan) -> Result<Self, SandboxError> {
        let failed = |cause| SandboxError::bind(plan.address, cause);
        let listener = TcpListener::bind(plan.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let site = Arc::new(Site {
            seed: plan.seed,
            clock: plan.clock,
            listing: RwLock::new(plan.listing),
            rules: plan.rules,
            throttles: Mutex::default(),
            deviations: plan.deviations,
            script: plan.script,
            journal: plan.journal,
            gates: Gates::new(),
        });
        let (stop, stopped) = Stop::new();
        let server = tokio::spawn(connection::serve(listener, Arc::clone(&site), stopped));
        Ok(Self {
            address,
            base_url: format!("http://{}{PREFIX}", reachable(address)),
            site,
            stop,
            server,
        })
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .field("now", &self.now())
            .field("request_count", &self.request_count())
            .finish_non_exhaustive()
    }
}

/// What a checked builder asks for.
pub(crate) struct Plan {
    pub(crate) address: SocketAddr,
    pub(crate) seed: u64,
    pub(crate) clock: Started,
    pub(crate) listing: Listing,
    pub(crate) rules: Rules,
    pub(crate) deviations: Deviations,
    pub(crate) script: Script,
    pub(crate) journal: Journal,
}

/// What the connections and the handle share.
pub(crate) struct Site {
    seed: u64,
    clock: Started,
    listing: RwLock<Listing>,
    rules: Rules,
    /// When each throttle of the script began, by its position.
    throttles: Mutex<HashMap<usize, Duration>>,
    deviations: Deviations,
    script: Script,
    journal: Journal,
    gates: Gates,
}

/// The answer to a request.
pub(crate) enum Outcome {
    /// To be sent as HTTP promises.
    Whole(Response<Bytes>),
    /// To be sent otherwise.
    Broken(Broken),
}

impl Site {
    pub(crate) fn answer(&self, head: &Parts) -> Outcome {
        let n = self.journal.record(head);
        let request_id = data::request_id(self.seed, n);
        let mut play = self.script.play(n);
        self.advance(n);
        if self.is_throttled(n) {
            play.throttle();
        }
        let rules = play.rules(head, &self.rules);
        if play.moves_rows() {
            let mut listing = self.listing.write().unwrap_or_else(PoisonError::into_inner);
            play.move_rows(&mut listing, self.seed);
        }
        let answer = {
            let listing = self.listing();
            listing
                .ask(head, &rules)
                .and_then(|query| play.page(&listing, query, &rules))
        };
        let response = play.reply(answer, &request_id, &self.deviations);
        let wire = play.wire();
        self.journal.note(n, play.into_names());
        match wire {
            None => Outcome::Whole(response),
            Some(wire) => Outcome::Broken(Broken {
                n,
                response: match head.method {
                    Method::HEAD => response.map(|_| Bytes::new()),
                    _ => response,
                },
                wire,
            }),
        }
    }

    pub(crate) fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Whether a throttle of the script holds at the `n`-th request, or begins with it.
    fn is_throttled(&self, n: usize) -> bool {
        let now = self.clock.passed(n);
        let mut began = self
            .throttles
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut throttled = false;
        for (position, begins, seconds) in self.script.throttles(n) {
            if begins {
                began.entry(position).or_insert(now);
            }
            let end = began.get(&position);
            let end = end.map(|began| began.saturating_add(Duration::from_secs(seconds.into())));
            throttled |= end.is_some_and(|end| now < end);
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
    fn present(&self) -> RwLockReadGuard<'_, Listing> {
        self.advance(self.journal.len());
        self.listing()
    }

    fn listing(&self) -> RwLockReadGuard<'_, Listing> {
        // A row is placed whole or not at all, even in a panic.
        self.listing.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
