//! A server of raw responses, one for each request, for what a sandbox does not say.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Serves a script; whoever asks for more finds nobody there.
pub(crate) struct Wire {
    base_url: String,
    requests: Receiver<String>,
}

/// One response of a script.
pub(crate) struct Response {
    head: String,
    body: Vec<u8>,
    gate: Option<Receiver<()>>,
}

impl Wire {
    pub(crate) fn serve(responses: Vec<Response>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (record, requests) = channel();
        std::thread::spawn(move || {
            for response in responses {
                let (stream, _) = listener.accept().expect("a connection");
                respond(stream, response, &record);
            }
        });
        Self {
            base_url: format!("http://{address}/compatible-mode/v1"),
            requests,
        }
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The request lines not yet seen, once the whole script has been asked for.
    pub(crate) fn requests(self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.next_request() {
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Disconnected) => return lines,
                Err(RecvTimeoutError::Timeout) => panic!("the script is longer than {lines:?}"),
            }
        }
    }

    /// Waits for the next request.
    pub(crate) fn next_request(&self) -> Result<String, RecvTimeoutError> {
        self.requests.recv_timeout(Duration::from_secs(30))
    }
}

impl Response {
    pub(crate) fn new(status: &str, headers: &[&str], body: impl Into<Vec<u8>>) -> Self {
        let mut head = format!("HTTP/1.1 {status}\r\n");
        for header in headers {
            head.push_str(&format!("{header}\r\n"));
        }
        Self {
            head,
            body: body.into(),
            gate: None,
        }
    }

    pub(crate) fn json(status: &str, body: &Value) -> Self {
        let headers = [
            "content-type: application/json;charset=UTF-8",
            "x-request-id: 6a1e",
        ];
        Self::new(status, &headers, body.to_string())
    }

    /// A page as the service gives it.
    pub(crate) fn page<I>(rows: I, has_more: bool) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Value>,
    {
        let rows: Vec<Value> = rows.into_iter().map(Into::into).collect();
        let id = |row: Option<&Value>| row.map(|row| row["id"].clone());
        let body = json!({
            "object": "list",
            "first_id": id(rows.first()),
            "last_id": id(rows.last()),
            "has_more": has_more,
            "data": rows,
        });
        Self::json("200 OK", &body)
    }

    /// Holds the response back until something comes through the sender.
    pub(crate) fn gated(mut self) -> (Self, Sender<()>) {
        let (open, gate) = channel();
        self.gate = Some(gate);
        (self, open)
    }
}

/// An error body as sibling routes of the service were recorded to respond.
pub(crate) fn error_body(code: &str, message: &str) -> Value {
    json!({
        "error": { "message": message, "type": "invalid_request_error", "param": null, "code": code },
        "request_id": "6a1e",
    })
}

fn respond(mut stream: TcpStream, response: Response, record: &Sender<String>) {
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let request = lines.next().expect("a request");
    for line in lines {
        if line.is_empty() {
            break;
        }
    }
    record.send(request).expect("the test still runs");
    if let Some(gate) = response.gate {
        let _ = gate.recv();
    }
    let Response { head, body, .. } = response;
    let length = body.len();
    let head = format!("{head}content-length: {length}\r\nconnection: close\r\n\r\n");
    // The binary may have gone in the meantime, which is for the test to decide.
    let _ = stream.write_all(&[head.into_bytes(), body].concat());
}
