//! A browser, for examples that serve.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Sends a request.
pub(crate) fn open(address: &str, path: &str) -> TcpStream {
    let mut connection = TcpStream::connect(address).expect("the example listens");
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).expect("it reads");
    connection
}

/// The status of a response, how many rows it has, and the first line of its body.
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut response = String::new();
    let mut connection = open(address, path);
    connection
        .read_to_string(&mut response)
        .expect("a response");
    let (head, body) = response.split_once("\r\n\r\n").expect("a head");
    let status = head.lines().next().unwrap_or_default();
    // Without the lengths of chunks.
    let lines = || body.lines().filter(|line| line.len() > 5);
    let rows = lines().filter(|line| line.starts_with('{')).count();
    let first = lines().next().unwrap_or_default();
    format!("{status}, {rows} rows\n{first}")
}
