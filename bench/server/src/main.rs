//! `bench-server ROWS [even|office|bursts] [LATENCY_MS]`: serves a list until it is stopped.

use std::error::Error;
use std::io::Write as _;
use std::time::Duration;

use bench_server::{List, Server, Spread};
use jiff::Timestamp;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rows = arguments.next().ok_or("how many rows?")?.parse()?;
    let spread = arguments
        .next()
        .map_or(Ok(Spread::Even), |text| text.parse())?;
    let latency = arguments.next().map_or(Ok(0), |text| text.parse())?;

    let list = List::new(rows, spread, Timestamp::now().as_second());
    let (ids, newest) = (list.ids(), list.newest());
    let server = Server::start(list, Duration::from_millis(latency), Box::new(|| ()))?;
    let base_url = server.base_url();
    // What every client of it must come to.
    println!(r#"{{"base_url":"{base_url}","rows":{rows},"ids":{ids},"newest":"{newest}"}}"#);
    std::io::stdout().flush()?;
    loop {
        std::thread::park();
    }
}
