//! A running server.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::connection::{self, Stop};
use super::error::SandboxError;
use super::journal::RecordedRequest;
use super::service::Service;
use crate::listing::{Content, Rules, text_of};

/// A running server of `GET {prefix}/batches`, of each batch, and of its results.
///
/// It serves on the Tokio runtime that it was started on, and stops when it is
/// dropped; [`shutdown`](Sandbox::shutdown) waits until it has stopped.
pub struct Sandbox {
    address: SocketAddr,
    base_url: String,
    service: Arc<Service>,
    // Dropping the sender is the signal to stop.
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
}

impl Sandbox {
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
        self.service.present().now()
    }

    /// What a list without filters holds at present, newest first: every row within the horizon
    /// of 30 days.
    ///
    /// It changes with [`Fault::AppearAtHead`](crate::Fault::AppearAtHead),
    /// [`Fault::ExpireAtTail`](crate::Fault::ExpireAtTail) and the sandbox's
    /// [clock](crate::SandboxBuilder::clock) alone.
    pub fn rows(&self) -> Vec<Value> {
        self.service.present().rows()
    }

    /// What [`rows`](Sandbox::rows) were at the start, whatever has appeared or expired since.
    pub fn initial_rows(&self) -> Vec<Value> {
        self.service.listing().initial_rows()
    }

    /// The content of a file as an honest response has it, without any quirk; none if there is no
    /// such file, or if it is the input of a batch.
    pub fn content(&self, file_id: &str) -> Option<Vec<u8>> {
        let rules = Rules::new(self.service.dialect);
        match self.service.present().content(file_id, &rules).ok()? {
            Content::Lines(lines) => Some(text_of(&lines, &rules).into_bytes()),
            Content::Bytes(bytes) => Some(bytes.into()),
        }
    }

    /// Every request so far, refused ones included, in order of arrival; of very many only the
    /// last ([`SandboxBuilder::journal`](crate::SandboxBuilder::journal)).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.journal.requests()
    }

    /// How many requests have arrived so far.
    pub fn request_count(&self) -> usize {
        self.service.journal.len()
    }

    /// Waits until a script holds at least so many responses at once
    /// ([`Fault::Stall`](crate::Fault::Stall), [`Fault::SlowBytes`](crate::Fault::SlowBytes)),
    /// and returns the numbers of their requests, in the order in which they came to a halt.
    ///
    /// A test that has seen this return knows that its client is waiting, without having slept.
    pub async fn stalled(&self, count: usize) -> Vec<usize> {
        self.service.gates.held(count).await
    }

    /// Lets every response go that is held at present; returns how many that were.
    pub fn release(&self) -> usize {
        self.service.gates.release(|_| true)
    }

    /// Lets the response to the `n`-th request go; false if it is not held.
    pub fn release_request(&self, n: usize) -> bool {
        self.service.gates.release(|held| held == n) > 0
    }

    /// Stops listening, closes idle connections, lets responses under way end, and waits for that.
    /// A response that a script holds or breaks is not waited for: its connection is closed.
    ///
    /// A client that has sent half a request holds this up for as long as it stays
    /// connected; the future may be dropped at any time, which is as good as
    /// dropping the sandbox.
    pub async fn shutdown(self) {
        let Self { stop, server, .. } = self;
        drop(stop);
        // An error here means that the task died with its runtime: it has stopped.
        let _ = server.await;
    }

    pub(super) async fn start(wanted: SocketAddr, service: Service) -> Result<Self, SandboxError> {
        let failed = |cause| SandboxError::bind(wanted, cause);
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let service = Arc::new(service);
        let (stop, stopped) = Stop::new();
        let server = tokio::spawn(connection::serve(listener, Arc::clone(&service), stopped));
        let prefix = service.dialect.prefix();
        Ok(Self {
            address,
            base_url: format!("http://{}{prefix}", reachable(address)),
            service,
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

fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
