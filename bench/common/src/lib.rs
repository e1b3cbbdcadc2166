//! What a program of the benchmarks measures of itself, and the line that it reports.

use std::fs;
use std::io::{Error, Read as _, Result, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use cpu_time::ProcessTime;

/// The key that all programs send. The server takes any.
pub const KEY: &str = "sk-bench";

/// A list that is being read.
pub struct ListRun {
    start: Instant,
    rows: u64,
    ids: crc32fast::Hasher,
}

impl ListRun {
    /// Starts the clock.
    pub fn start() -> Self {
        Self {
            start: Instant::now(),
            rows: 0,
            ids: crc32fast::Hasher::new(),
        }
    }

    /// Counts a row.
    pub fn row(&mut self, id: &str) {
        self.rows += 1;
        self.ids.update(id.as_bytes());
    }

    /// How many rows were counted.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// What the ids of the rows come to so far, in their order: a CRC-32.
    pub fn ids(&self) -> u32 {
        self.ids.clone().finalize()
    }

    /// Stops the clock and reports one line of JSON: how many rows, what their ids come to in their
    /// order, the time of the list, the processor time and the peak memory of this whole process,
    /// and the `figures`.
    pub fn report(self, figures: &[(&str, Option<u64>)]) {
        let seconds = self.start.elapsed().as_secs_f64();
        let cpu = ProcessTime::now().as_duration().as_secs_f64();
        let (rows, ids) = (self.rows, self.ids());
        let mut line =
            format!(r#"{{"rows":{rows},"ids":{ids},"seconds":{seconds:.6},"cpu_seconds":{cpu:.6}"#);
        for (name, value) in [("peak_kib", peak_kib())].iter().chain(figures) {
            let value = value.map_or_else(|| "null".to_owned(), |value| value.to_string());
            line.push_str(&format!(r#","{name}":{value}"#));
        }
        println!("{line}}}");
    }
}

/// The most memory that this process has held so far, in KiB; nothing on a system that does not
/// say so in `/proc/self/status`.
pub fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line?.trim().strip_suffix(" kB")?.parse().ok()
}

/// How many lists the server at this base URL has been asked for.
///
/// # Errors
///
/// If it does not respond, or is another server.
pub fn calls(base_url: &str) -> Result<u64> {
    let host = base_url
        .strip_prefix("http://")
        .and_then(|rest| rest.split('/').next())
        .ok_or_else(|| Error::other("the base URL is not one of plain HTTP"))?;
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "GET /calls HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
    )?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    let body = response.split_once("\r\n\r\n").map(|(_, body)| body);
    body.and_then(|body| body.parse().ok())
        .ok_or_else(|| Error::other(format!("the server counts no calls: {response}")))
}
