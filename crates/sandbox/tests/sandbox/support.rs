//! Two small clients, and what the modules share.

use std::io::ErrorKind;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use qwen_batches_sandbox::{Fault, Sandbox, Script, Selection, row};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// 2025-12-29T09:20:00Z, which is 17:20:00 in UTC+8.
pub(crate) const NOW: i64 = 1_767_000_000;

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) bytes: Bytes,
}

impl Response {
    pub(crate) fn ids(&self) -> Vec<&str> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        match &self.body["data"] {
            Value::Null => Vec::new(),
            data => ids(data.as_array().expect("data is an array")),
        }
    }

    pub(crate) fn message(&self) -> &str {
        self.body["error"]["message"].as_str().expect("a message")
    }

    pub(crate) fn request_id(&self) -> &str {
        self.headers["x-request-id"].to_str().expect("an ASCII id")
    }
}

pub(crate) fn ids(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["id"].as_str().expect("a string id"))
        .collect()
}

/// `GET {base}/batches?{query}` with some key.
pub(crate) async fn get(sandbox: &Sandbox, query: &str) -> Response {
    let url = format!("{}/batches?{query}", sandbox.base_url());
    send(Method::GET, &url, Some("Bearer sk-any")).await
}

pub(crate) async fn send(method: Method, url: &str, authorization: Option<&str>) -> Response {
    let header = authorization.map(|value| ("authorization", value));
    send_with(method, url, header).await
}

pub(crate) async fn send_with(method: Method, url: &str, header: Option<(&str, &str)>) -> Response {
    let mut request = Request::builder().method(method).uri(url);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    let request = request.body(Empty::new()).expect("a valid request");
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let (head, body) = client
        .request(request)
        .await
        .expect("a response")
        .into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    Response {
        status: head.status,
        headers: head.headers,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        bytes,
    }
}

/// A sandbox with the rows `r1` (the newest) to `r9`, and one fault at these requests.
pub(crate) async fn faulty(on: impl Into<Selection>, fault: impl Into<Fault>) -> Sandbox {
    let rows = (1..=9).map(|n| row(format!("r{n}")).created_at(NOW - n));
    let builder = Sandbox::builder().now(NOW).rows(rows);
    let script = Script::new().on(on, fault);
    builder.script(script).start().await.expect("it starts")
}

/// What arrived on a connection, byte by byte, and how it ended.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Closed,
    Reset,
}

impl Seen {
    /// The length that the head promises.
    pub(crate) fn promised(&self) -> Option<usize> {
        let (_, rest) = self.head.split_once("content-length: ")?;
        rest.lines().next()?.parse().ok()
    }
}

/// A connection on which `GET {base}/batches?{query}` has been sent, and nothing read.
pub(crate) async fn ask(sandbox: &Sandbox, query: &str) -> TcpStream {
    ask_for(sandbox, &format!("/batches?{query}")).await
}

/// A connection on which `GET {base}{target}` has been sent, and nothing read.
pub(crate) async fn ask_for(sandbox: &Sandbox, target: &str) -> TcpStream {
    let address = sandbox.address();
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "GET /compatible-mode/v1{target} HTTP/1.1\r\nhost: {address}\r\n\
         authorization: Bearer sk-any\r\nconnection: close\r\n\r\n"
    );
    let written = stream.write_all(request.as_bytes()).await;
    written.expect("it reads");
    stream
}

/// Reads until the connection ends.
pub(crate) async fn read(mut stream: TcpStream) -> Seen {
    let mut bytes = Vec::new();
    let end = match stream.read_to_end(&mut bytes).await {
        Ok(_) => End::Closed,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
        Err(error) => panic!("{error}"),
    };
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let body = bytes.split_off(head.map_or(bytes.len(), |at| at + 4));
    Seen {
        head: String::from_utf8(bytes).expect("an ASCII head"),
        body,
        end,
    }
}
