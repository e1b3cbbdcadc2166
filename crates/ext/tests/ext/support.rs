//! A server that responds by script, and a clock that moves when somebody sleeps.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use qwen_batches::{Client, ClientBuilder, RateLimit, Runtime, Sleep};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const KEY: &str = "sk-ext-tests";

/// What the server does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Response {
    /// Sends these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Reads the request and never responds.
    Stall,
}

impl Response {
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        Self::cut(status, headers, body, 0)
    }

    /// A response that promises `missing` bytes more than it sends.
    pub(crate) fn cut(status: u16, headers: &[(&str, &str)], body: &str, missing: usize) -> Self {
        let mut text = format!(
            "HTTP/1.1 {status} Status\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len() + missing
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        Self::Bytes(format!("{text}\r\n{body}").into_bytes())
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::new(
            200,
            &[("content-type", "application/json")],
            &body.to_string(),
        )
    }
}

/// Responds to each request with the next response of its script; the last one serves for all others.
pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(script: impl IntoIterator<Item = Response>) -> Self {
        let mut script: VecDeque<Response> = script.into_iter().collect();
        Self::answering(move || {
            if script.len() == 1 {
                script.front().cloned()
            } else {
                script.pop_front()
            }
        })
        .await
    }

    /// Gives each request the response that `response` has for it then.
    pub(crate) async fn answering(
        mut response: impl FnMut() -> Option<Response> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            let mut stalled = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_head(&mut stream).await;
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(request);
                match response() {
                    Some(Response::Bytes(bytes)) => {
                        // The client may have gone; that is its right.
                        let _ = stream.write_all(&bytes).await;
                        let _ = stream.shutdown().await;
                    }
                    Some(Response::Stall) => stalled.push(stream),
                    None => {}
                }
            }
        });
        Self {
            address,
            requests,
            task,
        }
    }

    #[cfg(feature = "rustls")]
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/compatible-mode/v1", self.address)
    }

    /// The head of each request, as it arrived.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.is_ok_and(|read| read > 0) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A clock that stands still but for sleeping, which takes no time.
///
/// Pauses below [`NEVER`] are slept at once; longer ones end when the test says so, so that a time
/// limit does not fire because of what the network does.
#[derive(Clone, Debug)]
pub(crate) struct FakeClock {
    never: Duration,
    pauses: Arc<Mutex<Vec<Duration>>>,
    expired: Arc<tokio::sync::Notify>,
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::sleeping_below(NEVER)
    }
}

impl FakeClock {
    /// A clock of which pauses that long do not end by themselves.
    pub(crate) fn sleeping_below(never: Duration) -> Self {
        Self {
            never,
            pauses: Arc::default(),
            expired: Arc::default(),
        }
    }

    /// Lets every time limit that is running fire.
    pub(crate) fn expire(&self) {
        self.expired.notify_waiters();
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, duration: Duration) {
        self.pauses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(duration);
    }

    /// The pauses so far.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.pauses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

pub(crate) const NEVER: Duration = Duration::from_secs(100 * 3600);

impl Runtime for FakeClock {
    fn elapsed(&self) -> Duration {
        self.pauses().iter().sum()
    }

    fn wall_clock(&self) -> Timestamp {
        let start: Timestamp = "2026-04-01T00:00:00Z".parse().expect("an instant");
        start + SignedDuration::try_from(self.elapsed()).expect("a short time")
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        if duration >= self.never {
            let expired = Arc::clone(&self.expired).notified_owned();
            return Box::pin(expired);
        }
        self.advance(duration);
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}

pub(crate) fn builder(base_url: &str, clock: &FakeClock) -> ClientBuilder {
    Client::builder()
        .api_key(KEY)
        .base_url(base_url)
        .filter_zone(jiff::tz::offset(8))
        .rate_limit(RateLimit::off())
        .timeout(NEVER)
        .runtime(clock.clone())
}

pub(crate) fn client(base_url: &str) -> Client {
    builder(base_url, &FakeClock::default())
        .build()
        .expect("a client")
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps what is logged, for each thread alone: a test has a thread of its own.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target() == "qwen_batches"
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            LOG.with_borrow_mut(|log| log.push(record.args().to_string()));
        }
    }

    fn flush(&self) {}
}

/// What was logged in this test since this was called last; the first call starts the log.
pub(crate) fn take_log() -> Vec<String> {
    // Another test may have been the first.
    if log::set_logger(&Logger).is_ok() {
        log::set_max_level(log::LevelFilter::Info);
    }
    LOG.take()
}

/// A page of these rows.
pub(crate) fn page(rows: &[Value], has_more: bool) -> Value {
    json!({
        "object": "list",
        "data": if rows.is_empty() { Value::Null } else { rows.into() },
        "first_id": rows.first().map(|row| row["id"].clone()),
        "last_id": rows.last().map(|row| row["id"].clone()),
        "has_more": has_more,
    })
}

/// A row as the sandbox builds it, with this id.
pub(crate) fn row(id: &str) -> Value {
    qwen_batches_sandbox::row(id)
        .created_at(1_772_000_000)
        .input_file_id("file-batch-1")
        .build()
}

/// A script by which these faults, written in JSON, hold for every request.
pub(crate) fn faulty(faults: &[&str]) -> qwen_batches_sandbox::Script {
    let steps = faults
        .iter()
        .map(|fault| format!(r#"{{"on": {{"from": 1}}, "fault": {fault}}}"#));
    let steps = steps.collect::<Vec<_>>().join(", ");
    format!("[{steps}]").parse().expect("a script")
}

/// The checkpoint as if its list were that of the server at `base_url`.
pub(crate) fn moved(
    checkpoint: &qwen_batches::Checkpoint,
    base_url: &str,
) -> qwen_batches::Checkpoint {
    let mut json = serde_json::to_value(checkpoint).expect("JSON");
    json["server"] = base_url.into();
    serde_json::from_value(json).expect("a checkpoint")
}
