//! As much of HTTP/1.1 as clients need here: GET, kept-alive connections, one thread for each.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::list::List;
use crate::query::Query;
use crate::results::ResultsFile;

/// Where lists are served, behind the host.
const PREFIX: &str = "/compatible-mode/v1";
const REQUEST_ID: &str = "6e1f3f1c-0000-4000-8000-000000000000";

/// Is called for each list that is requested.
pub type Observer = Box<dyn Fn() + Send + Sync>;

/// A server on a free port of this machine, which runs until its process ends.
pub struct Server {
    address: SocketAddr,
}

struct Shared {
    list: List,
    results: Option<ResultsFile>,
    latency: Duration,
    observer: Observer,
    calls: AtomicU64,
}

impl Server {
    /// Serves this list; each page comes `latency` late.
    ///
    /// # Errors
    ///
    /// If there is no port.
    pub fn start(list: List, latency: Duration, observer: Observer) -> io::Result<Self> {
        Self::start_with_results(list, None, latency, observer)
    }

    /// The same, with results that each batch has when it is asked for alone.
    ///
    /// # Errors
    ///
    /// If there is no port.
    pub fn start_with_results(
        list: List,
        results: Option<ResultsFile>,
        latency: Duration,
        observer: Observer,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            list,
            results,
            latency,
            observer,
            calls: AtomicU64::new(0),
        });
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A client may go whenever it likes.
                thread::spawn(move || drop(shared.serve(&stream)));
            }
        });
        Ok(Self { address })
    }

    /// The base URL for a client.
    pub fn base_url(&self) -> String {
        format!("http://{}{PREFIX}", self.address)
    }
}

impl Shared {
    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        loop {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let mut close = false;
            loop {
                line.clear();
                reader.read_line(&mut line)?;
                match line.trim_end() {
                    "" => break,
                    header => close |= header.eq_ignore_ascii_case("connection: close"),
                }
            }
            match self
                .results
                .as_ref()
                .filter(|file| target == file_path(file))
            {
                Some(file) => file.respond(stream)?,
                None => stream.write_all(&self.response(&target))?,
            }
            if close {
                return Ok(());
            }
        }
    }

    fn response(&self, target: &str) -> Vec<u8> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let result = match path.strip_prefix(PREFIX).unwrap_or(path) {
            "/batches" => {
                self.calls.fetch_add(1, Ordering::SeqCst);
                (self.observer)();
                thread::sleep(self.latency);
                Query::parse(query).and_then(|query| self.list.page(&query))
            }
            "/calls" => Ok(self.calls.load(Ordering::SeqCst).to_string().into_bytes()),
            path => match (path.strip_prefix("/batches/"), &self.results) {
                (Some(id), Some(file)) => self
                    .list
                    .row(id)
                    .map(|row| file.batch(row).to_string().into_bytes()),
                _ => Err(format!("nothing at {path}")),
            },
        };
        let (status, body) = match result {
            Ok(body) => ("200 OK", body),
            Err(reason) => ("400 Bad Request", error_body(&reason)),
        };
        let mut response = Vec::with_capacity(body.len() + 256);
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json;charset=UTF-8\r\n\
             content-length: {}\r\nx-request-id: {REQUEST_ID}\r\n\r\n",
            body.len()
        );
        response.extend_from_slice(head.as_bytes());
        response.extend_from_slice(&body);
        response
    }
}

fn file_path(file: &ResultsFile) -> String {
    format!("{PREFIX}/files/{}/content", file.id())
}

/// An error in the shape of the service's compatible mode.
fn error_body(reason: &str) -> Vec<u8> {
    let error = json!({
        "error": {
            "message": reason,
            "type": "invalid_request_error",
            "param": null,
            "code": "invalid_parameter_error",
        },
        "request_id": REQUEST_ID,
    });
    error.to_string().into_bytes()
}
