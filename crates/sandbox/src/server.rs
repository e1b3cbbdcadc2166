//! The server: a listener, a journal, and the way of a request through them.
//!
//! A request passes through four steps, each in its own module: it is recorded
//! (`journal`), answered (`listing`, which knows no socket), rendered (`reply`),
//! and sent. Whatever bends an answer belongs between the second step and the
//! third.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::builder::SandboxBuilder;
use crate::data;
use crate::deviation::Deviations;
use crate::error::SandboxError;
use crate::journal::{Journal, RecordedRequest};
use crate::listing::Listing;
use crate::reply;

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
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
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

    /// The instant at which the sandbox stands still, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.site.listing.now()
    }

    /// What a walk without filters lists, newest first: every row within the
    /// horizon of 30 days.
    pub fn rows(&self) -> Vec<Value> {
        self.site.listing.rows()
    }

    /// Every request so far, refused ones included, in order of arrival. The
    /// journal is kept until the sandbox is dropped.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.site.journal.requests()
    }

    /// How many requests have arrived so far.
    pub fn request_count(&self) -> usize {
        self.site.journal.len()
    }

    /// Stops listening, closes idle connections, lets replies under way end, and
    /// waits for that.
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
            listing: plan.listing,
            deviations: plan.deviations,
            journal: Journal::default(),
        });
        let router = Router::new().fallback(serve).with_state(Arc::clone(&site));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(
            axum::serve(listener, router)
                .with_graceful_shutdown(async {
                    let _ = stopped.await;
                })
                .into_future(),
        );
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
    pub(crate) listing: Listing,
    pub(crate) deviations: Deviations,
}

/// What the server and its handle share.
struct Site {
    seed: u64,
    listing: Listing,
    deviations: Deviations,
    journal: Journal,
}

async fn serve(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (head, _body) = request.into_parts();
    let n = site.journal.record(&head);
    let request_id = data::request_id(site.seed, n);
    let answer = site.listing.answer(&head);
    reply::render(answer, &request_id, &site.deviations)
}

fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
