//! Responses that do not come as HTTP promises: written by hand, on a connection that has been
//! taken out of the hands of the HTTP library.

use std::io;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Response};
use tokio::io::{AsyncWrite, AsyncWriteExt as _, copy, sink};
use tokio::net::TcpStream;

use super::gates::Gates;
use crate::faults::Delivery;
use crate::script::Sent;

/// A response, and how it is to go wrong.
pub(super) struct Broken {
    /// The request that it belongs to.
    pub(super) n: usize,
    pub(super) response: Response<Bytes>,
    pub(super) delivery: Delivery,
}

impl Broken {
    /// Ends when the client has hung up, at the latest.
    pub(super) async fn send(self, mut stream: TcpStream, gates: &Gates) {
        let mut nowhere = sink();
        let (mut incoming, mut outgoing) = stream.split();
        let sent = tokio::select! {
            sent = self.write(&mut outgoing, gates) => sent.is_ok(),
            // A client that is done with its request sends nothing more but that it leaves.
            _ = copy(&mut incoming, &mut nowhere) => false,
        };
        if !sent {
            return;
        }
        if let Delivery::Reset(_) = self.delivery {
            // Closed without lingering, a connection is reset.
            let _ = stream.set_zero_linger();
            return;
        }
        // An orderly end: what a client still sends would else get a reset.
        let _ = stream.shutdown().await;
        let _ = copy(&mut stream, &mut nowhere).await;
    }

    async fn write(&self, to: &mut (impl AsyncWrite + Unpin), gates: &Gates) -> io::Result<()> {
        let body = self.response.body();
        match self.delivery {
            Delivery::Reset(until) | Delivery::Cut(until) => {
                let (before, _) = self.split(until, body.len().max(1));
                to.write_all(&before).await
            }
            Delivery::Stall(until, at_most) => {
                let (before, after) = self.split(until, body.len());
                to.write_all(&before).await?;
                gates.hold(self.n, at_most).await;
                to.write_all(&after).await
            }
            Delivery::Slow { chunk, pause } => {
                to.write_all(&self.head(body.len())).await?;
                for part in body.chunks(chunk) {
                    gates.hold(self.n, pause).await;
                    match self.is_chunked() {
                        true => to.write_all(&in_chunk(part)).await?,
                        false => to.write_all(part).await?,
                    }
                }
                match self.is_chunked() {
                    true => to.write_all(&in_chunk(b"")).await,
                    false => Ok(()),
                }
            }
            Delivery::Endless => {
                let chunked = HeaderValue::from_static("chunked");
                to.write_all(&self.framed(TRANSFER_ENCODING, chunked))
                    .await?;
                let body = &body[..body.len().saturating_sub(1)];
                if !body.is_empty() {
                    to.write_all(&in_chunk(body)).await?;
                }
                let blanks = in_chunk(&[b' '; 8192]);
                loop {
                    to.write_all(&blanks).await?;
                }
            }
        }
    }

    /// The bytes up to a point, and those that follow; what ends the body always follows: its last
    /// byte, or the last chunk, which is empty.
    fn split(&self, until: Sent, promised: usize) -> (Vec<u8>, Vec<u8>) {
        let body = self.response.body();
        let mut bytes = self.head(promised);
        let head = bytes.len();
        let (last, start) = match self.is_chunked() {
            true if promised > 0 => (body.len(), format!("{promised:x}\r\n")),
            _ => (body.len().saturating_sub(1), String::new()),
        };
        bytes.extend_from_slice(start.as_bytes());
        let end = match until {
            Sent::Nothing => 0,
            Sent::Head => head,
            Sent::Body(sent) => bytes.len() + sent.min(last),
        };
        bytes.extend_from_slice(body);
        if self.is_chunked() {
            bytes.extend_from_slice(if promised > 0 { b"\r\n" } else { b"" });
            bytes.extend_from_slice(&in_chunk(b""));
        }
        let after = bytes.split_off(end);
        (bytes, after)
    }

    /// A file comes in chunks, so that nobody knows its length before its end.
    fn is_chunked(&self) -> bool {
        self.response.headers().contains_key(TRANSFER_ENCODING)
    }

    fn head(&self, length: usize) -> Vec<u8> {
        match self.response.headers().get(TRANSFER_ENCODING) {
            Some(chunked) => self.framed(TRANSFER_ENCODING, chunked.clone()),
            None => self.framed(CONTENT_LENGTH, length.into()),
        }
    }

    fn framed(&self, framing: HeaderName, value: HeaderValue) -> Vec<u8> {
        let mut headers = self.response.headers().clone();
        headers.insert(framing, value);
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        let status = self.response.status();
        let reason = status.canonical_reason().unwrap_or_default();
        let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
        for (name, value) in &headers {
            head.extend_from_slice(name.as_ref());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

/// A chunk of the chunked transfer encoding.
fn in_chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}
